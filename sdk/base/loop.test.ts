import { describe, expect, test } from 'vitest';
import { seededIds } from './ids.ts';
import { type Committer, Loop } from './loop.ts';
import type { Frame, StoreChange } from './step.ts';

interface Told {
  readonly kind: 'told';
  readonly text: string;
}

/** Adds up numbers; odd ones are recorded, each is told. A negative one is a bug. */
function step(state: { sum: number }, event: number): Frame<Told> {
  if (event < 0) throw new Error('a bug');
  state.sum += event;
  return {
    records: event % 2 === 1 ? [{ key: 'sum', value: state.sum }] : [],
    effects: [{ kind: 'told', text: `${state.sum}` }],
  };
}

/** A store whose commits end when the test says so. */
class HeldStore implements Committer {
  readonly commits: (readonly StoreChange[])[] = [];
  #waiting: PromiseWithResolvers<void> | undefined;

  commit(changes: readonly StoreChange[]): Promise<void> {
    this.commits.push(changes);
    this.#waiting = Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  async end(error?: Error): Promise<void> {
    if (error === undefined) this.#waiting?.resolve();
    else this.#waiting?.reject(error);
    await turn();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

function create(store: Committer, inboxMax?: number) {
  const told: string[] = [];
  const fatal: unknown[] = [];
  const loop = new Loop({
    state: { sum: 0 },
    step,
    store,
    clock: { wallMs: () => 0, monoMs: () => 0 },
    ids: seededIds(1),
    perform: (effects: readonly Told[]) => told.push(...effects.map(({ text }) => text)),
    onFatal: (error) => fatal.push(error),
    ...(inboxMax === undefined ? {} : { inboxMax }),
  });
  return { loop, told, fatal };
}

describe('the Loop', () => {
  test('lets effects out only after the records of their own step, in order', async () => {
    const store = new HeldStore();
    const { loop, told } = create(store);
    for (const event of [1, 2]) loop.post(event);
    await turn();
    expect(told).toEqual([]);
    // Stepping goes on during the commit, but what it tells waits, with a record or without.
    for (const event of [4, 5]) loop.post(event);
    await turn();
    expect(told).toEqual([]);
    await store.end();
    expect(told).toEqual(['1', '3']);
    await store.end();
    expect(told).toEqual(['1', '3', '7', '12']);
  });

  test('shares one commit among the steps that gather', async () => {
    const store = new HeldStore();
    const { loop } = create(store);
    for (const event of [1, 3, 5]) loop.post(event);
    await turn();
    expect(store.commits).toEqual([[1, 4, 9].map((value) => ({ key: 'sum', value }))]);
  });

  test('answers a read once all that it may show is durable', async () => {
    const store = new HeldStore();
    const { loop } = create(store);
    loop.post(1);
    await turn();
    let seen: number | undefined;
    const reading = loop
      .read(({ sum }) => sum)
      .then((sum) => {
        seen = sum;
      });
    await turn();
    expect(seen).toBeUndefined();
    await store.end();
    await reading;
    expect(seen).toBe(1);
  });

  test('ends at a failed commit and at a thrown step, and tells nothing of them', async () => {
    const store = new HeldStore();
    const first = create(store);
    first.loop.post(1);
    await turn();
    await store.end(new Error('the disk is full'));
    expect(first.told).toEqual([]);
    expect(String(first.fatal[0])).toContain('the disk is full');
    expect(first.loop.post(2)).toBe(false);

    const second = create(new HeldStore());
    second.loop.post(-1);
    await turn();
    expect(String(second.fatal[0])).toContain('a bug');
  });

  test('takes no more than its inbox holds', () => {
    const { loop } = create(new HeldStore(), 2);
    expect([1, 2, 3].map((event) => loop.post(event))).toEqual([true, true, false]);
  });

  test('stops after everything that was posted is durable and told', async () => {
    const store = new HeldStore();
    const { loop, told } = create(store);
    for (const event of [1, 2]) loop.post(event);
    const stopped = loop.stop();
    await store.end();
    await stopped;
    expect(told).toEqual(['1', '3']);
    expect(loop.post(1)).toBe(false);
  });
});
