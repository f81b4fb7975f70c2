// `npm run generate`: writes sdk/v1/generated from sdk/v1/proto.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { generatedFiles } from './emit.ts';
import { collectFacts } from './facts.ts';
import { loadProtos } from './proto-files.ts';

const target = new URL('../generated/', import.meta.url);
const files = generatedFiles(collectFacts(loadProtos()));

mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) {
  if (!files.has(name)) rmSync(new URL(name, target), { recursive: true });
}
for (const [name, text] of files) writeFileSync(new URL(name, target), text);
