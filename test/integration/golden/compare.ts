import { expect } from 'vitest';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Symbols of the recording (`{master}`, `{uuid:3}`) and what they are in this run. */
export type Known = Map<string, string>;

/** Differs: what the recorded master can do and ours does not claim. */
const CAPABILITIES = [{ type: 'AGENT_UPDATE' }];

/**
 * Compares an event with the recorded one: key sets, types and values; what varies from run to run is compared by type, and
 * symbols must stand for one thing all along.
 */
export function matches(actual: Json | undefined, expected: Json, known: Known, path: string): void {
  if (typeof expected === 'string') {
    matchText(actual, expected, known, path);
    return;
  }
  if (Array.isArray(expected)) {
    const list = Array.isArray(actual) ? (actual as readonly Json[]) : [];
    if (path.endsWith('.master_info.capabilities')) {
      expect(list, path).toEqual(CAPABILITIES);
      return;
    }
    expect(list.length, `length of ${path} in ${JSON.stringify(actual)}`).toBe(expected.length);
    const [left, right] = path.endsWith('.resources') ? [byName(list), byName(expected)] : [list, expected];
    for (const [index, member] of right.entries()) matches(left[index], member, known, `${path}[${index}]`);
    return;
  }
  if (typeof expected === 'object' && expected !== null) {
    const object = (typeof actual === 'object' && actual !== null ? actual : {}) as { readonly [key: string]: Json };
    expect(Object.keys(object).sort(), `keys of ${path} in ${JSON.stringify(actual)}`).toEqual(
      Object.keys(expected).sort(),
    );
    for (const [key, value] of Object.entries(expected)) matches(object[key], value, known, `${path}.${key}`);
    return;
  }
  expect(actual, path).toEqual(expected);
}

function matchText(actual: Json | undefined, expected: string, known: Known, path: string): void {
  if (expected === '<double>' || expected === '<int>' || expected === '<nanoseconds>') {
    expect(typeof actual, path).toBe('number');
    if (expected === '<int>') expect(Number.isInteger(actual), path).toBe(true);
    return;
  }
  if (expected === '<id>') {
    expect(actual, path).toMatch(/^[0-9a-f-]{36}$/);
    return;
  }
  if (expected === '<version>') {
    expect(actual, path).toMatch(/^\d+\.\d+\.\d+$/);
    return;
  }
  if (/^\{(master|agent)_port\}$/.test(expected)) {
    expect(String(actual), path).toBe(known.get(expected));
    return;
  }
  expect(typeof actual, `${path} in ${JSON.stringify(actual)}`).toBe('string');
  learn(String(actual), expected, known);
  const filled = expected.replace(/\{master\}-O\d+|\{[a-z_]+(?::[^}]*)?\}/g, (symbol) => known.get(symbol) ?? symbol);
  expect(canonical(String(actual)), path).toBe(canonical(filled));
}

/** A symbol that stands for the whole of a text, or is the master's id in front, is known from here on. */
function learn(actual: string, expected: string, known: Known): void {
  if (/^\{uuid:\d+\}$/.test(expected) || /^\{master\}(-O\d+)?$/.test(expected)) {
    if (!known.has(expected) && (expected !== '{master}' || /^[0-9a-f-]{36}$/.test(actual)))
      known.set(expected, actual);
  }
  const prefix = /^([0-9a-f-]{36})-/.exec(actual)?.[1];
  if (prefix !== undefined && expected.startsWith('{master}-') && !known.has('{master}')) known.set('{master}', prefix);
}

function byName(list: readonly Json[]): readonly Json[] {
  const name = (member: Json) => String((member as { readonly name?: string }).name);
  return [...list].sort((left, right) => (name(left) < name(right) ? -1 : 1));
}

/** Lists of resources are in no order; folders and containers vary. */
export function canonical(text: string): string {
  const [, needed, available] =
    /^Total resources (.*) required by task and its executor is more than available (.*)$/.exec(text) ?? [];
  if (needed === undefined || available === undefined)
    return text
      .replace(/container '[0-9a-f-]{36}'/, "container '<id>'")
      .replace(/'[^']*\/slaves\/(.*)\/runs\/[0-9a-f-]{36}'/, "'<work_dir>/slaves/$1/runs/<id>'");
  const sorted = (list: string) => list.split('; ').sort().join('; ');
  return `${sorted(needed)} more than ${sorted(available)}`;
}
