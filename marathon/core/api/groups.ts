import type { StepContext } from '../../../sdk/base/step.ts';
import type { AppDefinition } from '../../model/app.ts';
import type { Group } from '../../model/group.ts';
import { findApp, findGroup, parentId } from '../../model/group.ts';
import type { AppInput, GroupInput } from '../../model/input.ts';
import { normaliseApp } from '../../model/normalise.ts';
import { canonicalId, idErrors } from '../../model/path-id.ts';
import { parseTimestamp } from '../../model/timestamp.ts';
import { emptyGroup, mapApps, putGroup, removeGroup } from '../../model/tree.ts';
import { appViolations } from '../../model/validate.ts';
import type { Violation } from '../../model/violation.ts';
import { under } from '../../model/violation.ts';
import { makePlan } from '../plan.ts';
import type { MarathonFrame, MarathonState } from '../state.ts';
import { changeRoot, prepareRoot } from './change-root.ts';
import type { CreateGroup, DeleteGroup, UpdateGroup } from './command.ts';
import { ApiRefusal, invalid, unknownGroup } from './refusal.ts';
import type { ApiReply } from './reply.ts';
import { deploymentReply } from './reply.ts';

/** `POST /v2/groups`: 201; 409 when a group or app has the id. */
export function createGroup(
  state: MarathonState,
  command: CreateGroup,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const id = groupIdOf(command.base, command.input);
  const accepted = changeRoot(
    state,
    {
      groupId: parentId(command.base),
      force: command.force,
      change: (root, version) => {
        if (findGroup(root, id) !== undefined)
          throw new ApiRefusal(409, `Group ${id} is already created. Use PUT to change this group.`);
        if (findApp(root, id) !== undefined) throw new ApiRefusal(409, `An app with the path ${id} already exists.`);
        return changedTree(state, root, id, command.input, version);
      },
    },
    ctx,
    frame,
  );
  return deploymentReply(accepted, 201, { Location: id });
}

/** `PUT /v2/groups`: 200, also when it creates; with dryRun only the steps. */
export function updateGroup(
  state: MarathonState,
  command: UpdateGroup,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const id = groupIdOf(command.base, command.input);
  const change = (root: Group, version: string): Group => changedTree(state, root, id, command.input, version);
  if (command.dryRun) {
    const { root } = prepareRoot(state, ctx.wallMs, change);
    const steps = makePlan(state.root, root).steps.map((step) => ({
      actions: step.actions.map((action) => ({ action: action.kind, app: action.app.id })),
    }));
    return { status: 200, body: { steps } };
  }
  const request = { groupId: parentId(command.base), force: command.force, change };
  return deploymentReply(changeRoot(state, request, ctx, frame));
}

/** `DELETE /v2/groups/{id}`: the whole subtree; without an id everything. */
export function deleteGroup(
  state: MarathonState,
  command: DeleteGroup,
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
        if (findGroup(root, id) === undefined) throw unknownGroup(id);
        return removeGroup(root, id, version);
      },
    },
    ctx,
    frame,
  );
  return deploymentReply(accepted);
}

/** What is wrong with an input for group `id`, neither rolled back nor scaled, and with all that is in it. */
export function inputViolations(state: MarathonState, input: GroupInput, id: string): Violation[] {
  const violations: Violation[] = [];
  restructure(state, input, id, findGroup(state.root, id), state.root.version, '', violations);
  return violations;
}

/** The absolute id of the group that an input is about. */
function groupIdOf(base: string, input: GroupInput): string {
  const errors = [
    ...(base === '/' ? [] : idErrors(base)),
    ...(input.id === undefined || input.id === '/' ? [] : idErrors(input.id)),
  ];
  if (errors.length > 0) throw invalid(errors.map((error) => ({ path: '/id', error })));
  return input.id === undefined ? base : canonicalId(input.id, base);
}

