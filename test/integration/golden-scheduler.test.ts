import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { agentProcess, masterProcess } from '../support/cluster.ts';
import type { DaemonProcess } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { Replay, type Step } from './golden/replay.ts';

/** A recorded scenario and what it was recorded with. */
interface Scenario {
  readonly name: string;
  readonly masterArgs?: readonly string[];
  readonly agentArgs?: readonly string[];
  /** Steps, by note, that ours answers with another status on purpose. */
  readonly differs?: Readonly<Record<string, number>>;
  readonly ignoresRepeats?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'error-matrix' },
  // The path of the offending constraint is named, and the pattern's error is another library's.
  { name: 'subscribe-variants', differs: { 'offer constraints: bad regex': 400 } },
  // A write says what its body is: a web page could send it unasked.
  { name: 'teardown', differs: { 'unknown id': 415 } },
  { name: 'resubscribe-while-connected' },
  { name: 'reconcile' },
  { name: 'stale-offer-and-invalid-tasks' },
  { name: 'not-partition-aware' },
  { name: 'disconnect-failover' },
  { name: 'command-tasks' },
  { name: 'unacked-resend' },
  { name: 'decline-filters-revive' },
  { name: 'health-checks' },
  { name: 'custom-executor-failures', agentArgs: ['--executor_registration_timeout=2secs'] },
  {
    name: 'agent-restart-and-loss',
    ignoresRepeats: true,
    masterArgs: ['--agent_ping_timeout=500ms', '--max_agent_ping_timeouts=5'],
    agentArgs: ['--resources=cpus:4;mem:4096;disk:8192;ports:[31000-31099]', '--attributes='],
  },
];

function stepsOf(name: string): readonly Step[] {
  const path = fileURLToPath(new URL(`./golden/fixtures/${name}.json`, import.meta.url));
  return (JSON.parse(readFileSync(path, 'utf8')) as { steps: Step[] }).steps;
}

/** What the recorder did to the agent's process. */
function actsOn(agent: DaemonProcess): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    'SIGKILL to the agent process': () => agent.end('SIGKILL'),
    'agent process started again': () => agent.start(),
    'SIGKILL to the agent process, not restarted': () => agent.end('SIGKILL'),
    'agent process started again after it was marked gone': async () => agent.spawn(),
    'agent exit code: 0': async () => {
      expect(await eventually('the agent ends', () => exited(agent))).toBe(true);
    },
  };
}

function exited(agent: DaemonProcess): boolean {
  try {
    process.kill(agent.pid, 0);
    return false;
  } catch {
    return true;
  }
}

/**
 * Scenarios recorded from a real Apache Mesos master and agent, driven the same way through ours: statuses, headers in
 * their order, texts, events in their order, key sets, types and default values. What varies is masked.
 */
describe('recorded scenarios', () => {
  test.each(SCENARIOS)('$name', async ({ name, masterArgs = [], agentArgs = [], differs = {}, ignoresRepeats }) => {
    const folder = mkdtempSync(join(tmpdir(), 'meseta-golden-'));
    const master = await masterProcess(folder, ['--hostname=localhost', ...masterArgs]);
    const agent = await agentProcess(folder, 'agent', `127.0.0.1:${master.options.port}`, [
      '--resources=cpus:8;mem:8192;disk:8192;ports:[31000-31099]',
      '--attributes=rack:r1;zone:z1',
      '--hostname=localhost',
      ...agentArgs,
    ]);
    try {
      await master.start();
      await agent.start();
      await eventually('the agent is registered', async () => {
        const answer = await fetch(`${master.url}/api/v1`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ type: 'GET_AGENTS' }),
        });
        return (await answer.text()).includes('"active":true');
      });
      const ports = { masterPort: master.options.port, agentPort: agent.options.port };
      await new Replay({ ...ports, differs, ignoresRepeats, acts: actsOn(agent) }).run(stepsOf(name));
    } finally {
      await agent.end('SIGUSR1');
      await master.end();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
