import type { StepContext } from '../../../sdk/base/step.ts';
import type { JsonObject } from '../../model/answer.ts';
import { appAnswer } from '../../model/answer.ts';
import type { AppDefinition } from '../../model/app.ts';
import { findApp, parentId } from '../../model/group.ts';
import type { AppInput } from '../../model/input.ts';
import { canonicalId, idErrors, MISSING_ID } from '../../model/path-id.ts';
import { removeApp } from '../../model/tree.ts';
import { markForRestart } from '../../model/versioning.ts';
import { busEvent } from '../bus-events.ts';
import type { MarathonFrame, MarathonState } from '../state.ts';
import type { RootChange } from './change-root.ts';
import { changeRoot } from './change-root.ts';
import type { CreateApp, DeleteApp, RestartApp, UpdateApp, UpdateApps } from './command.ts';
import { Draft } from './draft.ts';
import { definitionViolations, judgeUpdate, NO_ID, readApp, replacing } from './read-app.ts';
import { ApiRefusal, unknownApp } from './refusal.ts';
import type { ApiReply } from './reply.ts';
import { deploymentReply } from './reply.ts';

/** `POST /v2/apps`: 201 with the definition as it was read, 409 when the id is taken. */
export function createApp(state: MarathonState, command: CreateApp, ctx: StepContext, frame: MarathonFrame): ApiReply {
  const draft = new Draft(state, ctx.wallMs);
  const app = draftCreation(draft, command.input);
  const { deploymentId, version } = changeRoot(draft, toldApp(app.id, command, ctx), ctx, frame);
  return {
    status: 201,
    headers: { Location: app.id, 'Marathon-Deployment-Id': deploymentId },
    body: createdAnswer({ ...app, version }, deploymentId),
  };
}

/** Adds a new app to the draft, and answers it as it was read. */
export function draftCreation(draft: Draft, input: AppInput): AppDefinition {
  const id = givenId(draft, input, '');
  const app = readApp(draft, input, { id: id ?? NO_ID, path: '' });
  if (id === undefined) return app;
  if (draft.app(id) !== undefined) draft.refuse('/id', new ApiRefusal(409, `An app with id [${id}] already exists.`));
  else draft.put(app, '');
  return app;
}

/** `PUT` and `PATCH /v2/apps/{id}`: 200, or 201 when it was created. */
export function updateApp(state: MarathonState, command: UpdateApp, ctx: StepContext, frame: MarathonFrame): ApiReply {
  const { id } = command;
  const draft = new Draft(state, ctx.wallMs);
  draftUpdate(draft, command);
  const accepted = changeRoot(draft, toldApp(id, command, ctx), ctx, frame);
  const existed = findApp(draft.from, id) !== undefined;
  return deploymentReply(accepted, existed ? 200 : 201, existed ? {} : { Location: id });
}

/** Changes an app of the draft, or adds it. */
export function draftUpdate(draft: Draft, command: Pick<UpdateApp, 'id' | 'input' | 'partial' | 'mayCreate'>): void {
  putUpdated(draft, command.id, command.input, command, '');
}

/** `PUT` and `PATCH /v2/apps`: all or none, in one deployment. */
export function updateApps(
  state: MarathonState,
  command: UpdateApps,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const draft = new Draft(state, ctx.wallMs);
  draftUpdates(draft, command);
  return deploymentReply(changeRoot(draft, { groupId: '/', force: command.force }, ctx, frame));
}

/** As {@link draftUpdate}, many of them. */
export function draftUpdates(draft: Draft, command: UpdateApps): void {
  command.inputs.forEach((input, index) => {
    const path = `(${index})`;
    const id = givenId(draft, input, path);
    if (id !== undefined) putUpdated(draft, id, input, command, path);
    else if (command.partial) judgeUpdate(draft, input, path);
    else readApp(draft, input, { id: NO_ID, path });
  });
}