/** Rolled back, scaled or restructured: exactly one of them. */
function changedTree(state: MarathonState, root: Group, id: string, input: GroupInput, version: string): Group {
  const given = Object.entries(input)
    .filter(([key, value]) => key !== 'id' && value !== undefined)
    .map(([key]) => key);
  for (const alone of ['version', 'scaleBy'] as const) {
    if (input[alone] !== undefined && given.length > 1)
      throw invalid([
        {
          path: `/${alone}`,
          error: `not allowed in conjunction with other properties: ${given.filter((key) => key !== alone).join(', ')}`,
        },
      ]);
  }
  if (input.version !== undefined) return putGroup(root, oldGroup(state, id, input.version), version);
  const current = findGroup(root, id);
  const { scaleBy } = input;
  if (scaleBy !== undefined) {
    if (current === undefined) throw unknownGroup(id);
    const scaled = mapApps(current, version, (app) => {
      const instances = Math.ceil(app.instances * scaleBy);
      return instances === app.instances ? app : { ...app, instances };
    });
    return putGroup(root, scaled, version);
  }
  const violations: Violation[] = [];
  const group = restructure(state, input, id, current, version, '', violations);
  if (violations.length > 0) throw invalid(violations);
  return putGroup(root, group, version);
}

function oldGroup(state: MarathonState, id: string, text: string): Group {
  const version = parseTimestamp(text);
  if (version === undefined) throw new ApiRefusal(422, `Invalid format: "${text}" is not a timestamp`);
  const root = state.rootVersions.find((candidate) => candidate.version === version);
  const group = root === undefined ? undefined : findGroup(root, id);
  if (group === undefined) throw new ApiRefusal(422, `Group ${id} not available in version ${version}`);
  return group;
}

/**
 * A group as an input says: lists that are given are complete, what they leave out is removed; lists that are absent keep
 * what is there. Apps are definitions of their own, never merged.
 */
function restructure(
  state: MarathonState,
  input: GroupInput,
  id: string,
  current: Group | undefined,
  version: string,
  path: string,
  violations: Violation[],
): Group {
  const base = current ?? emptyGroup(id, version);
  return {
    id,
    version,
    dependencies:
      input.dependencies === undefined
        ? base.dependencies
        : [...new Set(input.dependencies.map((dependency) => canonicalId(dependency, id)))].sort(),
    apps: input.apps === undefined ? base.apps : readApps(state, input.apps, id, base, `${path}/apps`, violations),
    groups:
      input.groups === undefined
        ? base.groups
        : readGroups(state, input.groups, id, base, version, `${path}/groups`, violations),
  };
}

function readApps(
  state: MarathonState,
  inputs: readonly AppInput[],
  group: string,
  current: Group,
  path: string,
  violations: Violation[],
): Record<string, AppDefinition> {
  const apps: Record<string, AppDefinition> = {};
  const options = { defaultRole: state.config.mesosRole };
  inputs.forEach((input, index) => {
    const at = `${path}(${index})`;
    const id = childId(input.id, group, `${at}/id`, violations);
    if (id === undefined) return;
    if (apps[id] !== undefined) violations.push({ path: `${at}/id`, error: `the id ${id} occurs twice` });
    const result = normaliseApp(input, id, group, undefined, options);
    violations.push(...under(at, result.ok ? appViolations(result.app, options) : result.violations));
    if (!result.ok) return;
    const before = current.apps[id];
    apps[id] =
      before === undefined ? result.app : { ...result.app, version: before.version, versionInfo: before.versionInfo };
  });
  return apps;
}

function readGroups(
  state: MarathonState,
  inputs: readonly GroupInput[],
  parent: string,
  current: Group,
  version: string,
  path: string,
  violations: Violation[],
): Record<string, Group> {
  const groups: Record<string, Group> = {};
  inputs.forEach((input, index) => {
    const at = `${path}(${index})`;
    const id = childId(input.id, parent, `${at}/id`, violations);
    for (const field of ['version', 'scaleBy'] as const)
      if (input[field] !== undefined)
        violations.push({ path: `${at}/${field}`, error: 'only the outermost group can be rolled back or scaled' });
    if (id === undefined) return;
    if (groups[id] !== undefined) violations.push({ path: `${at}/id`, error: `the id ${id} occurs twice` });
    groups[id] = restructure(state, input, id, current.groups[id], version, at, violations);
  });
  return groups;
}

/** The absolute id of a direct child of `parent`; reports and answers undefined when it is none. */
function childId(id: string | undefined, parent: string, path: string, violations: Violation[]): string | undefined {
  const errors = id === undefined ? ['error.path.missing'] : idErrors(id);
  if (id !== undefined && errors.length === 0) {
    const absolute = canonicalId(id, parent);
    if (absolute !== '/' && parentId(absolute) === parent) return absolute;
    errors.push(`Identifier is not child of '${parent}'`);
  }
  violations.push(...errors.map((error) => ({ path, error })));
  return undefined;
}
