import { type MessageType, messageType, writeJson } from '../../../sdk/v1/codec.ts';
import type { Call } from '../../../sdk/v1/generated/master.ts';
import { lookAtAgents, lookAtFrameworks, operatorExecutors, operatorTasks } from '../core/operator-views.ts';
import type { MasterState } from '../core/state.ts';

const TASK = messageType('mesos.v1.Task');
const EXECUTOR = messageType('mesos.v1.master.Response.GetExecutors.Executor');
const FRAMEWORK = messageType('mesos.v1.master.Response.GetFrameworks.Framework');
const AGENT = messageType('mesos.v1.master.Response.GetAgents.Agent');
const AGENT_INFO = messageType('mesos.v1.AgentInfo');

/** Long answers, in pieces: the fields of a message, each an object of lists whose items are written one by one. */
type Pieces = Generator<string, void, void>;

/** One list of an answer, each item made when it is written. */
interface MessageList {
  readonly name: string;
  readonly items: Iterable<string>;
}

/**
 * The JSON of a read that may be long, as one moment shows it, made piece by piece later; undefined for other calls.
 * Upstream prints these lists even when they are empty.
 */
export function longAnswer(state: MasterState, type: NonNullable<Call['type']>): Pieces | undefined {
  switch (type) {
    case 'GET_TASKS':
      return answer(type, object([['get_tasks', object(lists(taskLists(state)))]]));
    case 'GET_EXECUTORS':
      return answer(type, object([['get_executors', object(lists(executorLists(state)))]]));
    case 'GET_FRAMEWORKS':
      return answer(type, object([['get_frameworks', object(lists(frameworkLists(state)))]]));
    case 'GET_AGENTS':
      return answer(type, object([['get_agents', object(lists(agentLists(state)))]]));
    case 'GET_STATE':
      return answer(
        type,
        object([
          [
            'get_state',
            object([
              ['get_tasks', object(lists(taskLists(state)))],
              ['get_executors', object(lists(executorLists(state)))],
              ['get_frameworks', object(lists(frameworkLists(state)))],
              ['get_agents', object(lists(agentLists(state)))],
            ]),
          ],
        ]),
      );
    default:
      return undefined;
  }
}

function taskLists(state: MasterState): MessageList[] {
  const { tasks = [], unreachable_tasks = [], completed_tasks = [] } = operatorTasks(state);
  return [
    { name: 'tasks', items: written(TASK, tasks ?? []) },
    { name: 'unreachable_tasks', items: written(TASK, unreachable_tasks ?? []) },
    { name: 'completed_tasks', items: written(TASK, completed_tasks ?? []) },
  ];
}

function executorLists(state: MasterState): MessageList[] {
  return [{ name: 'executors', items: written(EXECUTOR, operatorExecutors(state).executors ?? []) }];
}

function frameworkLists(state: MasterState): MessageList[] {
  const { present, completed } = lookAtFrameworks(state);
  return [
    { name: 'frameworks', items: made(FRAMEWORK, present) },
    { name: 'completed_frameworks', items: made(FRAMEWORK, completed) },
  ];
}

function agentLists(state: MasterState): MessageList[] {
  const recovered = Array.from(state.recovered.values(), (agent) => agent.info);
  return [
    { name: 'agents', items: made(AGENT, lookAtAgents(state)) },
    { name: 'recovered_agents', items: written(AGENT_INFO, recovered) },
  ];
}

function* written<T>(type: MessageType<T>, messages: readonly T[]): Pieces {
  for (const message of messages) yield writeJson(type, message);
}

function* made<T>(type: MessageType<T>, messages: readonly (() => T)[]): Pieces {
  for (const make of messages) yield writeJson(type, make());
}

function lists(all: readonly MessageList[]): [name: string, pieces: Iterable<string>][] {
  return all.map(({ name, items }) => [name, list(items)]);
}

function* answer(type: string, body: Pieces): Pieces {
  yield `{"type":"${type}",`;
  let isFirst = true;
  for (const piece of body) {
    // The body's own opening brace is the answer's.
    yield isFirst ? piece.slice(1) : piece;
    isFirst = false;
  }
}

function* object(fields: readonly (readonly [name: string, pieces: Iterable<string>])[]): Pieces {
  yield '{';
  for (const [index, [name, pieces]] of fields.entries()) {
    yield `${index === 0 ? '' : ','}"${name}":`;
    yield* pieces;
  }
  yield '}';
}

function* list(items: Iterable<string>): Pieces {
  yield '[';
  let separator = '';
  for (const item of items) {
    yield separator + item;
    separator = ',';
  }
  yield ']';
}
