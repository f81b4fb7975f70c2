import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeJsonProblems, parseJsonBody } from '../../sdk/daemon/json-diagnosis.ts';
import { COMPATIBLE_VERSION, MESETA_VERSION } from '../../sdk/daemon/version.ts';
import { type JobKind, parseJobBody } from '../api/job-body.ts';
import { readElements, readSearch, readStatusCode } from '../api/small-bodies.ts';
import { describeViolations, statusOf, type Violation } from '../api/violation.ts';
import { type ApiRoot, type JobJson, listedJobJson } from '../core/job-json.ts';
import { metricsJson, totals } from '../core/metrics.ts';
import { parentProblems } from '../core/put-job.ts';
import type { ChronosState } from '../core/state.ts';
import {
  describeSelf,
  findJob,
  graphCsv,
  graphDot,
  jobRuns,
  jobStatistics,
  percentileRows,
  searchJobs,
  snapshotJobs,
  summarize,
} from '../core/views.ts';
import { errorBody } from './error-body.ts';
import { writeArray } from './json-array.ts';
import { addWithOtherMethods } from './other-methods.ts';
import { PrometheusMetrics } from './prometheus.ts';
import type { ApiAnswer, ApiRequest } from './requests.ts';

/** What the routes speak to. */
export interface ChronosDesk {
  ask(request: ApiRequest): Promise<ApiAnswer>;
  read<View>(view: (state: ChronosState) => View): Promise<View>;
  nowMs(): number;
  /** The page at `/`. */
  readonly page: string;
}

type Named = { Params: { name: string } };

/** Adds every route of Chronos: both roots, and what lies outside them. */
export function addRoutes(server: FastifyInstance, desk: ChronosDesk): void {
  addWithOtherMethods(server, () => addKnownRoutes(server, desk));
}

function addKnownRoutes(server: FastifyInstance, desk: ChronosDesk): void {
  for (const [prefix, root] of [
    ['/v1/scheduler', 'v1'],
    ['/scheduler', 'legacy'],
  ] as const) {
    addJobRoutes(server, desk, prefix, root);
    addTaskRoutes(server, desk, prefix);
    addViewRoutes(server, desk, prefix);
  }
  addRootRoutes(server, desk);
}

function addJobRoutes(server: FastifyInstance, desk: ChronosDesk, prefix: string, root: ApiRoot): void {
  for (const kind of ['iso8601', 'dependency'] as const) {
    server.route({
      method: ['POST', 'PUT'],
      url: `${prefix}/${kind}`,
      handler: (request, reply) => putJob(desk, kind, root, request, reply),
    });
  }
  server.get(`${prefix}/jobs`, async (_request, reply) => {
    const jobs = await desk.read(snapshotJobs);
    return reply
      .type('application/json')
      .send(writeArray(jobs, ({ job, progress }) => listedJobJson(job, progress, root)));
  });
  server.get(`${prefix}/jobs/search`, async (request, reply) => {
    const search = readSearch(request.query);
    if (!search.ok) return sendViolations(reply, search.violations);
    return sendJson(reply, await desk.read((state) => searchJobs(state, search.value, root)));
  });
  server.get<Named>(`${prefix}/job/:name`, async ({ params: { name } }, reply) =>
    sendJob(reply, name, await desk.read((state) => findJob(state, name, root))),
  );
  server.put<Named>(`${prefix}/job/:name`, async (request, reply) => {
    const given = (request.query as { arguments?: unknown }).arguments;
    const text = (Array.isArray(given) ? given : [given]).filter((part) => typeof part === 'string').join(' ');
    const { name } = request.params;
    const args = text.trim() === '' ? undefined : text;
    if (args?.includes('\0')) return sendError(reply, 400, 'arguments: must not contain the NUL character');
    return sendAnswer(reply, await desk.ask({ kind: 'api.run-job', name, arguments: args }));
  });
  server.delete<Named>(`${prefix}/job/:name`, async ({ params: { name } }, reply) =>
    sendAnswer(reply, await desk.ask({ kind: 'api.delete-job', name })),
  );
  server.put<Named>(`${prefix}/job/success/:name`, async ({ params: { name } }, reply) =>
    sendAnswer(reply, await desk.ask({ kind: 'api.mark-success', name })),
  );
}

async function putJob(
  desk: ChronosDesk,
  kind: JobKind,
  root: ApiRoot,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = readBody(request);
  if (!body.ok) return sendError(reply, 400, body.problem);
  const defaults = await desk.read(({ config }) => config);
  const parsed = parseJobBody(body.value, { kind, root, defaults });
  if (!parsed.ok) {
    const { name, parents } = parsed.family;
    const others = await desk.read((state) => parentProblems(state, name, parents));
    return sendViolations(reply, [
      ...parsed.violations,
      ...others.map((other) => ({ ...other, status: 400 as const })),
    ]);
  }
  return sendAnswer(reply, await desk.ask({ kind: 'api.put-job', request: parsed.request }));
}

