import { malformedIds } from '../../core/api/tasks.ts';
import { canonicalId } from '../../model/path-id.ts';
import { type ApiBackend, type ApiRequest, type ApiResponse, methodNotAllowed, notFound, ok } from '../http.ts';
import { readTaskIdsBody } from '../schema/read-body.ts';
import { deploymentList } from '../views/deployments-view.ts';
import { queueList } from '../views/queue-view.ts';
import { taskList, taskText } from '../views/tasks-view.ts';

/** `/v2/tasks` */
export async function tasksResource(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { method, path, query } = request;
  if (path.length === 1 && path[0] === 'delete') {
    if (method !== 'POST') throw methodNotAllowed('POST');
    const { ids } = await readTaskIdsBody(request.body, async (part) => malformedIds(part.ids));
    const flags = { scale: query.flag('scale'), wipe: query.flag('wipe'), force: query.flag('force') };
    return await backend.execute({ kind: 'tasks.kill', ids, ...flags });
  }
  if (path.length > 0) throw notFound();
  if (method !== 'GET') throw methodNotAllowed('GET');
  if (wantsText(request))
    return { status: 200, text: { type: 'text/plain', content: await backend.read((state) => taskText(state)) } };
  const statuses = [...query.all('status'), ...query.all('status[]')];
  return ok(await backend.read((state) => taskList(state, statuses)));
}

/** `/v2/queue` */
export async function queueResource(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { method, path, query } = request;
  if (path.length === 0) {
    if (method !== 'GET') throw methodNotAllowed('GET');
    const withOffers = query.all('embed').includes('lastUnusedOffers');
    return ok(await backend.read((state, now) => queueList(state, now, withOffers)));
  }
  if (path.at(-1) !== 'delay') throw notFound();
  if (method !== 'DELETE') throw methodNotAllowed('DELETE');
  return await backend.execute({ kind: 'queue.resetDelay', id: canonicalId(`/${path.slice(0, -1).join('/')}`) });
}

/** `/v2/deployments` */
export async function deploymentsResource(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { method, path, query } = request;
  const [id, ...rest] = path;
  if (rest.length > 0) throw notFound();
  if (id === undefined) {
    if (method !== 'GET') throw methodNotAllowed('GET');
    return ok(await backend.read((state, now) => deploymentList(state, now)));
  }
  if (method !== 'DELETE') throw methodNotAllowed('DELETE');
  return await backend.execute({ kind: 'deployment.cancel', id, force: query.flag('force') });
}

/**
 * Whether the client asks for the text form of task lists and takes no JSON.
 *
 * Differs: upstream removed it in 1.11; HAProxy bridges still read it.
 */
export function wantsText({ accept }: ApiRequest): boolean {
  return accept.includes('text/plain') && !accept.includes('application/json');
}
