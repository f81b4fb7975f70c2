import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeJsonProblems, JSON_DEPTH_MAX, parseJsonBody } from './json-diagnosis.ts';

function problem(text: string): string {
  const result = parseJsonBody(text);
  return result.ok ? 'ok' : `${result.line}:${result.column} ${result.cause}`;
}

describe('parseJsonBody', () => {
  it('parses JSON, also with a byte order mark', () => {
    expect(parseJsonBody('\ufeff{"a": [1, "x", null, true]}')).toEqual({
      ok: true,
      value: { a: [1, 'x', null, true] },
    });
    expect(parseJsonBody(new TextEncoder().encode('{"é": 1e3}'))).toEqual({ ok: true, value: { é: 1000 } });
  });

  it('names a raw newline inside a string', () => {
    expect(problem('{\n  "cmd": "spark-submit\n --class Pi"\n}')).toMatch(/^2:23 newline inside a string/);
  });

  it('names a value whose key is missing', () => {
    const text = '{\n  "name": "job",\n  "spark-submit --class Pi",\n  "shell": true\n}';
    expect(problem(text)).toMatch(/^3:3 a key was expected here/);
  });

  it('tells of a missing key and of newlines in one answer', () => {
    const result = parseJsonBody('{"name": "job",\n"run this\nand that",\n"shell": true}');
    expect(result.ok ? '' : describeJsonProblems(result.problems)).toMatch(
      /^line 2, column 1: a key was expected here.*; line 2, column 10: newline inside a string/,
    );
  });

  it.each([
    ['', '1:1 the body is empty'],
    ['{"a": 1,}', '1:9 a key was expected here: the comma before it has nothing after it'],
    ['{"a": 1 "b": 2}', "1:9 ',' or '}' was expected here, not '\"'"],
    ['{a: 1}', "1:2 a key was expected here, not 'a'"],
    ["{'a': 1}", "1:2 a key was expected here, not '''"],
    ['{"a" 1}', "1:6 ':' was expected here, not '1', after the key"],
    ['[1, 2', "1:6 the text ends here, ',' or ']' was expected"],
    ['{"a": "b', '1:7 the string that begins here has no end'],
    ['{"a": 01}', "1:7 '01' is not a number of JSON"],
    ['{"a": .5}', "1:7 '.5' is not a number of JSON"],
    ['[1] x', '1:5 the end was expected here: the value before is complete'],
    ['{"a":\r\n "\\x"}', "2:3 '\\x' is no escape; a backslash itself is written \\\\"],
    ['"a\u0001"', '1:3 control character U+0001 inside a string'],
  ])('diagnoses %j', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it('names words that are no values', () => {
    expect(problem('{"a": True}')).toMatch(/^1:7 'True' is not a value of JSON/);
    expect(problem('{"a": NaN}')).toMatch(/^1:7 'NaN' is not a value/);
  });

  it('refuses deep nesting, whether or not it is closed', () => {
    const deep = 200_000;
    expect(problem('['.repeat(deep))).toMatch(/nested deeper than 100 levels/);
    expect(problem('['.repeat(deep) + ']'.repeat(deep))).toMatch(/nested deeper than 100 levels/);
    expect(problem(`${'{"a":'.repeat(JSON_DEPTH_MAX)}1${'}'.repeat(JSON_DEPTH_MAX)}`)).toBe('ok');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseJsonBody(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({
      ok: false,
      cause: 'the body is not UTF-8 text',
    });
  });

  it('agrees with JSON.parse on every text, and always finds a problem of what is not JSON', () => {
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, noise]) => {
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + noise + text.slice(cut + (at % 3));
    });
    void fc.assert(
      fc.property(fc.oneof(fc.json(), damaged, fc.string({ unit: 'binary' })), (text) => {
        let expected = true;
        try {
          JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
        } catch {
          expected = false;
        }
        const result = parseJsonBody(text);
        expect(result.ok).toBe(expected);
        if (!result.ok)
          expect(result.problems.every(({ line, column, cause }) => line > 0 && column > 0 && cause !== '')).toBe(true);
        if (!result.ok) expect(result.cause).not.toBe('this is not JSON');
      }),
      { numRuns: 500 },
    );
  });
});
