import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runStory } from '../clients/client-story.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.close());

test('the Throttler answers all queries in tasks of its own executor', async () => {
  const launcher = fileURLToPath(new URL('../../sdk/examples/throttler/launcher.ts', import.meta.url));
  const args = [
    launcher,
    `--master=127.0.0.1:${cluster.master.options.port}`,
    '--queries=25',
    '--queries_per_task=4',
    '--parallel=2',
  ];
  const { code, stdout, stderr } = await runStory(process.execPath, args, { timeoutMs: 60_000 });
  expect(stdout.trim().split('\n'), stderr).toEqual(Array.from({ length: 25 }, (_, query) => String(query ** 2)));
  expect(code).toBe(0);
});
