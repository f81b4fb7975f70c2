import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { freePort } from '../../support/daemon-process.ts';
import { eventually } from '../../support/eventually.ts';
import { describeIf, missingCommand } from '../../support/requires.ts';

interface Target {
  readonly scrapeUrl: string;
  readonly health: string;
  readonly discoveredLabels: Readonly<Record<string, string>>;
}

describeIf('Prometheus with marathon_sd_configs', missingCommand('prometheus'), () => {
  let cluster: Cluster;
  let prometheus: ChildProcess | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'meseta-prometheus-'));

  beforeAll(async () => {
    cluster = await startCluster({ marathon: true });
  });
  afterAll(async () => {
    const ended = prometheus && new Promise((resolve) => prometheus?.once('exit', resolve));
    prometheus?.kill('SIGKILL');
    await ended;
    await cluster?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('finds the ports of an app with its labels, scrapes them, and scrapes Marathon itself', async () => {
    const marathon = cluster.marathon.url;
    const created = await fetch(`${marathon}/v2/apps`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        id: '/metered',
        cmd: `mkdir -p w && printf 'up_since 1\\n' > w/metrics && cd w && exec python3 -m http.server $PORT_WEB --bind 127.0.0.1`,
        cpus: 0.1,
        mem: 32,
        labels: { team: 'blue' },
        portDefinitions: [{ name: 'web', port: 0, labels: { kind: 'metrics' } }],
      }),
    });
    expect(created.status).toBe(201);
    const port = await freePort();
    const config = [
      'scrape_configs:',
      '- job_name: apps',
      '  scrape_interval: 1s',
      `  marathon_sd_configs: [{ servers: ['${marathon}'], refresh_interval: 1s }]`,
      '- job_name: marathon',
      '  scrape_interval: 1s',
      '  metrics_path: /metrics/prometheus',
      `  static_configs: [{ targets: ['127.0.0.1:${cluster.marathon.options.port}'] }]`,
    ];
    writeFileSync(join(folder, 'prometheus.yml'), `${config.join('\n')}\n`);
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    const targets = await eventually('both targets are up', async () => {
      const answer = (await (await fetch(`http://127.0.0.1:${port}/api/v1/targets`)).json()) as {
        data: { activeTargets: readonly Target[] };
      };
      const { activeTargets } = answer.data;
      return activeTargets.length === 2 && activeTargets.every(({ health }) => health === 'up') && activeTargets;
    });
    const target = targets.find(({ discoveredLabels }) => discoveredLabels['job'] === 'apps');
    expect(target?.discoveredLabels).toMatchObject({
      __meta_marathon_app: '/metered',
      __meta_marathon_app_label_team: 'blue',
      __meta_marathon_port_definition_label_kind: 'metrics',
      __meta_marathon_port_index: '0',
      __meta_marathon_task: expect.stringMatching(/^metered\.instance-/),
    });
    const { tasks } = (await (await fetch(`${marathon}/v2/apps/metered/tasks`)).json()) as {
      tasks: readonly { ports: readonly number[] }[];
    };
    expect(target?.scrapeUrl).toMatch(new RegExp(`:${tasks[0]?.ports[0]}/metrics$`));
  });
});
