import { answerMessage, answerText, packed } from '../../../sdk/daemon/http-answer.ts';
import { encodeBody, type MessageMediaType, messageType } from '../../../sdk/v1/codec.ts';
import type { Call, Response } from '../../../sdk/v1/generated/master.ts';
import { responseMediaType } from '../../../sdk/v1/http-media.ts';
import { CORE_OPERATOR_CALLS } from '../core/operator-calls.ts';
import {
  operatorAgents,
  operatorExecutors,
  operatorFrameworks,
  operatorRoles,
  operatorState,
  operatorTasks,
} from '../core/operator-views.ts';
import type { MasterState } from '../core/state.ts';
import type { MachineFigures } from '../views/metrics.ts';
import { type CallTarget, type FullRequest, readCall } from './calls.ts';
import { header } from './exchange.ts';
import { longAnswer } from './operator-text.ts';
import { joinSliced } from './views.ts';

const OPERATOR_CALL = messageType('mesos.v1.master.Call');
const OPERATOR_RESPONSE = messageType('mesos.v1.master.Response');

/** What reads need. */
export interface OperatorTarget extends CallTarget {
  /** A consistent look at the state; resolves when what it shows is durable. */
  readonly read: <View>(view: (state: MasterState) => View) => Promise<View>;
  /** What the state does not hold. */
  readonly machine: () => MachineFigures;
  /** All metrics by upstream's keys. */
  readonly metrics: (state: MasterState) => ReadonlyMap<string, number> | Readonly<Record<string, number>>;
}

/** Calls that must carry a message of their own, by type. */
const BODIES: Partial<Record<NonNullable<Call['type']>, keyof Call>> = {
  TEARDOWN: 'teardown',
  MARK_AGENT_GONE: 'mark_agent_gone',
};

/** POST /api/v1. */
export async function onOperatorRequest(target: OperatorTarget, full: FullRequest): Promise<void> {
  const call = readCall(full, OPERATOR_CALL);
  if (call === undefined) return;
  const { request, response } = full;
  const { type } = call;
  const body = type === undefined ? undefined : BODIES[type];
  const accepted = responseMediaType(header(request, 'accept'));
  if (type === undefined) fail(full, 400, "Failed to validate master::Call: Expecting 'type' to be present");
  else if (body !== undefined && call[body] === undefined) {
    fail(full, 400, `Failed to validate master::Call: Expecting '${body}' to be present`);
  } else if (typeof accepted !== 'string') fail(full, accepted.status, accepted.text);
  else if (CORE_OPERATOR_CALLS.has(type)) {
    const requestId = target.exchange.keep(response, accepted);
    if (!target.post({ kind: 'operator.call', requestId, principal: null, call })) target.exchange.refuse(requestId);
  } else if (type === 'UNKNOWN') fail(full, 501, '501 Not Implemented.');
  else {
    const pieces = accepted === 'application/json' ? await target.read((state) => longAnswer(state, type)) : undefined;
    if (pieces !== undefined) {
      await send(full, Buffer.from(await joinSliced(pieces)), accepted);
      return;
    }
    const answer = await target.read((state) => view(target, state, type));
    if (answer === undefined) {
      fail(full, 501, `Call ${type} is not supported by this version of Meseta`);
      return;
    }
    await send(full, encodeBody(OPERATOR_RESPONSE, accepted, answer, { emptyArrays: true }), accepted);
  }
}

async function send({ request, response }: FullRequest, bytes: Uint8Array, type: MessageMediaType): Promise<void> {
  const { body, isGzip } = await packed(request, bytes);
  answerMessage(response, body, type, isGzip);
}

function fail({ response }: FullRequest, status: number, text: string): void {
  answerText(response, status, text);
}

/** The answer of a read, or undefined for a call that is not supported. */
function view(target: OperatorTarget, state: MasterState, type: NonNullable<Call['type']>): Response | undefined {
  const { config } = state;
  switch (type) {
    case 'GET_HEALTH':
      return { type, get_health: { healthy: true } };
    case 'GET_FLAGS':
      return { type, get_flags: { flags: config.flags } };
    case 'GET_VERSION':
      return { type, get_version: { version_info: config.version } };
    case 'GET_METRICS':
      return { type, get_metrics: { metrics: metricsList(target.metrics(state)) } };
    case 'GET_STATE':
      return { type, get_state: operatorState(state) };
    case 'GET_AGENTS':
      return { type, get_agents: operatorAgents(state) };
    case 'GET_FRAMEWORKS':
      return { type, get_frameworks: operatorFrameworks(state) };
    case 'GET_EXECUTORS':
      return { type, get_executors: operatorExecutors(state) };
    case 'GET_TASKS':
      return { type, get_tasks: operatorTasks(state) };
    case 'GET_OPERATIONS':
      // Operations that outlive their call are refused, so there is none.
      return { type, get_operations: {} };
    case 'GET_ROLES':
      return { type, get_roles: operatorRoles(state) };
    case 'GET_WEIGHTS':
      return { type, get_weights: weightsOf(state) };
    case 'GET_MASTER':
      return {
        type,
        get_master: {
          master_info: config.info,
          start_time: config.startedAtMs / 1000,
          elected_time: config.electedAtMs / 1000,
        },
      };
    default:
      return undefined;
  }
}

/** Without weights upstream leaves the message out. */
function weightsOf(state: MasterState): Response['get_weights'] {
  if (state.weights.size === 0) return undefined;
  return { weight_infos: Array.from(state.weights, ([role, weight]) => ({ role, weight })) };
}

function metricsList(metrics: ReadonlyMap<string, number> | Readonly<Record<string, number>>) {
  const entries = metrics instanceof Map ? [...metrics] : Object.entries(metrics);
  return entries.map(([name, value]: [string, number]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
