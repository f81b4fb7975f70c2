import type { Attribute } from './generated/mesos.ts';
import { printRanges } from './ranges.ts';
import { parseValueText, ResourceTextError } from './resources-text.ts';

/**
 * Parses the value of `--attributes`: `rack:abc;zone:west;level:10;keys:[1000-1500]`. A value may hold further colons.
 *
 * @throws ResourceTextError that quotes the offending pair. Sets are no attribute values.
 */
export function parseAttributes(text: string): Attribute[] {
  return text
    .split(/[;\n]/)
    .filter((pair) => pair !== '')
    .map(parsePair);
}

function parsePair(pair: string): Attribute {
  const colon = pair.indexOf(':');
  const name = pair.slice(0, Math.max(colon, 0));
  const text = pair.slice(colon + 1);
  if (name === '' || text === '') {
    throw new ResourceTextError(`Invalid attribute key:value pair '${pair}': expecting name:value`);
  }
  const value = readValue(pair, text);
  switch (value.type) {
    case 'SCALAR':
      return { name, type: 'SCALAR', scalar: { value: value.value } };
    case 'RANGES':
      return { name, type: 'RANGES', ranges: { range: value.ranges } };
    case 'TEXT':
      return { name, type: 'TEXT', text: { value: value.value } };
    case 'SET':
      throw new ResourceTextError(
        `Invalid attribute '${pair}': a set is no attribute value, use text, a number or ranges`,
      );
  }
}

function readValue(pair: string, text: string): ReturnType<typeof parseValueText> {
  try {
    return parseValueText(text);
  } catch (error) {
    if (!(error instanceof ResourceTextError)) throw error;
    throw new ResourceTextError(`Failed to parse attribute '${pair}': ${error.message}`);
  }
}

/** The form of legacy endpoints: numbers for scalars, text for the rest, by name; of one name the last counts. */
export function flatAttributes(
  attributes: readonly Attribute[] | undefined,
): Readonly<Record<string, number | string>> {
  return Object.fromEntries((attributes ?? []).map((attribute) => [attribute.name, flatValue(attribute)]));
}

function flatValue(attribute: Attribute): number | string {
  if (attribute.type === 'SCALAR') return attribute.scalar?.value ?? 0;
  if (attribute.type === 'RANGES') return printRanges(attribute.ranges?.range ?? []);
  if (attribute.type === 'SET') return `{${(attribute.set?.item ?? []).join(', ')}}`;
  return attribute.text?.value ?? '';
}
