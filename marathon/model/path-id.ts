/** Absolute ids of apps and groups: `/`-separated segments, each of dot-joined labels of `a-z`, `0-9` and inner `-`. */

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** What upstream prints when a segment does not fit. */
const SEGMENT_PATTERN =
  '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$';

/** Tails of URLs that are not part of an id: no app and no group around one can be called so. */
const TAILS = ['restart', 'tasks', 'versions'];

const RESERVED = [...TAILS, '.', '..'];

/**
 * A task id is `<path with _>.instance-<uuid>._app.<incarnation>`, and Mesos wants at most 255 bytes (it names a directory):
 * 62 of them come after the path.
 */
export const MAX_ID_LENGTH = 255 - '.instance-'.length - 36 - '._app.'.length - 10;

/**
 * The absolute form of an id. Empty segments (double and trailing slashes) vanish; a relative id, and `.` and `..` in it,
 * resolve against `base`.
 */
export function canonicalId(id: string, base = '/'): string {
  const segments = id.startsWith('/') ? [] : segmentsOf(base);
  for (const segment of segmentsOf(id)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** The non-empty segments of an id. */
export function segmentsOf(id: string): string[] {
  return id.split('/').filter((segment) => segment !== '');
}

/** True when `id` is `group` itself or lies below it; both absolute. */
export function isAtOrBelow(id: string, group: string): boolean {
  return group === '/' || id === group || id.startsWith(`${group}/`);
}

/** What is wrong with an id that is not there. */
export const MISSING_ID = ['error.path.missing', 'must be given'];

/** Why an id as given by a user cannot be one; empty when it can. */
export function idErrors(id: string): string[] {
  if (id === '') return ['error.minLength', 'must not be empty'];
  const segments = segmentsOf(id);
  const fits = (segment: string): boolean =>
    segment === '.' || segment === '..' || segment.split('.').every((label) => LABEL.test(label));
  if (!segments.every(fits)) return [`must fully match regular expression '${SEGMENT_PATTERN}'`];
  const last = segments.at(-1);
  if (segments.some((segment) => TAILS.includes(segment)) || (last !== undefined && RESERVED.includes(last)))
    return [`must not end with any of the following reserved keywords: ${RESERVED.join(', ')}`];
  return [];
}

/** Why nothing can wait for this absolute path; `/` stands for everything. */
export function dependencyErrors(id: string): string[] {
  return id === '/' ? [] : [...idErrors(id), ...idLengthErrors(id)];
}

/** Why an absolute id is too long for the task ids that come of it; empty when it is not. */
export function idLengthErrors(id: string): string[] {
  return id.length - 1 > MAX_ID_LENGTH
    ? [`must be at most ${MAX_ID_LENGTH} characters long, because task ids are made of it; it has ${id.length - 1}`]
    : [];
}
