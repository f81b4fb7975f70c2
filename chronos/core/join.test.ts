import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Dag } from './dag.ts';
import { type Join, joinFailure, joinSuccess } from './join.ts';

const PARENTS = ['a', 'b'];

function success(join: Join, parent: string, origins: Record<string, number>, isRepair = false) {
  return joinSuccess(join, PARENTS, { parent, origins, isRepair });
}

describe('a join', () => {
  test('fires once all parents have succeeded, and starts over', () => {
    const first = success({}, 'a', { a: 1 });
    expect(first.fires).toBeUndefined();
    const second = success(first.join, 'b', { b: 2 });
    expect(second).toEqual({ join: {}, fires: { a: 1, b: 2 } });
  });

  test('takes a parent that succeeds twice as one', () => {
    const twice = success(success({}, 'a', { a: 1 }).join, 'a', { a: 2 });
    expect(success(twice.join, 'b', { b: 3 }).fires).toEqual({ a: 2, b: 3 });
  });

  test('never mixes runs of a common root', () => {
    const stale = success({}, 'a', { root: 1 });
    const mixed = success(stale.join, 'b', { root: 2 });
    expect(mixed.fires).toBeUndefined();
    expect(success(mixed.join, 'a', { root: 2 }).fires).toEqual({ root: 2 });
  });

  test('ignores a success of a turn that others have left behind', () => {
    const newer = success({}, 'a', { root: 2 });
    expect(success(newer.join, 'b', { root: 1 })).toEqual({ join: newer.join, fires: undefined });
  });

  test('does not start the next turn too early after a partial failure', () => {
    // Turn 10: a succeeds, b fails. Turn 20: b is the first to succeed.
    const broken = joinFailure(success({}, 'a', { a: 10 }).join, PARENTS, {
      parent: 'b',
      origins: { b: 10 },
      isRepair: false,
    });
    const next = success(broken, 'b', { b: 20 });
    expect(next.fires).toBeUndefined();
    expect(success(next.join, 'a', { a: 20 }).fires).toEqual({ a: 20, b: 20 });
  });

  test('the same when the failure comes first', () => {
    const failed = joinFailure({}, PARENTS, { parent: 'b', origins: { b: 10 }, isRepair: false });
    const next = success(success(failed, 'a', { a: 10 }).join, 'b', { b: 20 });
    expect(next.fires).toBeUndefined();
  });

  test('a failed parent that is repaired by hand completes its turn', () => {
    const broken = joinFailure(success({}, 'a', { a: 10 }).join, PARENTS, {
      parent: 'b',
      origins: { b: 10 },
      isRepair: false,
    });
    expect(success(broken, 'b', { b: 15 }, true).fires).toEqual({ a: 10, b: 15 });
  });
});

test('parents of different pace: every turn of the slower one fires, as long as nobody fails', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 50 }), (isA) => {
      let join: Join = {};
      let [fired, seenA, seenB] = [0, false, false];
      isA.forEach((one, index) => {
        const parent = one ? 'a' : 'b';
        const result = success(join, parent, { [parent]: index });
        join = result.join;
        [seenA, seenB] = [seenA || one, seenB || !one];
        expect(result.fires !== undefined).toBe(seenA && seenB);
        if (result.fires !== undefined) [fired, seenA, seenB] = [fired + 1, false, false];
      });
    }),
  );
});

test('a cycle is found and told in order', () => {
  const dag = new Dag();
  dag.setParents('b', ['a']);
  dag.setParents('c', ['b', 'x']);
  expect(dag.findCycle('a', ['c'])).toEqual(['a', 'b', 'c', 'a']);
  expect(dag.findCycle('a', ['a'])).toEqual(['a', 'a']);
  expect(dag.findCycle('a', ['x'])).toBeUndefined();
  dag.setParents('b', []);
  expect(dag.findCycle('a', ['c'])).toBeUndefined();
  expect(dag.childrenOf('a')).toEqual([]);
});
