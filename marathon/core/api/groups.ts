import type { StepContext } from '../../../sdk/base/step.ts';
import { findApp, findGroup, type Group, parentId } from '../../model/group.ts';
import type { GroupInput } from '../../model/input.ts';
import { canonicalId } from '../../model/path-id.ts';
import { mapApps, putGroup, removeGroup } from '../../model/tree.ts';
import { makePlan } from '../plan.ts';
import type { MarathonFrame, MarathonState } from '../state.ts';
import { changeRoot, prepareRoot } from './change-root.ts';
import type { CreateGroup, DeleteGroup, UpdateGroup } from './command.ts';
import { Draft } from './draft.ts';
import { groupViolations } from './read-app.ts';
import { baseGroupId, readGroup } from './read-group.ts';
import { ApiRefusal, unknownGroup } from './refusal.ts';
import type { ApiReply } from './reply.ts';
import { deploymentReply } from './reply.ts';

/** `POST /v2/groups`: 201; 409 when a group or app has the id. */
export function createGroup(
  state: MarathonState,
  command: CreateGroup,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const draft = new Draft(state, ctx.wallMs);
  draftGroup(draft, command);
  const accepted = changeRoot(draft, { groupId: parentId(command.base), force: command.force }, ctx, frame);
  return deploymentReply(accepted, 201, { Location: canonicalId(command.input.id ?? '', command.base) });
}

/** `PUT /v2/groups`: 200, also when it creates; with dryRun only the steps. */
export function updateGroup(
  state: MarathonState,
  command: UpdateGroup,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const draft = new Draft(state, ctx.wallMs);
  draftGroup(draft, command);
  if (command.dryRun) {
    const steps = makePlan(state.root, prepareRoot(draft)).steps.map((step) => ({
      actions: step.actions.map((action) => ({ action: action.kind, app: action.app.id })),
    }));
    return { status: 200, body: { steps } };
  }
  return deploymentReply(changeRoot(draft, { groupId: parentId(command.base), force: command.force }, ctx, frame));
}

/** `DELETE /v2/groups/{id}`: the whole subtree; without an id everything. */
export function deleteGroup(
  state: MarathonState,
  command: DeleteGroup,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const { id, force } = command;
  const draft = new Draft(state, ctx.wallMs);
  if (findGroup(draft.root, id) === undefined) draft.refuse('/', unknownGroup(id));
  else draft.root = removeGroup(draft.root, id, draft.version);
  return deploymentReply(changeRoot(draft, { groupId: parentId(id), force }, ctx, frame));
}

/** Makes of a group of the draft what the request says: rolled back, scaled or restructured, exactly one of them. */
export function draftGroup(draft: Draft, { kind, base, input }: CreateGroup | UpdateGroup): void {
  const id = baseGroupId(draft, base, input);
  const current = id === undefined ? undefined : findGroup(draft.root, id);
  if (kind === 'group.create' && id !== undefined) {
    if (current !== undefined)
      draft.refuse('/id', new ApiRefusal(409, `Group ${id} is already created. Use PUT to change this group.`));
    if (findApp(draft.root, id) !== undefined)
      draft.refuse('/id', new ApiRefusal(409, `An app with the path ${id} already exists.`));
  }
  const given = Object.keys(input).filter((key) => key !== 'id' && input[key as keyof GroupInput] !== undefined);
  if (given.length === 1 && input.version !== undefined) {
    rollBack(draft, id, input.version);
    return;
  }
  if (given.length === 1 && input.scaleBy !== undefined) {
    scale(draft, id, input.scaleBy);
    return;
  }
  for (const alone of ['version', 'scaleBy'] as const) {
    if (input[alone] === undefined) continue;
    const others = given.filter((key) => key !== alone).join(', ');
    draft.blame('', [{ path: `/${alone}`, error: `not allowed in conjunction with other properties: ${others}` }]);
  }
  const group = readGroup(draft, input, { id, current, path: '' });
  if (id !== undefined) draft.root = putGroup(draft.root, group, draft.version);
}

function rollBack(draft: Draft, id: string | undefined, text: string): void {
  const version = draft.timestamp(text, '/version');
  if (version === undefined || id === undefined) return;
  const root = draft.state.rootVersions.find((candidate) => candidate.version === version);
  const group = root === undefined ? undefined : findGroup(root, id);
  if (group === undefined)
    draft.refuse('/version', new ApiRefusal(422, `Group ${id} not available in version ${version}`));
  else putJudged(draft, group);
}

function scale(draft: Draft, id: string | undefined, factor: number): void {
  if (id === undefined) return;
  const group = findGroup(draft.root, id);
  if (group === undefined) draft.refuse('/', unknownGroup(id));
  else
    putJudged(
      draft,
      mapApps(group, draft.version, (app) => {
        const instances = Math.ceil(app.instances * factor);
        return instances === app.instances ? app : { ...app, instances };
      }),
    );
}

/** Puts a group that no input describes. */
function putJudged(draft: Draft, group: Group): void {
  draft.blame('', groupViolations(draft, group));
  draft.root = putGroup(draft.root, group, draft.version);
}
