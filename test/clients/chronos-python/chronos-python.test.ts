import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { describeIf } from '../../support/requires.ts';
import { runStory } from '../client-story.ts';
import { pythonVenv } from '../python-venv.ts';

const venv = pythonVenv();

describeIf('chronos-python 1.2.1', venv.missing, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ chronos: true });
  });
  afterAll(() => cluster?.close());

  test('creates, runs, searches, kills, edits and deletes jobs, below both roots', async () => {
    const story = fileURLToPath(new URL('story.py', import.meta.url));
    const args = [story, `127.0.0.1:${cluster.chronos.options.port}`, join(cluster.folder, 'marker')];
    const { lines, stderr } = await runStory(venv.python ?? '', args, { timeoutMs: 150_000 });
    expect(lines.at(-1), stderr).toEqual({ event: 'end' });
    const all = (event: string) => lines.filter((line) => line['event'] === event);
    const twice = (line: object) => [line, line];
    expect(all('empty')).toEqual(twice({ event: 'empty', jobs: [] }));
    for (const { output } of all('ran')) expect(new Set(output as string[])).toEqual(new Set(['parent', 'child']));
    expect(all('search')).toEqual(twice({ event: 'search', names: ['child'] }));
    for (const { lines: graph } of all('graph')) expect(graph).toContain('link,parent,child');
    for (const { statuses } of all('stat')) expect(new Set(statuses as string[])).toEqual(new Set(['Success']));
    for (const { jobs } of all('percentiles')) expect(jobs).toEqual(Array(6).fill(['a long one', 'child', 'parent']));
    expect(all('metrics')).toEqual(
      twice({ event: 'metrics', keys: ['counters', 'gauges', 'histograms', 'meters', 'timers', 'version'] }),
    );
    expect(all('edited')).toEqual(twice({ event: 'edited', description: 'edited' }));
    expect(all('refused')).toHaveLength(2);
    for (const refused of all('refused')) expect(Object.values(refused)).not.toContain(null);
    expect(all('deleted')).toEqual(twice({ event: 'deleted', jobs: [] }));
  });
});
