import { describe, expect, test } from 'vitest';
import { buildTaskInfo, mesosName } from './task-info.ts';
import { HTTP_CHECK, testApp } from './testing/harness.ts';

const SITE = { agentId: 'agent-1', host: 'one.example' };
const MATCH = { resources: [], hostPorts: [31_005, 31_006] };

function build(more: Parameters<typeof testApp>[1] = {}, prefix = '') {
  const portDefinitions = [
    { port: 10_000, protocol: 'tcp' as const, name: 'http', labels: { VIP_0: '/web:80' } },
    { port: 0, protocol: 'udp,tcp' as const, labels: {} },
  ];
  const app = testApp('/group/web', { portDefinitions, version: '2026-01-01T00:00:00.000Z', ...more });
  return buildTaskInfo(app, 'group_web.instance-1._app.1', SITE, MATCH, prefix);
}

function environment(info: ReturnType<typeof build>): Record<string, string | undefined> {
  return Object.fromEntries((info.command?.environment?.variables ?? []).map(({ name, value }) => [name, value]));
}

describe('the task of an app', () => {
  test('is named for DNS', () => {
    expect(mesosName('/a/b/c')).toBe('c.b.a');
  });

  test('has the environment that Marathon promises', () => {
    const info = build({ env: { PORT: 'mine', WORD: 'x' }, labels: { 'my label!': 'v', long: 'x'.repeat(512) } });
    expect(environment(info)).toEqual({
      MESOS_TASK_ID: 'group_web.instance-1._app.1',
      MARATHON_APP_ID: '/group/web',
      MARATHON_APP_VERSION: '2026-01-01T00:00:00.000Z',
      MARATHON_APP_RESOURCE_CPUS: '0.1',
      MARATHON_APP_RESOURCE_MEM: '32.0',
      MARATHON_APP_RESOURCE_DISK: '0.0',
      MARATHON_APP_RESOURCE_GPUS: '0',
      MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
      MARATHON_APP_LABELS: 'MY_LABEL_',
      MARATHON_APP_LABEL_MY_LABEL_: 'v',
      HOST: 'one.example',
      PORT0: '31005',
      PORT1: '31006',
      PORT_10000: '31005',
      PORT_31006: '31006',
      PORT_HTTP: '31005',
      PORTS: '31005,31006',
      // The user's own word wins.
      PORT: 'mine',
      WORD: 'x',
    });
  });

  test('prefixes ports and host only', () => {
    const variables = environment(build({}, 'APP_'));
    expect(variables).toMatchObject({ APP_PORT0: '31005', APP_HOST: 'one.example', MARATHON_APP_ID: '/group/web' });
    expect(variables).not.toHaveProperty('PORT0');
  });

  test('tells its ports to service discovery, one for each protocol', () => {
    expect(build().discovery).toEqual({
      visibility: 'FRAMEWORK',
      name: 'web.group',
      ports: {
        ports: [
          { number: 31_005, name: 'http', protocol: 'tcp', labels: { labels: [{ key: 'VIP_0', value: '/web:80' }] } },
          { number: 31_006, protocol: 'udp' },
          { number: 31_006, protocol: 'tcp' },
        ],
      },
    });
  });

  test('runs a command line in a shell, and arguments as they are', () => {
    expect(build({ cmd: 'echo $PORT' }).command).toMatchObject({ value: 'echo $PORT' });
    expect(build({ cmd: 'echo $PORT' }).command).not.toHaveProperty('shell');
    expect(build({ cmd: undefined, args: ['/bin/echo', 'a b'] }).command).toMatchObject({
      shell: false,
      value: '/bin/echo',
      arguments: ['/bin/echo', 'a b'],
    });
  });

  test('has its grace period as kill policy, its user, and what it fetches', () => {
    const fetch = [{ uri: 'http://x/y.tgz', extract: true, executable: false, cache: true, destPath: 'z' }];
    const info = build({ taskKillGracePeriodSeconds: 7, user: 'nobody', fetch });
    expect(info.kill_policy).toEqual({ grace_period: { nanoseconds: 7_000_000_000n } });
    expect(info.command?.user).toBe('nobody');
    expect(info.command?.uris).toEqual([
      { value: 'http://x/y.tgz', executable: false, extract: true, cache: true, output_file: 'z' },
    ]);
  });

  test('hands the first check of the executor over, with its port resolved', () => {
    const check = { ...HTTP_CHECK, protocol: 'MESOS_HTTP' as const, portIndex: 1 };
    expect(build({ healthChecks: [HTTP_CHECK, check] }).health_check).toEqual({
      type: 'HTTP',
      interval_seconds: 5,
      timeout_seconds: 2,
      consecutive_failures: 3,
      grace_period_seconds: 10,
      delay_seconds: 15,
      http: { scheme: 'http', port: 31_006, protocol: 'IPv4', path: '/health' },
    });
    expect(build({ healthChecks: [HTTP_CHECK] })).not.toHaveProperty('health_check');
    const command = { ...HTTP_CHECK, protocol: 'COMMAND' as const, command: { value: 'true' } };
    expect(build({ healthChecks: [command] }).health_check).toMatchObject({
      type: 'COMMAND',
      command: { value: 'true' },
    });
  });

  test('hands its check over', () => {
    const timing = { intervalSeconds: 60, timeoutSeconds: 20, delaySeconds: 15 };
    const seconds = { interval_seconds: 60, timeout_seconds: 20, delay_seconds: 15 };
    const tcp = build({ check: { tcp: { portIndex: 0 }, ...timing } }).check;
    expect(tcp).toEqual({ type: 'TCP', ...seconds, tcp: { port: 31_005 } });
    const exec = build({ check: { exec: { command: { argv: ['/bin/true', 'x'] } }, ...timing } }).check;
    expect(exec?.command?.command).toEqual({ shell: false, value: '/bin/true', arguments: ['/bin/true', 'x'] });
  });
});
