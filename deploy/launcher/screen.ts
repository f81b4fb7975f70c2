import { homedir } from 'node:os';
import type { DaemonPlan } from './plan.ts';

const LABELS: Readonly<Record<string, string>> = {
  master: 'cluster, offers, agents, tasks',
  marathon: 'services: POST /v2/apps',
  chronos: 'cron jobs: POST /v1/scheduler/iso8601',
};

/** What the ready screen tells. */
export interface ScreenFacts {
  readonly version: string;
  readonly readySeconds: number;
  readonly plans: readonly DaemonPlan[];
  readonly workDir: string;
  readonly isolation: string;
}

/** The one screen that a newcomer reads: where things are, how to reset, what to do next. */
export function readyScreen(facts: ScreenFacts): string {
  const { plans, workDir } = facts;
  const marathon = plans.find(({ name }) => name === 'marathon');
  const address = marathon === undefined ? '' : new URL(marathon.url).origin;
  const rows = plans.map(({ name, url }) => `  ${name.padEnd(10)} ${url.padEnd(30)} ${LABELS[name] ?? 'runs tasks'}`);
  const folder = workDir.startsWith(`${homedir()}/`) ? `~${workDir.slice(homedir().length)}` : workDir;
  return [
    '',
    `Meseta ${facts.version} is ready after ${facts.readySeconds.toFixed(1)} s.`,
    '',
    ...rows,
    '',
    `  data       ${folder} (logs in ${folder}/logs)`,
    `  isolation  ${facts.isolation}`,
    `  stop       Ctrl-C; the next start resumes the same apps and jobs`,
    `  reset      Ctrl-C, then rm -rf ${folder}`,
    `  next       curl -X POST ${address}/v2/apps -H 'Content-Type: application/json' \\`,
    `               -d '{"id": "hello", "cmd": "while sleep 5; do date; done", "cpus": 0.1, "mem": 32}'`,
    '',
  ].join('\n');
}

/** Shows lines that change: in place on a terminal, as new lines elsewhere. */
export class LiveLines {
  readonly #out: NodeJS.WriteStream;
  #shown: readonly string[] = [];
  #height = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** Shows the newest state of all lines. */
  show(lines: readonly string[]): void {
    if (this.#out.isTTY) {
      this.#erase();
      const width = this.#out.columns || 80;
      const cut = lines.slice(0, Math.max(1, (this.#out.rows || 24) - 3)).map((line) => line.slice(0, width - 1));
      if (cut.length > 0) this.#out.write(`${cut.join('\n')}\n`);
      this.#height = cut.length;
    } else {
      const fresh = lines.filter((line) => !this.#shown.includes(line));
      if (fresh.length > 0) this.#out.write(`${fresh.join('\n')}\n`);
    }
    this.#shown = lines;
  }

  /** Takes the changing lines off the screen: what they tell is over. */
  clear(): void {
    this.#erase();
    this.#shown = [];
  }

  /** Writes a line that stays, above the changing ones. */
  say(text: string): void {
    this.#erase();
    this.#out.write(`${text}\n`);
    const lines = this.#shown;
    if (this.#out.isTTY) this.show(lines);
  }

  #erase(): void {
    if (this.#height > 0) this.#out.write(`\x1b[${this.#height}A\x1b[J`);
    this.#height = 0;
  }
}
