import type { AppDefinition } from '../../model/app.ts';
import { readDefinition } from '../../model/definition.ts';
import { allApps, findApp, type Group } from '../../model/group.ts';
import type { AppInput } from '../../model/input.ts';
import { appViolations } from '../../model/validate.ts';
import { under, type Violation } from '../../model/violation.ts';
import type { Draft } from './draft.ts';

/** Stands for an id that is wrong or missing, so that everything else can be judged. */
export const NO_ID = '/x';

/** What a place in a request makes of an app. */
export interface AppPlace {
  /** Absolute. */
  readonly id: string;
  /** Where the input stands in the request; `''` when it is all of it. */
  readonly path: string;
  /** What absent fields keep their value from. */
  readonly current?: AppDefinition | undefined;
}

/** The definition that an input makes; what is wrong with it is blamed on the draft. */
export function readApp(draft: Draft, input: AppInput, { id, path, current }: AppPlace): AppDefinition {
  const { app, violations } = readDefinition(input, id, current, optionsOf(draft));
  draft.blame(path, violations);
  return app;
}

/** Blames what is wrong with an update of an app that is not known: only rules that look at a single field are sure. */
export function judgeUpdate(draft: Draft, input: AppInput, path: string): void {
  const { violations } = readDefinition(input, NO_ID, undefined, optionsOf(draft));
  draft.blame(
    path,
    violations.filter(({ looksAt }) => looksAt === undefined),
  );
}

/** What is wrong with the definition of an app that no input describes: scaled, or an older one. */
export function definitionViolations(draft: Draft, app: AppDefinition): Violation[] {
  return appViolations(app, optionsOf(draft));
}

/** As {@link definitionViolations}, of all apps at or below a group that differ from those that are there. */
export function groupViolations(draft: Draft, group: Group): Violation[] {
  return [...allApps(group)].flatMap((app) =>
    findApp(draft.root, app.id) === app ? [] : under(`/apps(${app.id})`, definitionViolations(draft, app)),
  );
}

/** What takes the place of a definition: the tree notices by itself which changes make a new version of it. */
export function replacing(before: AppDefinition | undefined, app: AppDefinition): AppDefinition {
  return before === undefined ? app : { ...app, version: before.version, versionInfo: before.versionInfo };
}

function optionsOf({ state }: Draft): { readonly defaultRole: string } {
  return { defaultRole: state.config.mesosRole };
}
