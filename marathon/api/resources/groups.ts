import { invalid, unknownGroup } from '../../core/api/refusal.ts';
import { findGroup } from '../../model/group.ts';
import type { GroupInput } from '../../model/input.ts';
import { canonicalId } from '../../model/path-id.ts';
import { type ApiBackend, type ApiRequest, type ApiResponse, methodNotAllowed, ok, timestampOf } from '../http.ts';
import { readGroupBody, readGroupPatchBody } from '../schema/read-body.ts';
import { submit } from '../submit.ts';
import { appsInGroup } from '../views/apps-view.ts';
import { groupEmbeds } from '../views/embed.ts';
import { groupDetails, groupVersion, groupVersions } from '../views/groups-view.ts';

/** `/v2/groups`; in reads the tails `apps`, `versions` and `versions/{time}` are reserved words. */
export async function groupsResource(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { path, query, method } = request;
  const base = canonicalId(`/${path.join('/')}`);
  if (base.length > 2000) throw unknownGroup(`${base.slice(0, 100)}...`);
  const force = query.flag('force');
  switch (method) {
    case 'GET':
      return await read(request, backend);
    case 'POST':
      return await submit(request, backend, readGroupBody, (input) => ({ kind: 'group.create', base, input, force }));
    case 'PUT': {
      const rollback = rollbackOf(request);
      if (rollback !== undefined)
        return await backend.execute({ kind: 'group.update', ...rollback, force, dryRun: false });
      const how = { base, force, dryRun: query.flag('dryRun') };
      return await submit(request, backend, readGroupBody, (input) => ({ kind: 'group.update', input, ...how }));
    }
    case 'PATCH':
      return await patch(request, backend, base);
    case 'DELETE':
      return await backend.execute({ kind: 'group.delete', id: base, force });
    default:
      throw methodNotAllowed('GET, POST, PUT, PATCH, DELETE');
  }
}

async function read({ path, query }: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const embeds = groupEmbeds(query.all('embed'));
  const last = path.at(-1);
  const id = (tail: number): string => canonicalId(`/${path.slice(0, path.length - tail).join('/')}`);
  if (last === 'apps') return ok(await backend.read((state, now) => appsInGroup(state, now, id(1), embeds.app)));
  if (last === 'versions') return ok(await backend.read((state) => groupVersions(state, id(1))));
  if (last !== undefined && path.at(-2) === 'versions') {
    const version = timestampOf(last);
    return ok(await backend.read((state, now) => groupVersion(state, now, id(2), version, embeds)));
  }
  return ok(await backend.read((state, now) => groupDetails(state, now, id(0), embeds)));
}

/**
 * Differs: `PUT /v2/groups/{id}/versions/{time}` without a body rolls back, as marathon-python's `rollback_group` means
 * it; upstream refuses it.
 */
function rollbackOf({ path, body }: ApiRequest): { base: string; input: GroupInput } | undefined {
  const time = path.at(-1);
  const isEmpty = !(body instanceof Uint8Array) || body.length === 0;
  if (time === undefined || path.at(-2) !== 'versions' || !isEmpty) return undefined;
  return { base: canonicalId(`/${path.slice(0, -2).join('/')}`), input: { version: timestampOf(time) } };
}

/** Only `enforceRole: false`, which is how every group is, can be set. */
async function patch(request: ApiRequest, backend: ApiBackend, id: string): Promise<ApiResponse> {
  readGroupPatchBody(request.body);
  if (request.path.length !== 1) throw invalid([{ path: '/', error: 'Path needs to be top-level' }]);
  const isKnown = await backend.read((state) => findGroup(state.root, id) !== undefined);
  if (!isKnown) throw unknownGroup(id);
  return { status: 200 };
}
