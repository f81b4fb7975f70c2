import { normalizeRanges, type Range, type Ranges, rangeMax } from './ranges.ts';

/** A value in the text form of flags: `4`, `[1-5, 9-9]`, `{a, b}`, or anything else as text. */
export type ParsedValue =
  | { readonly type: 'SCALAR'; readonly value: number }
  | { readonly type: 'RANGES'; readonly ranges: Ranges }
  | { readonly type: 'SET'; readonly items: readonly string[] }
  | { readonly type: 'TEXT'; readonly value: string };

/** A flag's text that cannot be read; the message quotes the offending part and says what is allowed. */
export class ResourceTextError extends Error {
  override readonly name = 'ResourceTextError';
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const rangeText = /^(\d+)-(\d+)$/;

/**
 * Parses the value of a resource or attribute; spaces do not count. As upstream, a negative number is text.
 *
 * @throws ResourceTextError on empty text, unbalanced brackets, and what only looks like ranges or a set.
 */
export function parseValueText(source: string): ParsedValue {
  const text = source.replaceAll(' ', '');
  if (text === '') throw new ResourceTextError('expecting a non-empty value');
  if (text.startsWith('[')) return { type: 'RANGES', ranges: parseRanges(inside(text, '[', ']')) };
  if (text.startsWith('{')) return { type: 'SET', items: parseItems(inside(text, '{', '}')) };
  const stray = /[[\]{}()]/.exec(text)?.[0];
  if (stray !== undefined) throw new ResourceTextError(`unexpected '${stray}' in '${text}'`);
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) && value >= 0 ? { type: 'SCALAR', value } : { type: 'TEXT', value: text };
}

function inside(text: string, open: string, close: string): string {
  if (!text.endsWith(close))
    throw new ResourceTextError(`mismatched brackets in '${text}': expecting '${close}' at the end`);
  const content = text.slice(1, -1);
  if (content.includes(open) || content.includes(close))
    throw new ResourceTextError(`mismatched brackets in '${text}'`);
  return content;
}

function parseRanges(content: string): Ranges {
  return normalizeRanges(tokens(content).map(parseRange));
}

function parseRange(text: string): Range {
  const found = rangeText.exec(text);
  if (found === null) throw new ResourceTextError(`expecting a range like '31000-32000' in '${text}'`);
  const [begin, end] = [BigInt(found[1] as string), BigInt(found[2] as string)];
  if (end > rangeMax || begin > rangeMax) throw new ResourceTextError(`the range '${text}' goes beyond ${rangeMax}`);
  if (begin > end) throw new ResourceTextError(`the range '${text}' begins after its end`);
  return { begin, end };
}

function parseItems(content: string): readonly string[] {
  const items = tokens(content);
  const repeated = items.find((item, index) => items.indexOf(item) !== index);
  if (repeated !== undefined) throw new ResourceTextError(`the set holds '${repeated}' twice`);
  return items;
}

function tokens(content: string): readonly string[] {
  return content.split(/[,\n]/).filter((token) => token !== '');
}
