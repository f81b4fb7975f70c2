import type { StepContext } from '../../../sdk/base/step.ts';
import type { JsonObject } from '../../model/answer.ts';
import { appAnswer } from '../../model/answer.ts';
import type { AppDefinition } from '../../model/app.ts';
import type { Group } from '../../model/group.ts';
import { findApp, findGroup, parentId } from '../../model/group.ts';
import type { AppInput } from '../../model/input.ts';
import { normaliseApp } from '../../model/normalise.ts';
import { canonicalId, idErrors } from '../../model/path-id.ts';
import { parseTimestamp } from '../../model/timestamp.ts';
import { putApp, removeApp } from '../../model/tree.ts';
import { appViolations } from '../../model/validate.ts';
import { markForRestart } from '../../model/versioning.ts';
import type { Violation } from '../../model/violation.ts';
import { under } from '../../model/violation.ts';
import { busEvent } from '../bus-events.ts';
import type { MarathonFrame, MarathonState } from '../state.ts';
import { changeRoot } from './change-root.ts';
import type { CreateApp, DeleteApp, RestartApp, UpdateApp, UpdateApps } from './command.ts';
import { ApiRefusal, invalid, unknownApp } from './refusal.ts';
import type { ApiReply } from './reply.ts';
import { deploymentReply } from './reply.ts';

/** `POST /v2/apps`: 201 with the definition as it was read, 409 when the id is taken. */
export function createApp(state: MarathonState, command: CreateApp, ctx: StepContext, frame: MarathonFrame): ApiReply {
  const rawId = command.input.id;
  if (rawId === undefined) throw invalid([{ path: '/id', error: 'error.path.missing' }]);
  const errors = idErrors(rawId);
  if (errors.length > 0) throw invalid(errors.map((error) => ({ path: '/id', error })));
  const id = canonicalId(rawId);
  const app = readApp(state, command.input, id, undefined, '');
  const accepted = changeRoot(
    state,
    {
      groupId: parentId(id),
      force: command.force,
      change: (root, version) => {
        if (findApp(root, id) !== undefined) throw new ApiRefusal(409, `An app with id [${id}] already exists.`);
        if (findGroup(root, id) !== undefined) throw appIsGroup(id);
        return putApp(root, app, version);
      },
      events: (root) => [apiPost(ctx, command, findApp(root, id) as AppDefinition)],
    },
    ctx,
    frame,
  );
  return {
    status: 201,
    headers: { Location: id, 'Marathon-Deployment-Id': accepted.deploymentId },
    body: createdAnswer({ ...app, version: accepted.version }, accepted.deploymentId),
  };
}

/** `PUT` and `PATCH /v2/apps/{id}`: 200, or 201 when it was created. */
export function updateApp(state: MarathonState, command: UpdateApp, ctx: StepContext, frame: MarathonFrame): ApiReply {
  const { id } = command;
  const existed = findApp(state.root, id) !== undefined;
  const accepted = changeRoot(
    state,
    {
      groupId: parentId(id),
      force: command.force,
      change: (root, version) => {
        if (!existed && findGroup(root, id) !== undefined) throw appIsGroup(id);
        return putApp(root, updatedApp(state, root, id, command.input, command, ''), version);
      },
      events: (root) => [apiPost(ctx, command, findApp(root, id) as AppDefinition)],
    },
    ctx,
    frame,
  );
  return deploymentReply(accepted, existed ? 200 : 201, existed ? {} : { Location: id });
}

/** `PUT` and `PATCH /v2/apps`: all or none, in one deployment. */
export function updateApps(
  state: MarathonState,
  command: UpdateApps,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const violations: Violation[] = command.inputs.flatMap((input, index) => {
    if (input.id === undefined) return [{ path: `(${index})/id`, error: 'error.path.missing' }];
    return under(
      `(${index})/id`,
      idErrors(input.id).map((error) => ({ path: '/', error })),
    );
  });
  if (violations.length > 0) throw invalid(violations);
  const accepted = changeRoot(
    state,
    {
      groupId: '/',
      force: command.force,
      change: (root, version) =>
        command.inputs.reduce((tree, input, index) => {
          const id = canonicalId(input.id ?? '');
          return putApp(tree, updatedApp(state, tree, id, input, command, `(${index})`), version);
        }, root),
    },
    ctx,
    frame,
  );
  return deploymentReply(accepted);
}

