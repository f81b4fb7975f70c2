import { describe, expect, test } from 'vitest';
import type { MasterConfig } from './config.ts';
import { RECOVERED_KILLS_MAX } from './kill.ts';
import {
  agentIdOf,
  frameworkIdOf,
  lastOffer,
  launchCall,
  MasterDriver,
  offersOf,
  plainFramework,
  statusesOf,
  taskOf,
} from './testing.ts';

/** A master that ran task `t`, and the one that starts after it on the same store. */
function restarted(config: Partial<MasterConfig> = {}) {
  const old = new MasterDriver();
  const agentId = agentIdOf(old.agent());
  const peer = old.subscribe();
  const frameworkId = frameworkIdOf(peer);
  old.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentId)]));
  const master = new MasterDriver({ entries: old.entries, seed: 2, config });
  const task = {
    name: 't',
    task_id: { value: 't' },
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    state: 'TASK_RUNNING',
    resources: taskOf('t', agentId).resources,
  } as const;
  const comeBack = () =>
    master.agent(
      {
        agent_info: {
          hostname: 'host',
          id: { value: agentId },
          resources: taskOf('x', agentId, 'cpus:8;mem:8192').resources,
        },
      },
      { frameworks: [{ ...plainFramework, id: { value: frameworkId } }], tasks: [{ task }] },
    );
  return { old, master, agentId, frameworkId, comeBack };
}

describe('a master that starts again', () => {
  test('has a newer epoch and a new id; ids that were given stay', () => {
    const { old, master, agentId, frameworkId, comeBack } = restarted();
    expect(master.state.config.epoch > old.state.config.epoch).toBe(true);
    expect(comeBack().events[0]).toMatchObject({ type: 'REREGISTERED', registered: { agent_id: { value: agentId } } });
    expect(frameworkIdOf(master.subscribe({}, frameworkId))).toBe(frameworkId);
    expect(frameworkIdOf(master.subscribe())).toBe('master2-0000');
    expect(agentIdOf(master.agent())).toBe('master2-S0');
  });

  test('does not answer reconciliation for an agent that is not back, nor without an agent while any is missing', () => {
    const { master, agentId, frameworkId, comeBack } = restarted();
    const peer = master.subscribe({}, frameworkId);
    const ask = (agent?: string) =>
      master.call(peer, {
        type: 'RECONCILE',
        reconcile: {
          tasks: [{ task_id: { value: 't' }, ...(agent === undefined ? {} : { agent_id: { value: agent } }) }],
        },
      });
    ask(agentId);
    ask();
    expect(statusesOf(peer)).toEqual([]);
    ask('never-S9');
    expect(statusesOf(peer)).toMatchObject([{ state: 'TASK_UNKNOWN' }]);
    comeBack();
    ask(agentId);
    ask();
    expect(
      statusesOf(peer)
        .slice(1)
        .map((status) => status.state),
    ).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
  });

  test('keeps kills of tasks on an agent that is not back, and tells the agent when it is', () => {
    const { master, agentId, frameworkId, comeBack } = restarted();
    const peer = master.subscribe({}, frameworkId);
    const kill = (id: string) =>
      master.call(peer, {
        type: 'KILL',
        kill: {
          task_id: { value: id },
          agent_id: { value: agentId },
          kill_policy: { grace_period: { nanoseconds: 5n } },
        },
      });
    kill('t');
    kill('other');
    expect(statusesOf(peer)).toEqual([]);
    const killsOf = (agent: ReturnType<typeof comeBack>) =>
      agent.events.filter((event) => event.type === 'KILL_TASK').map((event) => event.kill_task);
    const agent = comeBack();
    expect(killsOf(agent)).toEqual([
      {
        framework_id: { value: frameworkId },
        task_id: { value: 't' },
        kill_policy: { grace_period: { nanoseconds: 5n } },
      },
    ]);
    expect(statusesOf(peer)).toMatchObject([{ task_id: { value: 'other' }, state: 'TASK_GONE' }]);
    master.drop(agent);
    expect(killsOf(comeBack()).map((call) => call?.task_id.value)).toEqual(['t']);
  });

  test('keeps so many kills for an agent that is not back and no more, and answers them when it gives up', () => {
    const { master, agentId, frameworkId } = restarted();
    const peer = master.subscribe({ failover_timeout: 3600 }, frameworkId);
    for (let index = 0; index <= RECOVERED_KILLS_MAX; index++) {
      master.call(peer, { type: 'KILL', kill: { task_id: { value: `t${index}` }, agent_id: { value: agentId } } });
    }
    master.advance(600_000);
    const answers = statusesOf(peer);
    expect(answers).toHaveLength(RECOVERED_KILLS_MAX);
    expect(new Set(answers.map((status) => status.state))).toEqual(new Set(['TASK_UNREACHABLE']));
  });

  test('finds frameworks on the agents that come back first, and lets them subscribe', () => {
    const { master, agentId, frameworkId, comeBack } = restarted();
    comeBack();
    const framework = master.state.frameworks.get(frameworkId);
    expect(framework).toMatchObject({ recovered: true, connected: false, active: false });
    expect(framework?.used.get(agentId)?.scalar('cpus')).toBe(1);
    const peer = master.subscribe({}, frameworkId);
    expect(framework).toMatchObject({ recovered: false, connected: true, active: true });
    expect(offersOf(peer)[0]?.resources?.find((resource) => resource.name === 'cpus')?.scalar?.value).toBe(7);
    master.call(peer, { type: 'RECONCILE', reconcile: {} });
    expect(statusesOf(peer)).toMatchObject([
      { task_id: { value: 't' }, state: 'TASK_RUNNING', reason: 'REASON_RECONCILIATION' },
    ]);
  });

  test('gives up on agents that do not come back in time', () => {
    const { master, agentId, frameworkId } = restarted();
    const peer = master.subscribe({ failover_timeout: 3600 }, frameworkId);
    master.advance(600_000);
    expect(master.state.unreachable.has(agentId)).toBe(true);
    expect(peer.events.some((event) => event.failure?.agent_id?.value === agentId)).toBe(true);
    master.call(peer, {
      type: 'RECONCILE',
      reconcile: { tasks: [{ task_id: { value: 't' }, agent_id: { value: agentId } }] },
    });
    expect(statusesOf(peer).at(-1)).toMatchObject({ state: 'TASK_UNREACHABLE' });
    const third = new MasterDriver({ entries: master.entries, seed: 3 });
    expect(third.state.unreachable.has(agentId)).toBe(true);
    expect(third.state.recovered.size).toBe(0);
  });

  test('forgets unreachable agents that are too many or too old', () => {
    const { master, agentId } = restarted({ registryMaxAgentAgeMs: 3_600_000 });
    master.advance(3_600_000);
    expect(master.entries.has(`unreachable/${agentId}`)).toBe(true);
    master.advance(1_500_000);
    expect(master.entries.has(`unreachable/${agentId}`)).toBe(false);
    expect(master.state.unreachable.size).toBe(0);
  });
});
