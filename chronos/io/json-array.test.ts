import { expect, test } from 'vitest';
import { writeArray } from './json-array.ts';

test.each([0, 1, 500, 501, 1_234])('an array of %i items is the same text in slices', async (length) => {
  const items = Array.from({ length }, (_, index) => index);
  const written = writeArray(items, (index) => ({ index }));
  const text = typeof written === 'string' ? written : (await written.toArray()).join('');
  expect(JSON.parse(text)).toEqual(items.map((index) => ({ index })));
});
