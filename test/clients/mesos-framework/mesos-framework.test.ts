import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { describeIf } from '../../support/requires.ts';
import { runStory } from '../client-story.ts';
import { npmClient } from '../npm-client.ts';

const client = npmClient('mesos-framework');

describeIf('mesos-framework 0.5.3', client.missing, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.close());

  test('keeps its instances running, brings a killed one back and tears down', async () => {
    const address = `127.0.0.1:${cluster.master.options.port}`;
    const { code, lines, stderr } = await runStory(process.execPath, ['story.cjs', address, cluster.folder], {
      timeoutMs: 120_000,
      cwd: client.folder,
    });
    const seen = lines.map(({ event }) => event);
    expect(
      lines.filter(({ event }) => event === 'error'),
      stderr,
    ).toEqual([]);
    expect(seen[0]).toBe('subscribed');
    expect(seen).toContain('heartbeat');
    expect(lines).toContainEqual(expect.objectContaining({ event: 'update', state: 'TASK_KILLED' }));
    expect(seen.at(-1), stderr).toBe('restarted');
    expect(code).toBe(0);
  });
});
