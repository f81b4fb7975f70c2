import { describe, expect, test } from 'vitest';
import { Harness, testApp } from '../../marathon/core/testing/harness.ts';
import type { AgentEffect } from '../../mesos/agent/core/effects.ts';
import type { AgentEvent } from '../../mesos/agent/core/events.ts';
import { initialAgentState } from '../../mesos/agent/core/state.ts';
import { step as stepAgent } from '../../mesos/agent/core/step.ts';
import {
  agentIdOf,
  frameworkIdOf,
  lastOffer,
  launchCall,
  MasterDriver,
  statusesOf,
  taskOf,
} from '../../mesos/master/core/testing.ts';
import { seededIds } from '../../sdk/base/ids.ts';
import type { Calls, Event as LinkEvent } from '../../sdk/v1/generated/agent_link.ts';
import type { TaskState } from '../../sdk/v1/generated/mesos.ts';
import { agentConfig } from './agent-daemon.ts';

/** What seeds found, told in a few steps: unlike a seed it stays the same story when the simulator changes. */
describe('the master', () => {
  /** A master with an agent that has task `t` of a framework. */
  function running() {
    const master = new MasterDriver();
    const agent = master.agent({ registration_id: 'agent-one' });
    const peer = master.subscribe();
    master.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentIdOf(agent))]));
    return { master, agent, peer, frameworkId: frameworkIdOf(peer) };
  }

  test('carries out no POST of an agent that arrives after later ones of its stream', () => {
    const { master, agent, peer, frameworkId } = running();
    const post = (batch: bigint, state: TaskState): void => {
      const status = { task_id: { value: 't' }, state, uuid: new Uint8Array(16).fill(Number(batch)) };
      const update = { framework_id: { value: frameworkId }, status };
      const calls: Calls = { agent_id: { value: agentIdOf(agent) }, calls: [{ type: 'UPDATE', update }], batch };
      const { streamId } = agent;
      const requestId = `late-${state}`;
      master.post({ kind: 'agent.calls', requestId, principal: null, streamId, remoteIp: '127.0.0.1', calls });
      expect(master.replies.get(requestId)?.status).toBe(202);
    };
    post(1n, 'TASK_STARTING');
    post(2n, 'TASK_RUNNING');
    // The first one was said again, because no answer came; now the original arrives.
    post(1n, 'TASK_STARTING');
    expect(statusesOf(peer).map(({ state }) => state)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
  });

  test('gives an agent that could not record its id the same one, though it was unreachable meanwhile', () => {
    const { master, agent, peer } = running();
    master.drop(agent);
    master.advance(200_000);
    expect(statusesOf(peer).at(-1)?.state).toBe('TASK_UNREACHABLE');
    const again = master.agent({ registration_id: 'agent-one' });
    expect(agentIdOf(again)).toBe(agentIdOf(agent));
    expect(statusesOf(peer).at(-1)?.state).toBe('TASK_GONE');
  });

  test('gives up a framework that only an agent tells of, when it does not come back', () => {
    const { agent, frameworkId, master: before } = running();
    const agentId = agentIdOf(agent);
    const master = new MasterDriver({ entries: before.entries, seed: 2 });
    const info = { user: 'user', name: 'framework', failover_timeout: 60, id: { value: frameworkId } };
    const { resources } = taskOf('t', agentId);
    const task = { name: 't', task_id: { value: 't' }, framework_id: info.id, agent_id: { value: agentId }, resources };
    const hello = { agent_info: { hostname: 'host', port: 5051, id: { value: agentId } } };
    const report = { frameworks: [info], tasks: [{ task: { ...task, state: 'TASK_RUNNING' as const } }] };
    const back = master.agent(hello, report);
    const live = (forMs: number): void => {
      for (let ms = 0; ms < forMs; ms += 10_000) {
        master.advance(10_000);
        master.agentCalls(back, { type: 'PONG', pong: { sequence: 1n } });
      }
    };
    live(590_000);
    expect(master.state.frameworks.has(frameworkId)).toBe(true);
    live(20_000);
    expect(master.state.frameworks.has(frameworkId)).toBe(false);
    expect(back.events.map(({ type }) => type)).toContain('SHUTDOWN_FRAMEWORK');
  });
});

