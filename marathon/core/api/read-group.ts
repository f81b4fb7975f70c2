import type { AppDefinition } from '../../model/app.ts';
import { type Group, parentId } from '../../model/group.ts';
import type { AppInput, GroupInput } from '../../model/input.ts';
import {
  canonicalId,
  dependencyErrors,
  idErrors,
  idLengthErrors,
  isAtOrBelow,
  MISSING_ID,
} from '../../model/path-id.ts';
import { emptyGroup } from '../../model/tree.ts';
import type { Draft } from './draft.ts';
import { NO_ID, readApp, replacing } from './read-app.ts';

/** What a place in a request makes of a group. */
interface GroupPlace {
  /** Absolute; undefined when it is wrong or missing: what is in the group is judged without it. */
  readonly id: string | undefined;
  readonly current: Group | undefined;
  /** Where the input stands in the request; `''` when it is all of it. */
  readonly path: string;
}

/** The absolute id of the group that a request is about; undefined, and blamed, when it cannot be one. */
export function baseGroupId(draft: Draft, base: string, input: GroupInput): string | undefined {
  const ofBase = base === '/' ? [] : idErrors(base);
  const ofInput = input.id === undefined || input.id === '/' ? [] : idErrors(input.id);
  const id = canonicalId(input.id ?? '', base);
  return usableId(draft, id, [...ofBase, ...ofInput], '/id');
}

/**
 * A group as an input says: lists that are given are complete, what they leave out is removed; lists that are absent keep
 * what is there. Apps are definitions of their own, never merged. What is wrong is blamed on the draft.
 */
export function readGroup(draft: Draft, input: GroupInput, place: GroupPlace): Group {
  const id = place.id ?? NO_ID;
  const base = place.current ?? emptyGroup(id, draft.version);
  return {
    id,
    version: draft.version,
    dependencies:
      input.dependencies === undefined ? base.dependencies : readDependencies(draft, input.dependencies, place),
    apps: input.apps === undefined ? base.apps : readApps(draft, input.apps, place),
    groups: input.groups === undefined ? base.groups : readGroups(draft, input.groups, place),
  };
}

function readDependencies(draft: Draft, inputs: readonly string[], { id, path }: GroupPlace): readonly string[] {
  const dependencies = inputs.map((input, index) => {
    const dependency = canonicalId(input, id ?? NO_ID);
    const at = `${path}/dependencies(${index})`;
    blameAll(draft, at, dependencyErrors(dependency));
    if (id !== undefined && isAtOrBelow(id, dependency))
      blameAll(draft, at, ['must not be the group itself or a group around it'], [at, `${path}/id`]);
    return dependency;
  });
  return [...new Set(dependencies)].sort();
}

function readApps(draft: Draft, inputs: readonly AppInput[], group: GroupPlace): Record<string, AppDefinition> {
  const apps: Record<string, AppDefinition> = {};
  inputs.forEach((input, index) => {
    const path = `${group.path}/apps(${index})`;
    const id = childId(draft, input.id, group, `${path}/id`, apps);
    const app = readApp(draft, input, { id: id ?? NO_ID, path });
    if (id !== undefined) apps[id] = replacing(group.current?.apps[id], app);
  });
  return apps;
}

function readGroups(draft: Draft, inputs: readonly GroupInput[], parent: GroupPlace): Record<string, Group> {
  const groups: Record<string, Group> = {};
  inputs.forEach((input, index) => {
    const path = `${parent.path}/groups(${index})`;
    for (const field of ['version', 'scaleBy'] as const)
      if (input[field] !== undefined)
        blameAll(draft, `${path}/${field}`, ['only the outermost group can be rolled back or scaled']);
    const id = childId(draft, input.id, parent, `${path}/id`, groups);
    const current = id === undefined ? undefined : parent.current?.groups[id];
    const group = readGroup(draft, input, { id, current, path });
    if (id !== undefined) groups[id] = group;
  });
  return groups;
}

/** The absolute id of a direct child of `parent`; undefined, and blamed, when it is none or one of its `siblings` has it. */
function childId(
  draft: Draft,
  id: string | undefined,
  parent: GroupPlace,
  path: string,
  siblings: Readonly<Record<string, unknown>>,
): string | undefined {
  const errors = id === undefined ? [...MISSING_ID] : idErrors(id);
  if (id === undefined || parent.id === undefined) return usableId(draft, undefined, errors, path);
  const absolute = canonicalId(id, parent.id);
  if (siblings[absolute] !== undefined) errors.push(`the id ${absolute} occurs twice`);
  const usable = usableId(draft, absolute, errors, path);
  if (usable === undefined || (absolute !== '/' && parentId(absolute) === parent.id)) return usable;
  blameAll(draft, path, [`Identifier is not child of '${parent.id}'`], [path, `${parent.path}/id`]);
  return undefined;
}

function usableId(draft: Draft, id: string | undefined, errors: readonly string[], path: string): string | undefined {
  const all = [...errors, ...(id === undefined ? [] : idLengthErrors(id))];
  blameAll(draft, path, all);
  return all.length === 0 ? id : undefined;
}

function blameAll(draft: Draft, path: string, errors: readonly string[], looksAt?: readonly string[]): void {
  draft.blame(
    '',
    errors.map((error) => ({ path, error, looksAt })),
  );
}