/** `DELETE /v2/apps/{id}` */
export function deleteApp(state: MarathonState, command: DeleteApp, ctx: StepContext, frame: MarathonFrame): ApiReply {
  const { id, force } = command;
  const draft = new Draft(state, ctx.wallMs);
  if (draft.app(id) === undefined) draft.refuse('/', unknownApp(id));
  else draft.root = removeApp(draft.root, id, draft.version);
  return deploymentReply(changeRoot(draft, { groupId: parentId(id), force }, ctx, frame));
}

/** `POST /v2/apps/{id}/restart` */
export function restartApp(
  state: MarathonState,
  command: RestartApp,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const { id, force } = command;
  const draft = new Draft(state, ctx.wallMs);
  const app = draft.app(id);
  if (app === undefined) draft.refuse('/', unknownApp(id));
  else draft.put(markForRestart(app), '');
  return deploymentReply(changeRoot(draft, { groupId: parentId(id), force }, ctx, frame));
}

/** The absolute id of an app as the request gives it; undefined, and blamed, when it cannot be one. */
function givenId(draft: Draft, { id }: AppInput, path: string): string | undefined {
  const errors = id === undefined ? [...MISSING_ID] : idErrors(id);
  const absolute = canonicalId(id ?? '');
  if (errors.length === 0 && absolute === '/') errors.push('must not be root');
  draft.blame(
    path,
    errors.map((error) => ({ path: '/id', error })),
  );
  return errors.length === 0 ? absolute : undefined;
}

/** What an input makes of what is there: created, merged, replaced, or an older version. */
function putUpdated(
  draft: Draft,
  id: string,
  input: AppInput,
  { partial, mayCreate }: Pick<UpdateApp, 'partial' | 'mayCreate'>,
  path: string,
): void {
  const there = draft.app(id);
  if (there === undefined && !mayCreate) {
    draft.refuse(`${path}/id`, unknownApp(id));
    judgeUpdate(draft, input, path);
    return;
  }
  const current = partial ? there : undefined;
  if (current !== undefined && input.version !== undefined) {
    if (hasOnlyVersion(input)) {
      rollBack(draft, current, input.version, path);
      return;
    }
    draft.blame(path, [{ path: '/', error: "The 'version' field may only be combined with the 'id' field." }]);
  }
  draft.put(replacing(there, readApp(draft, input, { id, path, current })), path);
}

function hasOnlyVersion(input: AppInput): boolean {
  return Object.entries(input).every(([key, value]) => key === 'version' || key === 'id' || value === undefined);
}

function rollBack(draft: Draft, current: AppDefinition, text: string, path: string): void {
  const version = draft.timestamp(text, `${path}/version`);
  if (version === undefined) return;
  const found = draft.state.appVersions.get(current.id)?.find((app) => app.version === version);
  if (found === undefined) draft.refuse(`${path}/version`, unknownApp(current.id, version));
  else {
    draft.blame(path, definitionViolations(draft, found));
    draft.put(replacing(current, found), path);
  }
}

/** As upstream answers a POST: nothing has been assigned yet, so no service ports and no versionInfo. */
function createdAnswer(app: AppDefinition, deploymentId: string): JsonObject {
  const { versionInfo: _, ...answer } = appAnswer(app);
  return {
    ...answer,
    tasksStaged: 0,
    tasksRunning: 0,
    tasksHealthy: 0,
    tasksUnhealthy: 0,
    deployments: [{ id: deploymentId }],
  };
}

/** A change of one app, which `api_post_event` tells. */
function toldApp(id: string, { force, requester }: CreateApp | UpdateApp, ctx: StepContext): RootChange {
  const { clientIp, uri } = requester;
  return {
    groupId: parentId(id),
    force,
    events: (root) => [busEvent.apiPost(ctx.wallMs, clientIp, uri, appAnswer(findApp(root, id) as AppDefinition))],
  };
}
