import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { describeIf } from '../../support/requires.ts';
import { runStory } from '../client-story.ts';
import { npmClient } from '../npm-client.ts';

const client = npmClient('marathon-event-bus-client');

describeIf('marathon-event-bus-client 0.1.7', client.missing, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ marathon: true });
  });
  afterAll(() => cluster?.close());

  test('hears the life of an app from its first deployment to its end', async () => {
    const port = String(cluster.marathon.options.port);
    const { code, lines, stderr } = await runStory(process.execPath, ['story.cjs', '127.0.0.1', port, '/heard'], {
      timeoutMs: 60_000,
      cwd: client.folder,
    });
    const seen = lines.map(({ event }) => event);
    expect(seen, stderr).not.toContain('error');
    expect(seen.slice(0, 3)).toEqual(['subscribed', 'group_change_success', 'deployment_info']);
    const states = lines.flatMap(({ taskStatus }) => taskStatus ?? []);
    expect(states).toContain('TASK_RUNNING');
    expect(states.at(-1)).toBe('TASK_KILLED');
    expect(seen.indexOf('deployment_success')).toBeGreaterThan(seen.indexOf('status_update_event'));
    expect(lines.filter(({ event }) => event === 'deployment_info').every(({ plan }) => typeof plan === 'string')).toBe(
      true,
    );
    expect(seen.at(-1)).toBe('app_terminated_event');
    expect(code).toBe(0);
  });
});
