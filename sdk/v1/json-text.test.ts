import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSyntaxError, maxJsonDepth, parseJson, printJson } from './json-text.ts';

function failure(text: string): JsonSyntaxError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('parseJson and printJson', () => {
  it('keep integers of any length', () => {
    const text =
      '{"a":9223372036854775807,"b":[-9007199254740993,18446744073709551615],"c":1.5,"d":"1234567890123456"}';
    expect(parseJson(text)).toEqual({
      a: 9223372036854775807n,
      b: [-9007199254740993n, 18446744073709551615n],
      c: 1.5,
      d: '1234567890123456',
    });
    expect(printJson(parseJson(text))).toBe(text);
  });

  it('read what JSON.stringify prints', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(printJson(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each([
    ['{"cmd": "a\nb"}', 1, 11, 'newline inside a string'],
    ['{\n  "a": 1,\n  b: 2}', 3, 3, 'a key was expected here'],
    ['{"a" 1}', 1, 6, "':' was expected here"],
    ['[1 2]', 1, 4, "',' or ']' was expected here"],
    ['{"a":1 "b":2}', 1, 8, "',' or '}' was expected here"],
    ['{"a":}', 1, 6, 'a value was expected here'],
    ['{"a":1,}', 1, 8, 'a key was expected here'],
    ['["\\x"]', 1, 4, 'bad escape inside a string'],
    ['["\u0001"]', 1, 3, 'control character inside a string'],
    ['["abc', 1, 6, 'the text ends inside a string'],
    ['', 1, 1, 'the text ends where a value was expected'],
    ['{} {}', 1, 4, 'text after the end of the value'],
    ['[01]', 1, 3, "',' or ']' was expected here"],
    ['nul', 1, 1, 'a value was expected here'],
  ])('say where and why %j is not JSON', (text, line, column, message) => {
    expect(failure(text)).toMatchObject({ line, column, message });
  });

  it('always find a cause where JSON.parse refuses, and none where it does not', () => {
    const almostJson = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '\n', 'x', '0', '-'))
      .map(([text, at, junk]) => text.slice(0, at % (text.length + 1)) + junk + text.slice(at % (text.length + 1)));
    fc.assert(
      fc.property(fc.oneof(almostJson, fc.string()), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) expect(() => parseJson(text)).not.toThrow();
        else expect(failure(text).message).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  it('stay quick and brief on hostile texts', () => {
    const digits = '9'.repeat(1_000_000);
    expect(parseJson(digits)).toBe(Number.POSITIVE_INFINITY);
    expect(failure(`[1 ${digits}`).near).toHaveLength(200);
  });

  it('refuse nesting beyond the limit, also around long numbers', () => {
    const nested = (depth: number, inner: string) => '['.repeat(depth) + inner + ']'.repeat(depth);
    const long = `12345678901234567890,"${'x'.repeat(500)}]\\"["`;
    expect(() => parseJson(nested(maxJsonDepth, long))).not.toThrow();
    expect(failure(nested(maxJsonDepth + 1, long)).message).toBe('nesting beyond 200 levels');
    expect(failure('['.repeat(1_000_000)).message).toBe('nesting beyond 200 levels');
  });
});
