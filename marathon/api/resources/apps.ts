import { ApiRefusal, unknownApp } from '../../core/api/refusal.ts';
import { canonicalId } from '../../model/path-id.ts';
import {
  type ApiBackend,
  type ApiRequest,
  type ApiResponse,
  methodNotAllowed,
  notFound,
  ok,
  timestampOf,
} from '../http.ts';
import { readAppBody, readAppsBody } from '../schema/read-body.ts';
import { submit } from '../submit.ts';
import { type AppFilter, appDetails, appList, appsInGroup, appVersion, appVersions } from '../views/apps-view.ts';
import { appEmbeds } from '../views/embed.ts';
import { LabelSelectorError, parseLabelSelector } from '../views/label-selector.ts';
import { appTasks, groupTasks, taskText } from '../views/tasks-view.ts';
import { wantsText } from './tasks.ts';

/**
 * `/v2/apps`. An id may have any number of segments, so the tail of the path decides:
 *
 *     (nothing)                 list, create, update many
 *     {id}/versions[/{time}]    {id}/tasks[/{task}]    {id}/restart    {group}/[*]    {id}
 */
export async function appsResource(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { path } = request;
  const last = path.at(-1);
  const before = path.at(-2);
  if (last === undefined) return await collection(request, backend);
  if (path.length > 1 && last === 'versions') return await versions(request, backend, idOf(path, 1));
  if (path.length > 2 && before === 'versions') return await version(request, backend, idOf(path, 2), last);
  if (path.length > 1 && last === 'tasks') return await tasks(request, backend);
  if (path.length > 2 && before === 'tasks') return await task(request, backend, idOf(path, 2), last);
  if (path.length > 1 && last === 'restart' && request.method === 'POST')
    return await backend.execute({ kind: 'app.restart', id: idOf(path, 1), force: request.query.flag('force') });
  if (last === '*') return await groupApps(request, backend, idOf(path, 1));
  return await app(request, backend, idOf(path, 0));
}

async function collection(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { method, query } = request;
  const force = query.flag('force');
  const requester = requesterOf(request);
  switch (method) {
    case 'GET': {
      const filter = filterOf(request);
      const embeds = appEmbeds(query.all('embed'), ['counts', 'deployments']);
      return ok(await backend.read((state, now) => appList(state, now, filter, embeds)));
    }
    case 'POST':
      return await submit(request, backend, readAppBody, (input) => ({ kind: 'app.create', input, force, requester }));
    case 'PUT':
    case 'PATCH': {
      const how = { ...updating(request), requester };
      return await submit(request, backend, readAppsBody, (inputs) => ({ kind: 'apps.update', inputs, ...how }));
    }
    default:
      throw methodNotAllowed('GET, POST, PUT, PATCH');
  }
}

async function app(request: ApiRequest, backend: ApiBackend, id: string): Promise<ApiResponse> {
  const { method, query } = request;
  switch (method) {
    case 'GET': {
      const embeds = appEmbeds(query.all('embed'), ['counts', 'tasks', 'lastTaskFailure', 'deployments']);
      return ok(await backend.read((state, now) => appDetails(state, now, id, embeds)));
    }
    case 'PUT':
    case 'PATCH': {
      const how = { ...updating(request), requester: requesterOf(request) };
      return await submit(request, backend, readAppBody, (input) => ({ kind: 'app.update', id, input, ...how }));
    }
    case 'DELETE':
      // Forced unless asked otherwise, as upstream.
      return await backend.execute({ kind: 'app.delete', id, force: query.flag('force', true) });
    default:
      throw methodNotAllowed('GET, PUT, PATCH, DELETE');
  }
}

async function groupApps(request: ApiRequest, backend: ApiBackend, group: string): Promise<ApiResponse> {
  if (request.method !== 'GET') throw methodNotAllowed('GET');
  const embeds = appEmbeds(request.query.all('embed'), ['counts', 'tasks', 'lastTaskFailure', 'deployments']);
  return ok(await backend.read((state, now) => ({ '*': appsInGroup(state, now, group, embeds) })));
}

async function versions(request: ApiRequest, backend: ApiBackend, id: string): Promise<ApiResponse> {
  if (request.method !== 'GET') throw methodNotAllowed('GET');
  return ok(await backend.read((state) => appVersions(state, id)));
}

async function version(request: ApiRequest, backend: ApiBackend, id: string, text: string): Promise<ApiResponse> {
  if (request.method !== 'GET') throw methodNotAllowed('GET');
  const time = timestampOf(text);
  return ok(await backend.read((state) => appVersion(state, id, time)));
}

async function tasks(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { method, path, query } = request;
  if (path.at(-2) === '*') {
    if (method !== 'GET') throw methodNotAllowed('GET');
    return ok(await backend.read((state) => groupTasks(state, idOf(path, 2))));
  }
  const id = idOf(path, 1);
  switch (method) {
    case 'GET':
      if (!wantsText(request)) return ok(await backend.read((state) => appTasks(state, id)));
      return { status: 200, text: { type: 'text/plain', content: await backend.read((state) => taskText(state, id)) } };
    case 'DELETE':
      return await backend.execute({ kind: 'app.kill', id, host: query.text('host'), ...killing(request) });
    default:
      throw methodNotAllowed('GET, DELETE');
  }
}

async function task(request: ApiRequest, backend: ApiBackend, id: string, taskId: string): Promise<ApiResponse> {
  if (request.method !== 'DELETE') throw methodNotAllowed('DELETE');
  return await backend.execute({ kind: 'app.killOne', id, taskId, ...killing(request) });
}

/** How a request updates: by PUT also what is not there yet, and whole definitions when asked to. */
function updating({ method, query }: ApiRequest): { partial: boolean; mayCreate: boolean; force: boolean } {
  const mayCreate = method === 'PUT';
  return { partial: !mayCreate || query.flag('partialUpdate', true), mayCreate, force: query.flag('force') };
}

/** How a request kills. */
export function killing({ query }: ApiRequest): { scale: boolean; wipe: boolean; force: boolean } {
  return { scale: query.flag('scale'), wipe: query.flag('wipe'), force: query.flag('force') };
}

function idOf(path: readonly string[], tail: number): string {
  const id = canonicalId(`/${path.slice(0, path.length - tail).join('/')}`);
  if (id === '/' && tail === 0) throw notFound();
  if (id.length > 2000) throw unknownApp(`${id.slice(0, 100)}...`);
  return id;
}

function requesterOf({ clientIp, uri }: ApiRequest): { clientIp: string; uri: string } {
  return { clientIp, uri };
}

function filterOf({ query }: ApiRequest): AppFilter {
  const label = query.text('label');
  try {
    return {
      cmd: query.text('cmd'),
      id: query.text('id'),
      label: label === undefined ? undefined : parseLabelSelector(label),
    };
  } catch (error) {
    if (error instanceof LabelSelectorError) throw new ApiRefusal(422, error.message);
    throw error;
  }
}
