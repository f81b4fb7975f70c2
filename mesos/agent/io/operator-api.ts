import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerMessage, packed } from '../../../sdk/daemon/http-answer.ts';
import { encodeBody, messageType } from '../../../sdk/v1/codec.ts';
import type { Call, Call_Type, Response } from '../../../sdk/v1/generated/agent.ts';
import { type Files, FilesError } from '../files/files.ts';
import { executorsMessage, frameworksMessage, stateMessage, tasksMessage } from '../views/api.ts';
import { containerMessage, runningContainers } from '../views/containers.ts';
import { admitCall, type CallRules } from './admit-call.ts';
import { sendText } from './http-text.ts';
import { measured, metricsOf, type Served } from './served.ts';

const CALL = messageType('mesos.v1.agent.Call');
const RESPONSE = messageType('mesos.v1.agent.Response');

/** The member that carries a call's parameters, where a call has some. */
const PARAMETERS: Readonly<Partial<Record<Call_Type, keyof Call>>> = {
  GET_METRICS: 'get_metrics',
  LIST_FILES: 'list_files',
  READ_FILE: 'read_file',
  SET_LOGGING_LEVEL: 'set_logging_level',
};

/** Answers in which upstream prints empty lists too. */
const EMPTY_ARRAYS: ReadonlySet<Call_Type | undefined> = new Set<Call_Type>([
  'GET_STATE',
  'GET_TASKS',
  'GET_EXECUTORS',
  'GET_FRAMEWORKS',
]);

/** Glog's levels: 0 is what is always written. */
const LOG_LEVELS: Readonly<Record<string, number>> = { debug: 1, trace: 2 };

const RULES: CallRules<Call> = {
  type: CALL,
  invalid: 'Failed to validate agent::Call',
  problem: callProblem,
  hasAnswer: () => true,
};

/** `POST /api/v1`: upstream's agent operator API, its checks in upstream's order. */
export async function operatorCall(served: Served, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const admitted = admitCall(RULES, request, reply);
  if (admitted === undefined) return;
  const { call, accepted } = admitted;
  const answer = await answerOf(served, call);
  if (answer === undefined) {
    sendText(reply, 501, `501 Not Implemented: ${call.type} is not supported by this agent`);
    return;
  }
  if (answer instanceof FilesError) {
    sendText(reply, answer.status, answer.message);
    return;
  }
  const bytes = encodeBody(RESPONSE, accepted, answer, { emptyArrays: EMPTY_ARRAYS.has(call.type) });
  const { body, isGzip } = await packed(request.raw, Buffer.from(bytes));
  reply.hijack();
  answerMessage(reply.raw, body, accepted, isGzip);
}

function callProblem(call: Call): string | undefined {
  if (call.type === undefined || call.type === 'UNKNOWN') return "Expecting 'type' to be present";
  const member = PARAMETERS[call.type];
  if (member !== undefined && call[member] === undefined) return `Expecting '${member}' to be present`;
  return undefined;
}

/** The answer; a refusal with its status and text; or undefined for what is not there. */
type Answer = Response | FilesError | undefined;

async function answerOf(served: Served, call: Call): Promise<Answer> {
  const { loop, config, log, files } = served;
  const type = call.type as NonNullable<Response['type']>;
  switch (call.type) {
    case 'GET_HEALTH':
      return { type, get_health: { healthy: true } };
    case 'GET_FLAGS':
      return { type, get_flags: { flags: config.flags } };
    case 'GET_VERSION':
      return { type, get_version: { version_info: config.version } };
    case 'GET_METRICS': {
      const figures = await metricsOf(served);
      return { type, get_metrics: { metrics: [...figures].map(([name, value]) => ({ name, value })) } };
    }
    case 'GET_LOGGING_LEVEL':
      return { type, get_logging_level: { level: LOG_LEVELS[log.level] ?? 0 } };
    case 'GET_STATE':
      return { type, get_state: await loop.read(stateMessage) };
    case 'GET_TASKS':
      return { type, get_tasks: await loop.read(tasksMessage) };
    case 'GET_EXECUTORS':
      return { type, get_executors: await loop.read(executorsMessage) };
    case 'GET_FRAMEWORKS':
      return { type, get_frameworks: await loop.read(frameworksMessage) };
    case 'GET_AGENT':
      return { type, get_agent: { agent_info: await loop.read(({ info }) => info) } };
    case 'GET_CONTAINERS': {
      const containers = await measured(served, await loop.read((state) => runningContainers(state)));
      return { type, get_containers: { containers: containers.map(([one, usage]) => containerMessage(one, usage)) } };
    }
    case 'LIST_FILES':
      return filesAnswer(async () => ({
        type,
        list_files: { file_infos: await files.browse(call.list_files?.path ?? '') },
      }));
    case 'READ_FILE':
      return filesAnswer(async () => {
        const { path = '', offset = 0n, length } = call.read_file ?? {};
        const limit = length === undefined ? undefined : Number(length);
        return { type, read_file: await readMessage(files, path, Number(offset), limit) };
      });
    // There are none of either, and no way to make some.
    case 'GET_OPERATIONS':
      return { type, get_operations: {} };
    case 'GET_RESOURCE_PROVIDERS':
      return { type, get_resource_providers: {} };
    default:
      return undefined;
  }
}

async function filesAnswer(work: () => Promise<Response>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FilesError) return error;
    throw error;
  }
}

async function readMessage(
  files: Files,
  path: string,
  offset: number,
  length: number | undefined,
): Promise<NonNullable<Response['read_file']>> {
  const { size, data } = await files.read(path, offset, length);
  return { size: BigInt(size), data };
}
