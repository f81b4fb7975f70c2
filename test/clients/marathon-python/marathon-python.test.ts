import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { describeIf } from '../../support/requires.ts';
import { runStory } from '../client-story.ts';
import { pythonVenv } from '../python-venv.ts';

const venv = pythonVenv();
const folder = new URL('.', import.meta.url).pathname;

describeIf('marathon-python 0.13.0', venv.missing, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ marathon: true });
  });
  afterAll(() => cluster?.close());

  test('creates, scales, kills, updates, rolls back, groups and deletes', async () => {
    const { code, lines, stderr, stdout } = await runStory(venv.python ?? '', ['story.py', cluster.marathon.url], {
      timeoutMs: 150_000,
      cwd: folder,
    });
    expect(code, stderr + stdout).toBe(0);
    const steps = new Map(lines.map(({ step, ...facts }) => [step, facts]));
    const expected: Record<string, object> = {
      info: { ping: '"pong"', version: '1.11.24', framework: true, leader: true, metrics: true },
      created: { id: '/story/web', deployments: 1, staged: 0 },
      healthy: { healthy: 1, alive: true, ports: 1 },
      conflict: { status: 409, message: 'An app with id [/story/web] already exists.' },
      scaled: { deployment: true, running: 3 },
      listed: { ids: ['/story/web'], tasks: 3, endpoints: 3 },
      killed: { same: true, replaced: 3 },
      'killed and scaled': { instances: 2 },
      updated: { env: { GREETING: 'good bye' }, versions: 4, newest_first: true },
      'rolled back': { env: { GREETING: 'hello' }, instances: 1, old: { GREETING: 'hello' } },
      restarted: { kept: 0 },
      queued: { count: 1, overdue: true, reasons: ['InsufficientCpus'] },
      'deployment reverted': { apps: ['/story/web'] },
      group: { apps: ['/pair/api', '/pair/db'], version: true },
      'group scaled': { instances: [2, 2] },
      'group rolled back': { instances: [1, 1] },
      'unknown app': { message: "App '/story/nothing' does not exist" },
      'unknown group': { message: "Group '/nothing' does not exist" },
      invalid: { status: 422, path: '/mem' },
      deleted: { apps: [], tasks: 0 },
      events: {
        types: [
          'api_post_event',
          'app_terminated_event',
          'deployment_success',
          'event_stream_attached',
          'group_change_success',
          'health_status_changed_event',
          'status_update_event',
        ],
      },
    };
    expect(Object.fromEntries(steps)).toEqual(expected);
  });
});