describe('the agent', () => {
  test('connects anew when the answer to its registration never comes on a stream that looks alive', () => {
    const state = initialAgentState(agentConfig('one', 1, '1', [], 0));
    const ctx = { wallMs: 0, monoMs: 0, ids: seededIds(1) };
    stepAgent(state, { kind: 'start' }, ctx);
    const { effects } = stepAgent(state, { kind: 'timer.fired', key: 'link.ping' }, ctx);
    expect(effects.map(({ kind }) => kind)).toContain('link.close');
    const retry = stepAgent(state, { kind: 'timer.fired', key: 'link.retry' }, ctx);
    expect(retry.effects).toContainEqual(expect.objectContaining({ kind: 'link.connect', generation: 2 }));
  });
});

describe('the agent, told to end a framework by a master that has since forgotten it', () => {
  test('runs a new task of that framework once the old ones are gone', () => {
    const state = initialAgentState(agentConfig('one', 1, '1', [], 0));
    const ctx = { wallMs: 0, monoMs: 0, ids: seededIds(1) };
    const input = (event: AgentEvent) => stepAgent(state, event, ctx).effects;
    const order = (event: LinkEvent) => input({ kind: 'link.event', generation: 1, event });
    const info = { user: 'user', name: 'framework', id: { value: 'f' } };
    const run = (taskId: string) =>
      order({ type: 'RUN_TASK', run_task: { framework_info: info, task: taskOf(taskId, 'a') } });
    const launched = (effects: readonly AgentEffect[]) =>
      effects.flatMap((effect) => (effect.kind === 'container.launch' ? [effect.spec] : []));
    input({ kind: 'start' });
    const master_info = { id: 'm', ip: 1, port: 5050 };
    order({
      type: 'REGISTERED',
      registered: { agent_id: { value: 'a' }, master_info, epoch: 1n, protocol: 1, ping_timeout_seconds: 75 },
    });
    const { containerId } = launched(run('old'))[0] as { readonly containerId: string };
    input({ kind: 'container.started', containerId, pid: 1 });
    order({ type: 'SHUTDOWN_FRAMEWORK', shutdown_framework: { framework_id: info.id } });
    expect(launched(run('new'))).toEqual([]);
    const [spec] = launched(input({ kind: 'container.exited', containerId, waitStatus: 9 }));
    expect(spec?.sandbox).toContain('/executors/new/');
  });
});

describe('Marathon', () => {
  test('goes on replacing instances when a forced scaling cancels the rolling update', () => {
    const harness = new Harness().start();
    const app = testApp('/web', { instances: 2 });
    harness.put(app);
    harness.converge();
    const next = { ...app, env: { VERSION: '2' } };
    harness.put(next);
    harness.put({ ...next, instances: 3 }, { force: true });
    harness.converge();
    expect(harness.state.deployments.size).toBe(0);
    expect(harness.instances('/web').map((instance) => instance.app.env['VERSION'])).toEqual(['2', '2', '2']);
  });

  test('scales down by the instance that has failed, not by a healthy one', () => {
    const harness = new Harness().start();
    const app = testApp('/web', { instances: 2, killSelection: 'OLDEST_FIRST' });
    harness.put(app);
    harness.converge();
    const [first, second] = harness.instances('/web');
    harness.update(second?.task?.id ?? '', 'TASK_FAILED');
    harness.put({ ...app, instances: 1 });
    expect(harness.instances('/web').map(({ id }) => id)).toEqual([first?.id]);
    expect(harness.instances('/web')[0]?.condition).toBe('Running');
  });
});
