import type { MasterConfig } from '../../mesos/master/core/config.ts';
import type { MasterEffect } from '../../mesos/master/core/effects.ts';
import type { MasterEvent } from '../../mesos/master/core/events.ts';
import { recoverMasterState } from '../../mesos/master/core/initial.ts';
import { nextEpoch } from '../../mesos/master/core/registry.ts';
import type { MasterState } from '../../mesos/master/core/state.ts';
import { step } from '../../mesos/master/core/step.ts';
import { configOf } from '../../mesos/master/core/testing.ts';
import type { SimPost } from '../../sdk/testing/sim-call-stream.ts';
import type { Incoming, ServerStream } from '../../sdk/testing/sim-network.ts';
import { type ProcessStart, SimProcess } from '../../sdk/testing/sim-process.ts';
import { SCHEDULER_PATH } from '../../sdk/testing/sim-scheduler-link.ts';
import type { Calls } from '../../sdk/v1/generated/agent_link.ts';
import type { MasterInfo } from '../../sdk/v1/generated/mesos.ts';
import type { Call } from '../../sdk/v1/generated/scheduler.ts';
import type { World } from './world.ts';

export type MasterProcess = SimProcess<MasterState, MasterEvent, MasterEffect>;

/** The master's process, and what its server still owes. */
export interface MasterDaemon {
  readonly process: MasterProcess;
  /** Requests that have had no answer for a second. */
  readonly openRequests: () => number;
}

export interface MasterHooks {
  readonly onStep: (state: MasterState) => void;
  /** A framework asks for the launch of a task. */
  readonly onLaunch: (from: string, taskId: string) => void;
}

/** The master's host. */
export const MASTER = 'master';

/** The real master's core behind a simulated HTTP server. */
export function createMaster(world: World, hooks: MasterHooks): MasterDaemon {
  const requests = new Map<string, Incoming & { readonly atMs: number }>();
  const streams = new Map<string, ServerStream>();
  let requestNumber = 0;
  const random = world.random.fork('master config');
  const offerTimeoutMs = random.chance(0.5) ? random.between(5_000, 60_000) : undefined;

  const serve = (incoming: Incoming): void => {
    const post = incoming.body as SimPost<Call | Calls>;
    const requestId = `r${requestNumber++}`;
    requests.set(requestId, { ...incoming, atMs: world.time.nowMs });
    const common = { requestId, principal: null, streamId: post.streamId };
    if (post.path === SCHEDULER_PATH) {
      const call = post.body as Call;
      for (const operation of call.accept?.operations ?? []) {
        for (const info of operation.launch?.task_infos ?? []) hooks.onLaunch(incoming.from, info.task_id.value);
      }
      process.post({ kind: 'scheduler.call', ...common, isAcceptable: true, call });
    } else process.post({ kind: 'agent.calls', ...common, remoteIp: '10.0.0.1', calls: post.body as Calls });
  };

  const perform = (effect: MasterEffect): void => {
    switch (effect.kind) {
      case 'http.reply':
        requests.get(effect.requestId)?.reply(effect.status, effect.text);
        requests.delete(effect.requestId);
        return;
      case 'stream.open': {
        const stream = requests.get(effect.requestId)?.open(effect.streamId);
        requests.delete(effect.requestId);
        if (stream === undefined) return;
        streams.set(effect.streamId, stream);
        stream.onGone = () => {
          streams.delete(effect.streamId);
          process.post({ kind: 'stream.closed', streamId: effect.streamId });
        };
        return;
      }
      case 'stream.send':
        if (effect.channel !== 'operator') streams.get(effect.streamId)?.send(effect.event);
        return;
      case 'stream.close':
        streams.get(effect.streamId)?.close();
        streams.delete(effect.streamId);
        return;
      case 'log':
        world.note(MASTER, `log ${effect.text}`);
        return;
      case 'timer.set':
      case 'timer.clear':
      // The process has timers of its own.
    }
  };

  const process: MasterProcess = new SimProcess<MasterState, MasterEvent, MasterEffect>(world.host(MASTER), {
    boot: (start) => {
      world.network.listen(MASTER, serve);
      const state = recoverMasterState(masterConfig(start, offerTimeoutMs), start.entries);
      return { state, first: [{ kind: 'master.started' }] };
    },
    step,
    perform,
    onDown: () => {
      requests.clear();
      streams.clear();
      world.leave(MASTER);
    },
    onStep: hooks.onStep,
    describe,
  });
  const isLate = ({ atMs }: { readonly atMs: number }): boolean => world.time.nowMs - atMs > 1_000;
  return { process, openRequests: () => [...requests.values()].filter(isLate).length };
}

function describe(event: MasterEvent): string {
  switch (event.kind) {
    case 'scheduler.call':
      return `${event.call.type} of ${event.call.framework_id?.value ?? 'a new framework'}`;
    case 'agent.calls': {
      const calls = event.calls.calls ?? [];
      const told = calls.map(({ type, update }) =>
        update === undefined ? type : `${type} ${update.status.task_id.value} ${update.status.state}`,
      );
      return `${told.join(', ')} of ${event.calls.agent_id?.value ?? 'a new agent'}`;
    }
    case 'timer.fired':
      return `timer ${event.key}`;
    default:
      return event.kind;
  }
}

function masterConfig({ entries, clock, ids }: ProcessStart, offerTimeoutMs: number | undefined): MasterConfig {
  const nowMs = clock.wallMs();
  const id = ids.uuid();
  return {
    ...configOf(id, nextEpoch(entries, nowMs)),
    info: masterInfo(id),
    startedAtMs: nowMs,
    electedAtMs: nowMs,
    offerTimeoutMs,
    maxFrameworks: 1_000,
    maxOperatorStreams: 1_000,
    registryMaxAgentCount: 102_400,
  };
}

function masterInfo(id: string): MasterInfo {
  return {
    id,
    ip: 16_777_226,
    port: 5050,
    pid: 'master@10.0.0.1:5050',
    hostname: MASTER,
    version: '1.11.0',
    address: { hostname: MASTER, ip: '10.0.0.1', port: 5050 },
    capabilities: [{ type: 'AGENT_UPDATE' }],
  };
}
