import type { Call } from '../../../sdk/v1/generated/master.ts';
import { keepGone, markGone, tellLost } from './agent-removal.ts';
import { authorize } from './authorize.ts';
import type { OperatorCalled, TeardownPosted } from './events.ts';
import { removeFramework } from './frameworks.ts';
import { settleKills } from './kill.ts';
import { operatorState } from './operator-views.ts';
import { masterStatus, sendUpdate } from './statuses.ts';
import { bump, log, reply, type Turn } from './turn.ts';

/** Calls of the operator API that come to the core; the shell answers reads from views and refuses all others by name. */
export const CORE_OPERATOR_CALLS: ReadonlySet<NonNullable<Call['type']>> = new Set([
  'TEARDOWN',
  'MARK_AGENT_GONE',
  'SUBSCRIBE',
]);

/** A changing call of the operator API, validated by the shell. */
export function onOperatorCall(turn: Turn, event: OperatorCalled): void {
  const { call, requestId, principal } = event;
  if (call.type === 'TEARDOWN' && call.teardown !== undefined) {
    teardown(turn, requestId, principal, call.teardown.framework_id.value);
  } else if (call.type === 'MARK_AGENT_GONE' && call.mark_agent_gone !== undefined) {
    markAgentGone(turn, requestId, principal, call.mark_agent_gone.agent_id.value);
  } else if (call.type === 'SUBSCRIBE') subscribeOperator(turn, event);
  else reply(turn, requestId, 501, '501 Not Implemented.');
}

/** POST /teardown. */
export function onTeardownPosted(turn: Turn, event: TeardownPosted): void {
  teardown(turn, event.requestId, event.principal, event.frameworkId);
}

function teardown(turn: Turn, requestId: string, principal: string | null, frameworkId: string): void {
  const framework = turn.state.frameworks.get(frameworkId);
  if (framework === undefined) reply(turn, requestId, 400, 'No framework found with specified ID');
  else if (!authorize(principal, 'teardown_framework', frameworkId)) reply(turn, requestId, 403);
  else {
    removeFramework(turn, framework);
    reply(turn, requestId, 200);
  }
}

/** Registered, recovered and unreachable agents can be declared gone; the tasks of the latter two hear of it too. */
function markAgentGone(turn: Turn, requestId: string, principal: string | null, agentId: string): void {
  const { state } = turn;
  const agent = state.agents.get(agentId);
  const recovered = state.recovered.get(agentId);
  if (!authorize(principal, 'mark_agent_gone', agentId)) reply(turn, requestId, 403);
  else if (state.gone.has(agentId)) reply(turn, requestId, 200);
  else if (agent !== undefined) {
    markGone(turn, agent);
    reply(turn, requestId, 200);
  } else if (recovered !== undefined || state.unreachable.has(agentId)) {
    keepGone(turn, agentId);
    endUnreachableTasks(turn, agentId);
    if (state.recovered.delete(agentId)) tellLost(turn, agentId);
    state.unreachable.delete(agentId);
    if (recovered !== undefined) settleKills(turn, agentId, recovered);
    reply(turn, requestId, 200);
  } else reply(turn, requestId, 404, `Agent '${agentId}' not found`);
}

function endUnreachableTasks(turn: Turn, agentId: string): void {
  const { state } = turn;
  for (const [frameworkId, taskIds] of state.unreachable.get(agentId)?.tasks ?? []) {
    const framework = state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    for (const taskId of taskIds) {
      const entry = framework.unreachableTasks.get(taskId);
      if (entry?.task.agent_id.value !== agentId) continue;
      framework.unreachableTasks.delete(taskId);
      const status = masterStatus(turn, {
        taskId,
        agentId,
        state: framework.capabilities.partitionAware ? 'TASK_GONE_BY_OPERATOR' : 'TASK_LOST',
        message: 'Agent has been marked gone',
        reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
      });
      bump(turn, 'tasks_gone_by_operator');
      framework.completedTasks.push({
        ...entry,
        task: { ...entry.task, state: status.state, statuses: [...(entry.task.statuses ?? []), status] },
      });
      sendUpdate(turn, framework, status);
    }
  }
}

/** SUBSCRIBE: a snapshot, then every change after it. Above the limit the oldest stream ends. */
function subscribeOperator(turn: Turn, event: OperatorCalled): void {
  const { state } = turn;
  const { operatorStreams, config } = state;
  if (!authorize(event.principal, 'subscribe_operator_events', '')) {
    reply(turn, event.requestId, 403);
    return;
  }
  const oldest = operatorStreams.values().next().value;
  if (operatorStreams.size >= config.maxOperatorStreams && oldest !== undefined) {
    forgetOperatorStream(turn, oldest);
    turn.out.emit({ kind: 'stream.close', streamId: oldest });
    log(turn, 'Too many operator event streams: the oldest ends (--max_operator_event_stream_subscribers)', 'warn');
  }
  const streamId = turn.ids.uuid();
  operatorStreams.add(streamId);
  state.streams.set(streamId, { kind: 'operator' });
  turn.out.emit(
    { kind: 'stream.open', requestId: event.requestId, streamId, channel: 'operator' },
    {
      kind: 'stream.send',
      channel: 'operator',
      streamIds: [streamId],
      event: {
        type: 'SUBSCRIBED',
        subscribed: {
          get_state: operatorState(state),
          heartbeat_interval_seconds: config.heartbeatIntervalMs / 1000,
        },
      },
    },
  );
  operatorHeartbeat(turn, streamId);
}

/** Sends a heartbeat to an operator stream and sets the timer of the next. */
export function operatorHeartbeat(turn: Turn, streamId: string): void {
  turn.out.emit(
    { kind: 'stream.send', channel: 'operator', streamIds: [streamId], event: { type: 'HEARTBEAT' } },
    { kind: 'timer.set', key: `heartbeat/${streamId}`, delayMs: turn.state.config.heartbeatIntervalMs },
  );
}

/** An operator stream is no more. */
export function forgetOperatorStream(turn: Turn, streamId: string): void {
  turn.state.operatorStreams.delete(streamId);
  turn.state.streams.delete(streamId);
  turn.out.emit({ kind: 'timer.clear', key: `heartbeat/${streamId}` });
}
