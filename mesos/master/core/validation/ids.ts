/** Longest id: ids become names of directories. */
const ID_LENGTH_MAX = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\x00-\x1f\x7f/\\]/;

/**
 * What is wrong with an id of a task, executor, framework or agent, in upstream's words; undefined when nothing is.
 *
 * Length counts bytes, as upstream's does.
 */
export function idError(id: string): string | undefined {
  if (id === '') return 'ID must not be empty';
  if (byteLength(id) > ID_LENGTH_MAX) return `ID must not be greater than ${ID_LENGTH_MAX} characters`;
  if (id === '.' || id === '..') return `'${id}' is disallowed`;
  if (FORBIDDEN.test(id)) return `'${id}' contains invalid characters`;
  return undefined;
}

function byteLength(text: string): number {
  if (text.length * 3 <= ID_LENGTH_MAX) return text.length;
  return new TextEncoder().encode(text).length;
}
