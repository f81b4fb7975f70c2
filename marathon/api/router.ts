import { ApiRefusal } from '../core/api/refusal.ts';
import { type ApiBackend, type ApiRequest, type ApiResponse, notFound, Query, type Resource } from './http.ts';
import { appsResource } from './resources/apps.ts';
import { groupsResource } from './resources/groups.ts';
import {
  infoResource,
  leaderResource,
  metricsResource,
  pingResource,
  pluginsResource,
  podsResource,
} from './resources/system.ts';
import { deploymentsResource, queueResource, tasksResource } from './resources/tasks.ts';

const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['v2/apps', appsResource],
  ['v2/groups', groupsResource],
  ['v2/tasks', tasksResource],
  ['v2/deployments', deploymentsResource],
  ['v2/queue', queueResource],
  ['v2/info', infoResource],
  ['v2/leader', leaderResource],
  ['v2/plugins', pluginsResource],
  ['v2/pods', podsResource],
  ['v2/pods::status', podsResource],
  ['ping', pingResource],
  ['metrics', metricsResource],
]);

/** A request before its resource is known. */
export interface RawRequest extends Omit<ApiRequest, 'path' | 'query' | 'uri'> {
  /** Path and query as they were sent. */
  readonly url: string;
}

/** Finds the resource of a request and answers; refusals become answers, what else is thrown is a fault of ours. */
export async function route(raw: RawRequest, backend: ApiBackend): Promise<ApiResponse> {
  try {
    const { url, ...rest } = raw;
    const { uri, segments, query } = splitUrl(url);
    const size = segments[0] === 'v2' ? 2 : 1;
    const resource = RESOURCES.get(segments.slice(0, size).join('/'));
    if (resource === undefined) throw notFound();
    return await resource({ ...rest, uri, path: segments.slice(size), query }, backend);
  } catch (error) {
    if (error instanceof ApiRefusal) return { status: error.status, headers: error.headers, body: error.body };
    throw error;
  }
}

/** Percent escapes may stand for slashes; empty segments, of double and trailing slashes, are dropped. */
function splitUrl(url: string): { uri: string; segments: string[]; query: Query } {
  const cut = url.indexOf('?');
  const uri = cut < 0 ? url : url.slice(0, cut);
  let decoded: string;
  try {
    decoded = decodeURIComponent(uri);
  } catch {
    throw new ApiRefusal(400, 'the path has a percent sign that begins no escape of UTF-8');
  }
  const segments = decoded.split('/').filter((segment) => segment !== '');
  return { uri, segments, query: new Query(cut < 0 ? '' : url.slice(cut + 1)) };
}
