import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MemoryMedium, MemoryStore } from './memory-store.ts';
import { SqliteStore } from './sqlite-store.ts';
import { type Store, StoreConflictError, StoreFencedError } from './store.ts';

interface Medium {
  open(): Promise<Store>;
  remove(): void;
}

const media: Record<string, () => Medium> = {
  memory: () => {
    const medium = new MemoryMedium();
    return { open: async () => new MemoryStore(medium), remove: () => undefined };
  },
  sqlite: () => {
    const folder = mkdtempSync(join(tmpdir(), 'meseta-store-'));
    return {
      open: () => SqliteStore.open(join(folder, 'state', 'store.sqlite')),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

describe.each(Object.entries(media))('the %s store', (_name, createMedium) => {
  let medium: Medium;
  const opened: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await medium.open();
    opened.push(store);
    return store;
  };

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    medium.remove();
  });

  test('keeps values, bigints and bytes included, over reopening', async () => {
    medium = createMedium();
    const value = { name: 'x', nanoseconds: 2n ** 62n, uuid: new Uint8Array([0, 255, 7]), list: [1, null, 'ä'] };
    const store = await open();
    await store.commit([{ key: 'a/1', value }]);
    expect((await (await open()).get('a/1'))?.value).toEqual(value);
  });

  test('lists a prefix in key order and forgets deleted keys', async () => {
    medium = createMedium();
    const store = await open();
    await store.commit(['b/2', 'a/1', 'b/1', 'b/3', 'b%/1'].map((key) => ({ key, value: key })));
    await store.commit([{ key: 'b/3', value: undefined }]);
    expect((await store.list('b/')).map(({ key }) => key)).toEqual(['b/1', 'b/2']);
    expect(await store.get('b/3')).toBeUndefined();
  });

  test('applies all of a commit or nothing when an expected version does not hold', async () => {
    medium = createMedium();
    const store = await open();
    await store.commit([{ key: 'k', value: 1, expectedVersion: 0 }]);
    const conflicting = store.commit([
      { key: 'other', value: 1 },
      { key: 'k', value: 2, expectedVersion: 0 },
    ]);
    await expect(conflicting).rejects.toBeInstanceOf(StoreConflictError);
    expect(await store.get('other')).toBeUndefined();
    await store.commit([{ key: 'k', value: 3, expectedVersion: 1 }]);
    expect(await store.get('k')).toEqual({ key: 'k', value: 3, version: 2 });
  });

  test('takes nothing from an opener after a newer one opened it', async () => {
    medium = createMedium();
    const older = await open();
    const newer = await open();
    expect(newer.epoch).toBe(older.epoch + 1);
    await expect(older.commit([{ key: 'k', value: 'old' }])).rejects.toBeInstanceOf(StoreFencedError);
    await newer.commit([{ key: 'k', value: 'new' }]);
    expect((await newer.get('k'))?.value).toBe('new');
  });

  test('commits that gather meanwhile all become durable, in order', async () => {
    medium = createMedium();
    const store = await open();
    await Promise.all(Array.from({ length: 200 }, (_, index) => store.commit([{ key: 'last', value: index }])));
    expect(await store.get('last')).toEqual({ key: 'last', value: 199, version: 200 });
  });
});
