import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test.each(['scheduler', 'executor'])('the README shows the %s of the Throttler as it is', (part) => {
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read(`throttler/${part}.ts`)}\`\`\``);
});
