import type { Call, Call_ExecutorExited, Call_Message, Call_Update } from '../../../sdk/v1/generated/agent_link.ts';
import type { TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { onUnregister } from './agent-removal.ts';
import type { AgentCalled } from './events.ts';
import { onPong } from './pings.ts';
import { register, reregister } from './registration.ts';
import type { Agent } from './state.ts';
import { sendUpdate } from './statuses.ts';
import { noteWaitingUpdate, removeExecutor, updateTask } from './tasks.ts';
import { bump, log, reply, sendToAgent, sendToFramework, type Turn } from './turn.ts';

/** A POST of an agent: a registration, which is answered with a stream, or calls on an open one. */
export function onAgentCalls(turn: Turn, event: AgentCalled): void {
  const { requestId, calls } = event;
  const list = calls.calls ?? [];
  const [first] = list;
  const opens = list.find((call) => call.type === 'REGISTER' || call.type === 'REREGISTER');
  if (opens !== undefined) {
    if (list.length !== 1 || opens !== first) {
      reply(turn, requestId, 400, 'REGISTER and REREGISTER stand alone in their POST');
    } else if (opens.register !== undefined && opens.type === 'REGISTER') register(turn, event, opens.register);
    else if (opens.reregister !== undefined && opens.type === 'REREGISTER') reregister(turn, event, opens.reregister);
    else reply(turn, requestId, 400, `Expecting 'calls[0].${opens.type.toLowerCase()}' to be present`);
    return;
  }
  const agent = callingAgent(turn, event);
  if (agent === undefined) return;
  if (isNews(agent, calls.batch)) for (const call of list) perform(turn, agent, call);
  reply(turn, requestId, 202);
}

/** A POST that the agent gave up and said again may arrive after later ones: an old update must not follow a new one. */
function isNews(agent: Agent, batch: bigint | undefined): boolean {
  if (batch === undefined) return true;
  if (batch <= agent.batch) return false;
  agent.batch = batch;
  return true;
}

/** The agent of calls on a stream, or undefined when they were refused. */
function callingAgent(turn: Turn, event: AgentCalled): Agent | undefined {
  const { requestId, streamId, calls } = event;
  const agent = turn.state.agents.get(calls.agent_id?.value ?? '');
  if (agent === undefined) {
    reply(turn, requestId, 400, 'Agent is not registered: register again');
    return undefined;
  }
  if (streamId === undefined || streamId !== agent.streamId) {
    reply(turn, requestId, 400, 'The stream is not the newest of this agent: register again');
    return undefined;
  }
  return agent;
}

function perform(turn: Turn, agent: Agent, call: Call): void {
  // An agent that left in an earlier call of the same POST says no more.
  if (!turn.state.agents.has(agent.id)) return;
  if (call.type === 'PONG') onPong(agent);
  else if (call.type === 'UPDATE' && call.update !== undefined) onUpdate(turn, agent, call.update);
  else if (call.type === 'MESSAGE' && call.message !== undefined) onMessage(turn, agent, call.message);
  else if (call.type === 'EXECUTOR_EXITED' && call.executor_exited !== undefined) {
    onExecutorExited(turn, agent, call.executor_exited);
  } else if (call.type === 'UNREGISTER') {
    onUnregister(turn, agent, call.unregister?.reason ?? 'the agent unregistered');
  } else log(turn, `Ignoring a call ${call.type} of agent ${agent.id}: its message is missing`, 'warn');
}

/** A status update goes on to its framework, which acknowledges it; without one listening the agent repeats it later. */
function onUpdate(turn: Turn, agent: Agent, update: Call_Update): void {
  bump(turn, 'messages_status_update');
  const { state } = turn;
  const frameworkId = update.framework_id.value;
  const status: TaskStatus = { ...update.status, agent_id: update.status.agent_id ?? { value: agent.id } };
  if (status.uuid?.length !== 16) {
    bump(turn, 'invalid_status_updates');
    log(
      turn,
      `Ignoring an update of agent ${agent.id} for task ${status.task_id.value}: its uuid is not valid`,
      'warn',
    );
    return;
  }
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined) {
    bump(turn, 'invalid_status_updates');
    if (state.completedFrameworks.has(frameworkId)) {
      sendToAgent(turn, agent, {
        type: 'SHUTDOWN_FRAMEWORK',
        shutdown_framework: { framework_id: update.framework_id },
      });
    }
    return;
  }
  const known = agent.tasks.get(frameworkId)?.get(status.task_id.value);
  if (known === undefined && agent.disowned.get(frameworkId)?.has(status.task_id.value) === true) {
    acknowledgeDisowned(turn, agent, update);
    return;
  }
  if (framework.connected) sendUpdate(turn, framework, status);
  if (known === undefined) {
    bump(turn, 'invalid_status_updates');
    return;
  }
  const entry = framework.connected ? noteWaitingUpdate(framework, agent, known, status) : known;
  updateTask(turn, framework, agent, entry, status, update.latest_state);
  bump(turn, framework.connected ? 'valid_status_updates' : 'invalid_status_updates');
}

/** The framework was told of this task's end before: after a terminal state no other follows. */
function acknowledgeDisowned(turn: Turn, agent: Agent, { framework_id, status }: Call_Update): void {
  const { task_id, uuid, state } = status;
  if (uuid === undefined) return;
  bump(turn, 'valid_status_updates');
  if (isTerminal(state)) agent.disowned.get(framework_id.value)?.delete(task_id.value);
  sendToAgent(turn, agent, { type: 'ACKNOWLEDGE', acknowledge: { framework_id, task_id, uuid } });
}

function onMessage(turn: Turn, agent: Agent, message: Call_Message): void {
  bump(turn, 'messages_executor_to_framework');
  const framework = turn.state.frameworks.get(message.framework_id.value);
  if (framework === undefined || !framework.connected) {
    bump(turn, 'invalid_executor_to_framework_messages');
    return;
  }
  bump(turn, 'valid_executor_to_framework_messages');
  sendToFramework(turn, framework, {
    type: 'MESSAGE',
    message: { agent_id: { value: agent.id }, executor_id: message.executor_id, data: message.data },
  });
}

/** An executor is gone: its resources are free, and its framework hears of it. */
function onExecutorExited(turn: Turn, agent: Agent, exited: Call_ExecutorExited): void {
  bump(turn, 'messages_exited_executor');
  const framework = turn.state.frameworks.get(exited.framework_id.value);
  if (framework === undefined) return;
  removeExecutor(turn, framework, agent, exited.executor_id.value);
  if (exited.silent === true) return;
  sendToFramework(turn, framework, {
    type: 'FAILURE',
    failure: { agent_id: { value: agent.id }, executor_id: exited.executor_id, status: exited.status },
  });
}
