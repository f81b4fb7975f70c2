import { expect } from 'vitest';

/** Parsed JSON whose numbers are their text behind a `#`, so that `8` and `8.0` differ. */
export type Numbered = string | boolean | null | readonly Numbered[] | { readonly [key: string]: Numbered };

/** Parses an answer, keeping how each number was written. */
export function parseNumbered(text: string): Numbered {
  const keep = (_key: string, value: unknown, context: { source?: string }): unknown =>
    typeof value === 'number' ? `#${context.source}` : value;
  return JSON.parse(text, keep as Parameters<typeof JSON.parse>[1]) as Numbered;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** What a masked value may be. */
const masks: Readonly<Record<string, RegExp>> = {
  '<double>': /^#\d+\.\d+(e[+-]?\d+)?$/,
  '<int>': /^#\d+$/,
  '<text>': /^[^#]*$/s,
  '<version>': /^\d+\.\d+\.\d+$/,
  '<base64>': /^[A-Za-z0-9+/]+=*$/,
};

/** Differs: what is not there yet is not claimed. */
const masterCapabilities = ['AGENT_UPDATE'];
const agentCapabilities = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT', 'TASK_RESOURCE_LIMITS'];

/** Differs: our own keys beside upstream's. */
const ownKeys = new Set(['meseta']);

/** Differs: upstream's JSON leaks a field of the unversioned SlaveInfo that mesos.v1.AgentInfo does not have. */
const leakedKeys: Readonly<Record<string, string>> = { agent_info: 'checkpoint' };

/**
 * Compares an answer with a recorded one: key sets, how numbers are written, and all values that do not vary. Members of a
 * list are found by their id or name, because their order varies; the list of a whole answer of /tasks is compared in order.
 */
export function matchRecorded(actual: Numbered | undefined, expected: Numbered, path: string, inOrder = false): void {
  if (typeof expected === 'string') {
    matchText(actual, expected, path);
  } else if (Array.isArray(expected)) {
    matchList(actual, expected, path, inOrder);
  } else if (typeof expected === 'object' && expected !== null) {
    const object = (typeof actual === 'object' && actual !== null ? actual : {}) as Readonly<Record<string, Numbered>>;
    const keys = Object.keys(object).filter((key) => !ownKeys.has(key));
    const leaked = leakedKeys[path.slice(path.lastIndexOf('.') + 1)];
    const members = Object.entries(expected).filter(([key]) => key !== leaked);
    expect(keys.sort(), `keys of ${path}`).toEqual(members.map(([key]) => key).sort());
    for (const [key, value] of members) matchRecorded(object[key], value, `${path}.${key}`, inOrder);
  } else expect(actual, path).toBe(expected);
}

function matchList(actual: Numbered | undefined, expected: readonly Numbered[], path: string, inOrder: boolean): void {
  const list = Array.isArray(actual) ? (actual as readonly Numbered[]) : [];
  expect(list.length, `length of ${path} in ${JSON.stringify(actual)}`).toBe(expected.length);
  for (const [index, member] of expected.entries()) {
    const name = nameOf(member);
    const found = name === undefined || inOrder ? list[index] : list.find((one) => nameOf(one) === name);
    matchRecorded(found, member, `${path}[${name ?? index}]`);
  }
}

/** What tells the members of a list apart from run to run. */
function nameOf(member: Numbered | undefined): string | undefined {
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return undefined;
  const object = member as Readonly<Record<string, Numbered>>;
  const info = object['framework_info'] as Readonly<Record<string, Numbered>> | undefined;
  const name = object['name'] ?? info?.['name'];
  return typeof name === 'string' ? name : undefined;
}

function matchText(actual: Numbered | undefined, expected: string, path: string): void {
  // There, and its own business.
  if (expected === '<any>') {
    expect(actual, path).toBeDefined();
    return;
  }
  if (expected === '<master capabilities>' || expected === '<agent capabilities>') {
    const names = (actual as readonly Numbered[]).map((one) =>
      typeof one === 'string' ? one : (one as { readonly type: Numbered }).type,
    );
    expect(names, path).toEqual(expected === '<master capabilities>' ? masterCapabilities : agentCapabilities);
    return;
  }
  if (expected === '<flags>') {
    for (const value of Object.values(actual as Readonly<Record<string, Numbered>>)) {
      expect(typeof value, path).toBe('string');
      expect(String(value).startsWith('#'), path).toBe(false);
    }
    return;
  }
  const mask = masks[expected] ?? patternOf(expected);
  expect(actual, path).toMatch(mask);
}

/** Text in which `{uuid}`, `{port}` and `{n}` stand for what varies. */
function patternOf(text: string): RegExp {
  const parts = text.split(/(\{uuid\}|\{port\}|\{n\})/);
  const pattern = parts.map((part) => {
    if (part === '{uuid}') return UUID;
    return part === '{port}' || part === '{n}' ? '\\d+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${pattern.join('')}$`, 's');
}
