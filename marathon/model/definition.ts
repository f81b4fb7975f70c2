import type { AppDefinition } from './app.ts';
import { parentId } from './group.ts';
import type { AppInput } from './input.ts';
import { type NormaliseOptions, normaliseApp } from './normalise.ts';
import { canonicalId, dependencyErrors } from './path-id.ts';
import { appViolations } from './validate.ts';
import type { Violation } from './violation.ts';

/** What an input makes: a definition in any case, and every rule that it breaks, by the paths of the input. */
export interface ReadDefinition {
  readonly app: AppDefinition;
  readonly violations: readonly Violation[];
}

/**
 * Normalises and judges an input.
 *
 * @param id absolute id; the input's own is ignored.
 * @param current what absent fields keep their value from; undefined: they take their defaults.
 */
export function readDefinition(
  input: AppInput,
  id: string,
  current: AppDefinition | undefined,
  options: NormaliseOptions,
): ReadDefinition {
  const app = normaliseApp(input, id, current, options);
  const ofApp = appViolations(app, options).flatMap((violation) => asGiven(input, violation));
  return { app, violations: [...legacyViolations(input), ...dependencyViolations(input, id), ...ofApp] };
}

/** Rules of legacy fields, alone and beside the present ones. */
function legacyViolations({ ports, portDefinitions, uris = [], fetch = [] }: AppInput): Violation[] {
  const violations: Violation[] = [];
  if (uris.length > 0 && fetch.length > 0)
    violations.push({ path: '/uris', error: 'may not be set in conjunction with fetch', looksAt: ['/uris', '/fetch'] });
  if (ports === undefined) return violations;
  const fixed = ports.filter((port) => port !== 0);
  if (new Set(fixed).size < fixed.length) violations.push({ path: '/ports', error: 'ports must be unique' });
  if (portDefinitions !== undefined && portDefinitions.map(({ port }) => port).join() !== ports.join())
    violations.push({
      path: '/',
      error: 'cannot specify both ports and port definitions',
      looksAt: ['/ports', '/portDefinitions'],
    });
  return violations;
}

/** The definition has them in another order. */
function dependencyViolations({ dependencies = [] }: AppInput, id: string): Violation[] {
  return dependencies.flatMap((dependency, index) =>
    dependencyErrors(canonicalId(dependency, parentId(id))).map((error) => ({
      path: `/dependencies(${index})`,
      error,
    })),
  );
}

/** A violation of the definition, by the field that the client wrote. */
function asGiven({ portDefinitions, ports, fetch = [] }: AppInput, violation: Violation): Violation[] {
  // Told of `ports` already.
  if (violation.path === '/portDefinitions' && portDefinitions === undefined && ports !== undefined) return [];
  const index = /^\/fetch\((\d+)\)\/uri$/.exec(violation.path)?.[1];
  if (index === undefined || Number(index) < fetch.length) return [violation];
  return [{ ...violation, path: `/uris(${Number(index) - fetch.length})` }];
}
