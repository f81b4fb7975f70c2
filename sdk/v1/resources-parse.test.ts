import { describe, expect, test } from 'vitest';
import { flatAttributes, parseAttributes } from './attributes.ts';
import { parseResources } from './resources-parse.ts';

describe('--resources', () => {
  test('text with roles, ranges and sets', () => {
    const all = parseResources('cpus:4; mem:2048;cpus(spark):8;ports:[31000-32000, 33000-34000];bugs(r):{a,b}');
    expect(all.toString()).toBe(
      'cpus:4; mem:2048; cpus(reservations: [(STATIC,spark)]):8; ports:[31000-32000, 33000-34000]; bugs(reservations: [(STATIC,r)]):{a, b}',
    );
  });

  test('what has no role goes to the default role, an explicit * stays free', () => {
    const all = parseResources('cpus:4;mem(*):32', { defaultRole: 'ops' });
    expect(all.reserved('ops').scalar('cpus')).toBe(4);
    expect(all.unreserved().scalar('mem')).toBe(32);
  });

  test('a JSON array', () => {
    const all = parseResources(
      '[{"name":"cpus","type":"SCALAR","scalar":{"value":8},"role":"spark"},{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":1,"end":18446744073709551615}]}}]',
      { defaultRole: 'ops' },
    );
    expect(all.reserved('spark').scalar('cpus')).toBe(8);
    expect(all.reserved('ops').ranges('ports')).toEqual([{ begin: 1n, end: 18446744073709551615n }]);
  });

  test.each([
    ['cpus=4', "missing or extra ':' in 'cpus=4'"],
    ['cpus:4:5', "missing or extra ':' in 'cpus:4:5'"],
    ['cpus(a:4', "mismatched parentheses in 'cpus(a:4'"],
    ['cpus:-4', "Bad value '-4' in 'cpus:-4'"],
    ['cpus:many', "Bad value 'many' in 'cpus:many'"],
    ['ports:[31000', "mismatched brackets in '[31000'"],
    ['ports:[9-5]', "the range '9-5' begins after its end"],
    ['ports:[1-99999999999999999999]', 'goes beyond 18446744073709551615'],
    ['bugs:{a,a}', "holds 'a' twice"],
    ['cpus(a//b):4', "Role 'a//b' cannot contain two adjacent slashes"],
    ['cpus:0.0001', 'value <= 0'],
    ['cpus:1;cpus:{a}', "same name ('cpus') but different types"],
    [':4', 'Empty resource name'],
    ['[{"name":"cpus"}]', 'Missing required fields'],
    ['[{"name":"cpus"', 'Bad JSON for resources'],
    ['[{"name":"cpus","type":"SCALAR","scalar":{"value":1},"revocable":{}}]', 'Revocable resources cannot be'],
    [
      '[{"name":"cpus","type":"SCALAR","scalar":{"value":1},"role":"a","reservation":{}}]',
      'Dynamic reservations cannot be',
    ],
  ])('%s is refused with the offending part', (text, message) => {
    expect(() => parseResources(text)).toThrow(message);
  });

  test('nothing is nothing', () => {
    expect(parseResources('').isEmpty).toBe(true);
    expect(parseResources('cpus:0;ports:[]').isEmpty).toBe(true);
  });
});

describe('--attributes', () => {
  test('text, numbers and ranges', () => {
    const attributes = parseAttributes('rack:abc;zone:west;level:10;keys:[1000-1500];url:http://x');
    expect(flatAttributes(attributes)).toEqual({
      rack: 'abc',
      zone: 'west',
      level: 10,
      keys: '[1000-1500]',
      url: 'http://x',
    });
    expect(attributes[2]).toEqual({ name: 'level', type: 'SCALAR', scalar: { value: 10 } });
  });

  test.each([
    ['rack', "'rack'"],
    [':x', "':x'"],
    ['x:', "'x:'"],
    ['x:{a,b}', 'a set is no attribute value'],
  ])('%s is refused', (text, message) => {
    expect(() => parseAttributes(text)).toThrow(message);
  });
});