/** `DELETE /v2/apps/{id}` */
export function deleteApp(state: MarathonState, command: DeleteApp, ctx: StepContext, frame: MarathonFrame): ApiReply {
  const { id } = command;
  const accepted = changeRoot(
    state,
    {
      groupId: parentId(id),
      force: command.force,
      change: (root, version) => {
        if (findApp(root, id) === undefined) throw unknownApp(id);
        return removeApp(root, id, version);
      },
    },
    ctx,
    frame,
  );
  return deploymentReply(accepted);
}

/** `POST /v2/apps/{id}/restart` */
export function restartApp(
  state: MarathonState,
  command: RestartApp,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const { id } = command;
  const accepted = changeRoot(
    state,
    {
      groupId: parentId(id),
      force: command.force,
      change: (root, version) => {
        const app = findApp(root, id);
        if (app === undefined) throw unknownApp(id);
        return putApp(root, markForRestart(app), version);
      },
    },
    ctx,
    frame,
  );
  return deploymentReply(accepted);
}

/**
 * The definition that an input makes of what is there: created, merged, replaced, or an older version.
 *
 * @throws ApiRefusal
 */
function updatedApp(
  state: MarathonState,
  root: Group,
  id: string,
  input: AppInput,
  { partial, mayCreate }: { readonly partial: boolean; readonly mayCreate: boolean },
  path: string,
): AppDefinition {
  const current = findApp(root, id);
  if (current === undefined && !mayCreate) throw unknownApp(id);
  if (current !== undefined && partial && input.version !== undefined)
    return rolledBack(state, current, input, input.version, path);
  const app = readApp(state, input, id, partial ? current : undefined, path);
  return current === undefined ? app : { ...app, version: current.version, versionInfo: current.versionInfo };
}

function rolledBack(
  state: MarathonState,
  current: AppDefinition,
  input: AppInput,
  text: string,
  path: string,
): AppDefinition {
  const others = Object.entries(input).some(([key, value]) => key !== 'version' && key !== 'id' && value !== undefined);
  if (others)
    throw invalid(under(path, [{ path: '/', error: "The 'version' field may only be combined with the 'id' field." }]));
  const version = parseTimestamp(text);
  if (version === undefined) throw new ApiRefusal(422, `Invalid format: "${text}" is not a timestamp`);
  const found = (state.appVersions.get(current.id) ?? []).find((app) => app.version === version);
  if (found === undefined) throw unknownApp(current.id, version);
  return { ...found, version: current.version, versionInfo: current.versionInfo };
}

/** Normalises and validates. @throws ApiRefusal */
export function readApp(
  state: MarathonState,
  input: AppInput,
  id: string,
  current: AppDefinition | undefined,
  path: string,
): AppDefinition {
  const options = { defaultRole: state.config.mesosRole };
  const result = normaliseApp(input, id, parentId(id), current, options);
  const violations = result.ok ? appViolations(result.app, options) : result.violations;
  if (!result.ok || violations.length > 0) throw invalid(under(path, violations));
  return result.app;
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

function apiPost(
  ctx: StepContext,
  command: CreateApp | UpdateApp,
  app: AppDefinition,
): ReturnType<typeof busEvent.apiPost> {
  return busEvent.apiPost(ctx.wallMs, command.requester.clientIp, command.requester.uri, appAnswer(app));
}

function appIsGroup(id: string): ApiRefusal {
  return invalid([
    { path: '/id', error: `Groups and Applications may not have the same identifier. ${id} is a group` },
  ]);
}
