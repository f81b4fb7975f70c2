import { parseJobBody } from '../../chronos/api/job-body.ts';
import type { ApiEvent } from '../../chronos/core/events.ts';
import type { JobRequest } from '../../chronos/core/job.ts';
import type { ChronosConfig, ChronosState } from '../../chronos/core/state.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';
import { ApiClient, type Outcome } from './api-client.ts';
import { simCommand } from './process-life.ts';
import type { World } from './world.ts';

/** A request without the id that the client gives it. */
export type JobCommand = ApiEvent extends infer Each
  ? Each extends ApiEvent
    ? Omit<Each, 'requestId'>
    : never
  : never;

const SCHEDULED = ['tick', 'report', 'sweep', 'once', 'burst'];
const DEPENDENT: Readonly<Record<string, readonly string[]>> = {
  digest: ['report'],
  archive: ['digest', 'tick'],
};

/** Somebody who posts, runs, kills and deletes jobs, and remembers which must be there. */
export class ChronosUser {
  readonly client: ApiClient;
  readonly #world: World;
  readonly #random: SimRandom;
  readonly #config: ChronosConfig;
  readonly #post: (event: ApiEvent) => boolean;
  readonly #look: () => ChronosState | undefined;
  /** Whether each job is there, as far as its user knows. */
  readonly #there = new Map<string, boolean | 'in doubt'>();
  readonly #busy = new Set<string>();

  /** @param look what Chronos shows of itself, for ids of tasks. */
  constructor(
    world: World,
    config: ChronosConfig,
    post: (event: ApiEvent) => boolean,
    look: () => ChronosState | undefined,
  ) {
    this.#world = world;
    this.#random = world.random.fork('chronos user');
    this.#config = config;
    this.#post = post;
    this.#look = look;
    this.client = new ApiClient(world, 'chronos-user');
    for (const name of [...SCHEDULED, ...Object.keys(DEPENDENT)]) this.#there.set(name, false);
  }

  /** Begins to use the API, until all is calm. */
  start(): void {
    const meanMs = this.#random.between(3_000, 30_000);
    const again = (): void => {
      if (this.#world.isCalm) return;
      this.#act();
      this.#world.time.after(this.#random.between(0.1, 2) * meanMs, again);
    };
    again();
  }

  /** Deletes every job, again and again until each is gone. */
  deleteAll(): void {
    for (const name of this.#there.keys()) this.#deleteForSure(name);
  }

  /** A job that was promised to be there and is not, or the other way round. */
  disappointment(state: ChronosState): string | undefined {
    for (const [name, isThere] of this.#there) {
      if (isThere === 'in doubt' || isThere === state.jobs.has(name)) continue;
      return `job ${name} is ${state.jobs.has(name) ? '' : 'not '}there, promised was the opposite`;
    }
    return undefined;
  }

  #deleteForSure(name: string): void {
    this.#send(name, { kind: 'api.delete-job', name }, false, () => {
      if (this.#there.get(name) !== false) this.#world.time.after(5_000, () => this.#deleteForSure(name));
    });
  }

  #act(): void {
    const name = this.#random.pick([...this.#there.keys()]);
    if (this.#busy.has(name)) return;
    if (this.#there.get(name) !== true) {
      this.#create(name);
      return;
    }
    if (this.#report(name)) return;
    switch (this.#random.pick(['run', 'run', 'kill', 'delete', 'replace', 'replace', 'success', 'purge'])) {
      case 'purge':
        this.#send(name, { kind: 'api.purge-queue' }, true);
        return;
      case 'run':
        this.#send(name, { kind: 'api.run-job', name, arguments: undefined }, true);
        return;
      case 'kill':
        this.#send(name, { kind: 'api.kill-job', name }, true);
        return;
      case 'delete':
        this.#send(name, { kind: 'api.delete-job', name }, false);
        return;
      case 'success':
        this.#send(name, { kind: 'api.mark-success', name }, true);
        return;
      case 'replace':
        this.#create(name);
    }
  }

  /** What runs of an async job wait for; answers whether one did. */
  #report(name: string): boolean {
    const runs = [...(this.#look()?.jobs.get(name)?.active.values() ?? [])];
    const taskId = runs.find(({ phase }) => phase === 'reporting')?.attempts.at(-1)?.taskId;
    if (taskId === undefined) return false;
    this.#send(name, { kind: 'api.report-task', taskId, statusCode: this.#random.integer(2) }, true);
    return true;
  }

  #create(name: string): void {
    const parents = DEPENDENT[name];
    if (parents?.some((parent) => this.#there.get(parent) !== true) === true) return;
    this.#send(name, { kind: 'api.put-job', request: this.#request(name) }, true);
  }

  #request(name: string): JobRequest {
    const parents = DEPENDENT[name];
    const random = this.#random;
    const body = {
      name,
      command: simCommand({
        run: random.pick([
          [500, 5_000],
          [10_000, 60_000],
        ] as const),
        flaky: true,
        stubborn: random.chance(0.1),
      }),
      retries: random.pick([0, 2, 5]),
      cpus: 0.1,
      mem: 32,
      disk: 1,
      ...(random.chance(0.3) ? { epsilon: random.pick(['PT5S', 'PT1M']) } : {}),
      ...(random.chance(0.2) ? { concurrent: true } : {}),
      ...(random.chance(0.15) ? { async: true } : {}),
      ...(random.chance(0.1) ? { disabled: true } : {}),
      ...(random.chance(0.2) ? { softError: true } : {}),
      ...(random.chance(0.2) ? { constraints: [['rack', 'EQUALS', `r${random.integer(3)}`]] } : {}),
      ...(parents === undefined ? { schedule: this.#schedule(name) } : { parents }),
    };
    const { cpus, mem, disk, user } = this.#config;
    const kind = parents === undefined ? 'iso8601' : 'dependency';
    const parsed = parseJobBody(body, { kind, root: 'legacy', defaults: { cpus, mem, disk, user } });
    if (!parsed.ok) throw new Error(`a job of the simulation is wrong: ${JSON.stringify(parsed.violations)}`);
    return parsed.request;
  }

  #schedule(name: string): string {
    const random = this.#random;
    if (name === 'once') return 'R1//PT1M';
    if (name === 'burst') return `R${2 + random.integer(6)}//PT${5 + random.integer(20)}S`;
    return `R/${random.pick(['', '2026-03-01T00:00:00Z'])}/PT${random.pick([7, 20, 60])}S`;
  }

  #send(name: string, command: JobCommand, isThere: boolean, then?: () => void): void {
    this.#busy.add(name);
    const before = this.#there.get(name) ?? false;
    this.#world.note('chronos-user', `${command.kind} ${name}`);
    this.client.call(
      (requestId) => this.#post({ ...command, requestId } as ApiEvent),
      (outcome) => {
        this.#busy.delete(name);
        this.#there.set(name, afterwards(before, isThere, outcome));
        then?.();
      },
    );
  }
}

function afterwards(before: boolean | 'in doubt', after: boolean, outcome: Outcome): boolean | 'in doubt' {
  if (outcome === 'never sent') return before;
  if (outcome === 'in doubt') return before === after ? after : 'in doubt';
  if (outcome < 300) return after;
  // A job that is not there cannot be deleted, run or killed.
  return !after ? false : before;
}
