import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { seededIds } from './ids.ts';
import { Loop, type LoopOptions } from './loop.ts';
import type { StoreChange } from './step.ts';

type Options = LoopOptions<string[], string, string>;

/** A loop whose commits are let through by hand; each event is its own effect, and `!` makes it durable too. */
function loopOf(more: Partial<Options> = {}) {
  const performed: string[] = [];
  const commits: { readonly changes: readonly StoreChange[]; readonly done: () => void; readonly fail: () => void }[] =
    [];
  const fatal: unknown[] = [];
  const loop = new Loop<string[], string, string>({
    state: [],
    step: (state, event) => {
      state.push(event);
      return { records: event.endsWith('!') ? [{ key: event, value: 1 }] : [], effects: [event] };
    },
    store: {
      commit: (changes) =>
        new Promise((resolve, reject) => {
          commits.push({ changes, done: resolve, fail: () => reject(new Error('disk')) });
        }),
    },
    clock: systemClock,
    ids: seededIds(1),
    perform: (effects) => performed.push(...effects),
    onFatal: (error) => fatal.push(error),
    ...more,
  });
  return { loop, performed, commits, fatal };
}

const breathe = () => new Promise((resolve) => setImmediate(resolve));

test('effects wait for the records of their step and of those before, and stay in order', async () => {
  const { loop, performed, commits } = loopOf();
  for (const event of ['a', 'b!', 'c']) loop.post(event);
  await breathe();
  expect(performed).toEqual([]);
  loop.post('d!');
  await breathe();
  commits[0]?.done();
  await breathe();
  expect(performed).toEqual(['a', 'b!', 'c']);
  commits[1]?.done();
  await breathe();
  expect(performed).toEqual(['a', 'b!', 'c', 'd!']);
});

test('a read waits until what it saw is durable', async () => {
  const { loop, commits } = loopOf();
  loop.post('a!');
  await breathe();
  let seen: number | undefined;
  void loop
    .read((state) => state.length)
    .then((length) => {
      seen = length;
    });
  await breathe();
  expect(seen).toBeUndefined();
  commits[0]?.done();
  await breathe();
  expect(seen).toBe(1);
});

test('one event may cause very many effects', async () => {
  const count = 500_000;
  let performed = 0;
  const { loop, fatal } = loopOf({
    step: () => ({ records: [], effects: Array.from({ length: count }, () => 'x') }),
    perform: (effects) => {
      performed += effects.length;
    },
  });
  loop.post('many');
  await breathe();
  expect(fatal).toEqual([]);
  expect(performed).toBe(count);
});

test.each([
  [
    'a step that throws',
    {
      step: () => {
        throw new Error('bug');
      },
    },
    'a',
  ],
  ['a commit that fails', {}, 'a!'],
] as const)('%s is fatal: no effect leaves, no event is taken', async (_name, more, event) => {
  const { loop, performed, commits, fatal } = loopOf(more);
  loop.post(event);
  await breathe();
  commits[0]?.fail();
  await breathe();
  expect(fatal).toHaveLength(1);
  expect(performed).toEqual([]);
  expect(loop.post('b')).toBe(false);
});

test('a full inbox refuses', () => {
  const { loop } = loopOf({ inboxMax: 2 });
  expect([loop.post('a'), loop.post('b'), loop.post('c')]).toEqual([true, true, false]);
});
