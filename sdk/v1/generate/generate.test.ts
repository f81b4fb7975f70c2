import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedFiles } from './emit.ts';
import { collectFacts } from './facts.ts';
import { loadProtos } from './proto-files.ts';

const committed = new URL('../generated/', import.meta.url);

it('sdk/v1/generated is what `npm run generate` writes from sdk/v1/proto', () => {
  const files = generatedFiles(collectFacts(loadProtos()));
  expect(readdirSync(committed).sort()).toEqual([...files.keys()].sort());
  for (const [name, text] of files) expect(readFileSync(new URL(name, committed), 'utf8'), name).toBe(text);
});