function addTaskRoutes(server: FastifyInstance, desk: ChronosDesk, prefix: string): void {
  type Task = { Params: { taskId: string } };
  type JobTask = { Params: { name: string; taskId: string } };
  server.delete<Named>(`${prefix}/task/kill/:name`, async ({ params: { name } }, reply) =>
    sendAnswer(reply, await desk.ask({ kind: 'api.kill-job', name })),
  );
  server.delete(`${prefix}/task/all`, async (_request, reply) =>
    sendAnswer(reply, await desk.ask({ kind: 'api.purge-queue' })),
  );
  server.put<Task>(`${prefix}/task/:taskId`, async (request, reply) => {
    const body = readBody(request);
    if (!body.ok) return sendError(reply, 400, body.problem);
    const statusCode = readStatusCode(body.value);
    if (!statusCode.ok) return sendViolations(reply, statusCode.violations);
    const { taskId } = request.params;
    return sendAnswer(reply, await desk.ask({ kind: 'api.report-task', taskId, statusCode: statusCode.value }));
  });
  server.post<JobTask>(`${prefix}/job/:name/task/:taskId/progress`, async (request, reply) => {
    const body = readBody(request);
    if (!body.ok) return sendError(reply, 400, body.problem);
    const elements = readElements(body.value);
    if (!elements.ok) return sendViolations(reply, elements.violations);
    const { name, taskId } = request.params;
    return sendAnswer(reply, await desk.ask({ kind: 'api.task-progress', name, taskId, elements: elements.value }));
  });
}

function addViewRoutes(server: FastifyInstance, desk: ChronosDesk, prefix: string): void {
  server.get(`${prefix}/jobs/summary`, async (_request, reply) => sendJson(reply, await desk.read(summarize)));
  server.get<Named>(`${prefix}/job/stat/:name`, async ({ params: { name } }, reply) =>
    sendJob(reply, name, await desk.read((state) => jobStatistics(state, name))),
  );
  server.get<Named>(`${prefix}/job/:name/runs`, async ({ params: { name } }, reply) =>
    sendJob(reply, name, await desk.read((state) => jobRuns(state, name))),
  );
  server.get<{ Params: { percentile: string } }>(`${prefix}/stats/:percentile`, async ({ params }, reply) =>
    sendJson(reply, await desk.read((state) => percentileRows(state, params.percentile))),
  );
  server.get(`${prefix}/graph/csv`, async (_request, reply) => sendText(reply, 200, await desk.read(graphCsv)));
  server.get(`${prefix}/graph/dot`, async (_request, reply) => sendText(reply, 200, await desk.read(graphDot)));
  server.get(`${prefix}/leader`, async (_request, reply) => sendJson(reply, await desk.read(leaderOf)));
  server.get(`${prefix}/info`, async (_request, reply) => sendJson(reply, await desk.read(infoOf)));
}

function addRootRoutes(server: FastifyInstance, desk: ChronosDesk): void {
  const prometheus = new PrometheusMetrics();
  server.get('/', async (_request, reply) =>
    reply
      .header(
        'Content-Security-Policy',
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
      )
      .type('text/html; charset=utf-8')
      .send(desk.page),
  );
  server.get('/ping', async (_request, reply) => sendText(reply, 200, 'pong'));
  server.get('/leader', async (_request, reply) => sendJson(reply, await desk.read(leaderOf)));
  server.get('/info', async (_request, reply) => sendJson(reply, await desk.read(infoOf)));
  server.get('/metrics', async (_request, reply) => sendJson(reply, await desk.read(metricsJson)));
  server.get('/metrics/prometheus', async (_request, reply) => {
    const nowMs = desk.nowMs();
    const { type, text } = await prometheus.render(await desk.read((state) => totals(state, nowMs)));
    return reply.type(type).send(text);
  });
}

function leaderOf({ config }: ChronosState): { readonly leader: string } {
  return { leader: config.leader };
}

function infoOf(state: ChronosState): JobJson {
  return { version: '3.0.2', mesosVersion: COMPATIBLE_VERSION, mesetaVersion: MESETA_VERSION, ...describeSelf(state) };
}

type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function readBody(request: FastifyRequest): Body {
  const { body } = request;
  if (!(body instanceof Uint8Array) || body.length === 0)
    return { ok: false, problem: 'the body is empty: JSON was expected' };
  const parsed = parseJsonBody(body);
  if (parsed.ok) return parsed;
  return { ok: false, problem: `the body is not JSON: ${describeJsonProblems(parsed.problems)}` };
}

function sendAnswer(reply: FastifyReply, { status, body }: ApiAnswer): FastifyReply {
  if (body === undefined) return reply.code(status).send();
  return body.kind === 'text' ? sendText(reply, status, body.text) : sendError(reply, status, body.text);
}

function sendViolations(reply: FastifyReply, violations: readonly Violation[]): FastifyReply {
  return sendError(reply, statusOf(violations), describeViolations(violations));
}

function sendError(reply: FastifyReply, status: number, message: string): FastifyReply {
  const { type, text } = errorBody(status, message);
  return reply.code(status).type(type).send(text);
}

function sendJob(reply: FastifyReply, name: string, json: JobJson | undefined): FastifyReply {
  return json === undefined ? sendError(reply, 400, `Job '${name}' not found`) : sendJson(reply, json);
}

function sendJson(reply: FastifyReply, json: unknown): FastifyReply {
  return reply.type('application/json').send(JSON.stringify(json));
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(text);
}
