import { describe, expect, test } from 'vitest';
import type { Attribute } from '../../sdk/v1/generated/mesos.ts';
import type { Constraint } from '../model/app.ts';
import { attributeText, meetsConstraints, place, placementOf, type Site } from './constraints.ts';
import { testApp } from './testing/harness.ts';

function rack(name: string): Attribute {
  return { name: 'rack', type: 'TEXT', text: { value: name } };
}

function site(host: string, rackName?: string): Site {
  return { host, region: 'eu', zone: 'eu-1', attributes: rackName === undefined ? [] : [rack(rackName)] };
}

function placed(constraint: Constraint, instances: number, sites: readonly Site[]): (candidate: Site) => boolean {
  const placement = placementOf(testApp('/web', { instances, constraints: [constraint] }), []);
  for (const each of sites) place(placement, each);
  return (candidate) => meetsConstraints(placement, candidate);
}

describe('constraints', () => {
  test('UNIQUE: one instance per value', () => {
    const fits = placed(['hostname', 'UNIQUE'], 3, [site('a')]);
    expect(fits(site('a'))).toBe(false);
    expect(fits(site('b'))).toBe(true);
  });

  test('CLUSTER: one given value, or that of the first instance', () => {
    expect(placed(['rack', 'CLUSTER', 'r1'], 2, [])(site('a', 'r2'))).toBe(false);
    expect(placed(['rack', 'CLUSTER', 'r1'], 2, [])(site('a', 'r1'))).toBe(true);
    expect(placed(['rack', 'CLUSTER'], 2, [])(site('a', 'r7'))).toBe(true);
    expect(placed(['rack', 'CLUSTER'], 2, [site('a', 'r7')])(site('b', 'r8'))).toBe(false);
  });

  test('GROUP_BY with a number of groups: even, with the remainder anywhere', () => {
    // 5 instances in 2 groups: 2 each and one more
    const fits = placed(['rack', 'GROUP_BY', '2'], 5, [site('a', 'r1'), site('a', 'r1')]);
    expect(fits(site('a', 'r1'))).toBe(true);
    expect(fits(site('b', 'r2'))).toBe(true);
    const three = placed(['rack', 'GROUP_BY', '2'], 5, [
      site('a', 'r1'),
      site('a', 'r1'),
      site('a', 'r1'),
      site('b', 'r2'),
    ]);
    expect(three(site('a', 'r1'))).toBe(false);
    expect(three(site('b', 'r2'))).toBe(true);
    expect(three(site('c', 'r3'))).toBe(false);
  });

  test('GROUP_BY without a number: no known group gets ahead', () => {
    const fits = placed(['rack', 'GROUP_BY'], 5, [site('a', 'r1'), site('b', 'r2'), site('b', 'r2')]);
    expect(fits(site('b', 'r2'))).toBe(false);
    expect(fits(site('a', 'r1'))).toBe(true);
    expect(fits(site('c', 'r3'))).toBe(true);
  });

  test('MAX_PER: at most so many per value', () => {
    const fits = placed(['hostname', 'MAX_PER', '2'], 5, [site('a'), site('a'), site('b')]);
    expect(fits(site('a'))).toBe(false);
    expect(fits(site('b'))).toBe(true);
  });

  test.each<[Constraint, Site, boolean]>([
    [['rack', 'LIKE', 'r[12]'], site('a', 'r1'), true],
    [['rack', 'LIKE', 'r[12]'], site('a', 'r12'), false],
    [['rack', 'UNLIKE', 'r[12]'], site('a', 'r3'), true],
    [['rack', 'UNLIKE', 'r[12]'], site('a', 'r1'), false],
    [['rack', 'IS', 'r1'], site('a', 'r1'), true],
    [['@zone', 'IS', 'eu-1'], site('a'), true],
    [['@hostname', 'IS', 'b'], site('a'), false],
    // An agent without the attribute only suits UNLIKE.
    [['rack', 'LIKE', '.*'], site('a'), false],
    [['rack', 'UNIQUE'], site('a'), false],
    [['rack', 'UNLIKE', 'r1'], site('a'), true],
  ])('%j at %j is %s', (constraint, candidate, expected) => {
    expect(placed(constraint, 1, [])(candidate)).toBe(expected);
  });

  test('numbers compare to three decimals, ties to the even digit', () => {
    const scalar = (value: number): Attribute => ({ name: 'n', type: 'SCALAR', scalar: { value } });
    expect(attributeText(scalar(1.1005))).toBe('1.101');
    expect(attributeText(scalar(0.0625))).toBe('0.062');
    expect(attributeText(scalar(0.1875))).toBe('0.188');
    expect(attributeText(scalar(4))).toBe('4');
  });

  test('ranges and sets have one text each', () => {
    const range = [
      { begin: 7n, end: 9n },
      { begin: 1n, end: 5n },
    ];
    expect(attributeText({ name: 'n', type: 'RANGES', ranges: { range } })).toBe('[1-5,7-9]');
    expect(attributeText({ name: 'n', type: 'SET', set: { item: ['b', 'a'] } })).toBe('{a,b}');
  });
});
