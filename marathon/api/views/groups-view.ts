import { unknownGroup } from '../../core/api/refusal.ts';
import type { MarathonState } from '../../core/state.ts';
import type { JsonObject } from '../../model/answer.ts';
import { findGroup, type Group } from '../../model/group.ts';
import { AppViews } from './app-view.ts';
import type { groupEmbeds } from './embed.ts';
import type { Now } from './now.ts';

type Embeds = ReturnType<typeof groupEmbeds>;

/** `GET /v2/groups/{id}`. @throws ApiRefusal 404 */
export function groupDetails(state: MarathonState, now: Now, id: string, embeds: Embeds): JsonObject {
  const group = findGroup(state.root, id);
  if (group === undefined) throw unknownGroup(id);
  return answer(group, embeds, new AppViews(state, now));
}

/** `GET /v2/groups/{id}/versions`: versions of the root in which the group exists, newest first. @throws ApiRefusal 404 */
export function groupVersions(state: MarathonState, id: string): readonly string[] {
  if (findGroup(state.root, id) === undefined) throw unknownGroup(id);
  return state.rootVersions
    .filter((root) => findGroup(root, id) !== undefined)
    .map((root) => root.version)
    .toReversed();
}

/** `GET /v2/groups/{id}/versions/{version}`. @throws ApiRefusal 404 */
export function groupVersion(state: MarathonState, now: Now, id: string, version: string, embeds: Embeds): JsonObject {
  const root = state.rootVersions.find((candidate) => candidate.version === version);
  const group = root === undefined ? undefined : findGroup(root, id);
  if (group === undefined) throw unknownGroup(id, version);
  return answer(group, { ...embeds, app: new Set() }, new AppViews(state, now));
}

/**
 * Differs: upstream 1.9 and later add `enforceRole`, which marathon-python refuses; as it cannot be true here, it is left
 * out.
 */
function answer(group: Group, embeds: Embeds, views: AppViews): JsonObject {
  const groups = embeds.group.has('group.groups') ? Object.values(group.groups) : [];
  const apps = embeds.group.has('group.apps') ? Object.values(group.apps) : [];
  return {
    id: group.id,
    apps: apps.map((app) => views.info(app, embeds.app)),
    pods: [],
    groups: groups.map((child) => answer(child, embeds, views)),
    dependencies: group.dependencies,
    version: group.version,
  };
}
