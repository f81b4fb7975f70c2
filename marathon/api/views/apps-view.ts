import { unknownApp, unknownGroup } from '../../core/api/refusal.ts';
import type { MarathonState } from '../../core/state.ts';
import { appAnswer, type JsonObject } from '../../model/answer.ts';
import type { AppDefinition } from '../../model/app.ts';
import { allApps, findApp, findGroup } from '../../model/group.ts';
import { AppViews } from './app-view.ts';
import type { AppEmbed } from './embed.ts';
import type { LabelSelector } from './label-selector.ts';
import type { Now } from './now.ts';

/** Which apps a list shows; all must hold. */
export interface AppFilter {
  /** In `cmd`, ignoring case. */
  readonly cmd?: string | undefined;
  /** In the id, ignoring case. */
  readonly id?: string | undefined;
  readonly label?: LabelSelector | undefined;
}

/** `GET /v2/apps` */
export function appList(state: MarathonState, now: Now, filter: AppFilter, embeds: ReadonlySet<AppEmbed>): JsonObject {
  const views = new AppViews(state, now);
  const apps: JsonObject[] = [];
  for (const app of allApps(state.root)) if (isWanted(app, filter)) apps.push(views.info(app, embeds));
  return { apps };
}

/** `GET /v2/apps/{id}`. @throws ApiRefusal 404 */
export function appDetails(state: MarathonState, now: Now, id: string, embeds: ReadonlySet<AppEmbed>): JsonObject {
  const app = findApp(state.root, id);
  if (app === undefined) throw unknownApp(id);
  return { app: new AppViews(state, now).info(app, embeds) };
}

/** `GET /v2/apps/{group}/...` with a star: all apps at or below the group. @throws ApiRefusal 404 */
export function appsInGroup(
  state: MarathonState,
  now: Now,
  groupId: string,
  embeds: ReadonlySet<AppEmbed>,
): readonly JsonObject[] {
  const group = findGroup(state.root, groupId);
  if (group === undefined) throw unknownGroup(groupId);
  const views = new AppViews(state, now);
  return Array.from(allApps(group), (app) => views.info(app, embeds));
}

/** `GET /v2/apps/{id}/versions`, newest first. @throws ApiRefusal 404 */
export function appVersions(state: MarathonState, id: string): JsonObject {
  if (findApp(state.root, id) === undefined) throw unknownApp(id);
  const versions = (state.appVersions.get(id) ?? []).map((app) => app.version);
  return { versions: versions.toReversed() };
}

/** `GET /v2/apps/{id}/versions/{version}`: the definition alone. @throws ApiRefusal 404 */
export function appVersion(state: MarathonState, id: string, version: string): JsonObject {
  const app = (state.appVersions.get(id) ?? []).find((candidate) => candidate.version === version);
  if (app === undefined || findApp(state.root, id) === undefined) throw unknownApp(id, version);
  return appAnswer(app);
}

function isWanted(app: AppDefinition, { cmd, id, label }: AppFilter): boolean {
  if (cmd !== undefined && app.cmd?.toLowerCase().includes(cmd.toLowerCase()) !== true) return false;
  if (id !== undefined && !app.id.toLowerCase().includes(id.toLowerCase())) return false;
  return label === undefined || label(app.labels);
}
