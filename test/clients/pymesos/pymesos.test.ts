import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { describeIf } from '../../support/requires.ts';
import { runStory } from '../client-story.ts';
import { oldPythonVenv } from '../python-venv.ts';

const venv = oldPythonVenv();

describeIf('pymesos 0.3.15', venv.missing, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.close());

  test('launches, reconciles, kills, runs its own executor and tears down', async () => {
    const story = fileURLToPath(new URL('story.py', import.meta.url));
    const { lines, stderr } = await runStory(venv.python ?? '', [story, `127.0.0.1:${cluster.master.options.port}`], {
      timeoutMs: 120_000,
    });
    const statesOf = (name: string) => {
      return lines.filter(({ event, task }) => event === 'update' && task === name).map(({ state }) => state);
    };
    expect(
      lines.filter(({ event }) => event === 'error'),
      stderr,
    ).toEqual([]);
    expect(lines[0]).toMatchObject({ event: 'registered', version: '1.11.0' });
    expect(statesOf('finishes')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    expect(statesOf('is-killed')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_RUNNING', 'TASK_KILLED']);
    expect(lines).toContainEqual(expect.objectContaining({ task: 'is-killed', reason: 'REASON_RECONCILIATION' }));
    expect(statesOf('custom')).toEqual(['TASK_RUNNING', 'TASK_FINISHED']);
    expect(lines).toContainEqual({ event: 'message', data: '42' });
    expect(lines.at(-1)).toEqual({ event: 'end', finished: true });
  });
});
