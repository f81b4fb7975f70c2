import { inputViolations } from '../core/api/groups.ts';
import type { MarathonState } from '../core/state.ts';
import { findApp, parentId } from '../model/group.ts';
import type { AppInput, GroupInput } from '../model/input.ts';
import { normaliseApp } from '../model/normalise.ts';
import { canonicalId, idErrors } from '../model/path-id.ts';
import { appViolations } from '../model/validate.ts';
import { under, type Violation } from '../model/violation.ts';

/** What the rules about the meaning say of inputs whose shape is wrong elsewhere: nobody should have to ask once per mistake. */

/** Of one app; `id` is that of its path in the URL, if it has one. */
export function judgeApp(
  state: MarathonState,
  input: AppInput,
  { id, partial = false }: { readonly id?: string; readonly partial?: boolean } = {},
): Violation[] {
  const errors = id === undefined ? givenIdErrors(input.id) : [];
  // Of a wrong id nothing more is said.
  const absolute = id ?? (errors.length === 0 ? canonicalId(input.id ?? '') : '/x');
  const current = partial ? findApp(state.root, absolute) : undefined;
  const violations = errors.map((error): Violation => ({ path: '/id', error }));
  // An older version comes back as it is.
  if (current !== undefined && input.version !== undefined) return violations;
  const options = { defaultRole: state.config.mesosRole };
  const result = normaliseApp(input, absolute, parentId(absolute), current, options);
  return [...violations, ...(result.ok ? appViolations(result.app, options) : result.violations)];
}

/** Of the apps of a list. */
export function judgeApps(state: MarathonState, inputs: readonly AppInput[], partial: boolean): Violation[] {
  return inputs.flatMap((input, index) => under(`(${index})`, judgeApp(state, input, { partial })));
}

/** Of a group with all that is in it; `base` is the group in the URL. */
export function judgeGroup(state: MarathonState, input: GroupInput, base: string): Violation[] {
  const errors = input.id === undefined || input.id === '/' ? [] : idErrors(input.id);
  if (errors.length > 0) return errors.map((error) => ({ path: '/id', error }));
  // Rolled back or scaled, a group takes nothing else.
  if (input.version !== undefined || input.scaleBy !== undefined) return [];
  return inputViolations(state, input, input.id === undefined ? base : canonicalId(input.id, base));
}

function givenIdErrors(id: string | undefined): string[] {
  return id === undefined ? ['error.path.missing'] : idErrors(id);
}
