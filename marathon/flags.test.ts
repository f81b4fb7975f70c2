import { describe, expect, test } from 'vitest';
import { FlagError, helpText, parseFlags } from '../sdk/daemon/flags.ts';
import { configOf, MARATHON_FLAG_SOURCE } from './flags.ts';

function parse(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return parseFlags({ ...MARATHON_FLAG_SOURCE, argv, env }).values;
}

function problems(argv: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    parse(argv, env);
  } catch (error) {
    if (error instanceof FlagError) return error.problems;
    throw error;
  }
  return [];
}

const MASTER = '--master=127.0.0.1:5050';

describe('flags', () => {
  test('have upstream names and defaults, on the loopback address', () => {
    const values = parse([MASTER]);
    expect(values).toMatchObject({ http_port: 8080, http_address: '127.0.0.1', data_dir: '/tmp/marathon' });
    expect(configOf(values, undefined)).toMatchObject({
      frameworkName: 'marathon',
      failoverTimeoutMs: 604_800_000,
      checkpoint: true,
      mesosRole: '*',
      localPortMin: 10_000,
      localPortMax: 20_000,
      maxRunningDeployments: 100,
      maxVersions: 50,
    });
  });

  test('come from the environment too, and in upstream forms', () => {
    const values = parse(['--master', 'http://master.example:5050/', '--disable_checkpoint'], {
      MARATHON_HTTP_PORT: '8081',
    });
    expect(values).toMatchObject({ master: 'master.example:5050', http_port: 8081 });
    expect(configOf(values, undefined).checkpoint).toBe(false);
  });

  test('that are not there are refused by name, each with what to do', () => {
    const found = problems([
      MASTER,
      '--zk=zk://x/y',
      '--plugin_dir=/x',
      '--http_credentials=a:b',
      '--ssl_keystore_path=x',
    ]);
    expect(found).toHaveLength(4);
    for (const name of ['--zk', '--plugin_dir', '--http_credentials', '--ssl_keystore_path']) {
      expect(found.some((problem) => problem.includes(name))).toBe(true);
    }
    expect(problems([MASTER], { MARATHON_ZK: 'zk://x/y' })[0]).toContain('MARATHON_ZK');
    expect(problems(['--master=zk://a/mesos'])[0]).toContain('--master=host:port');
  });

  test('that nobody knows are refused with the nearest name', () => {
    expect(problems([MASTER, '--http_prot=1'])[0]).toContain("'http_port'");
    expect(problems([])[0]).toContain('--master');
  });

  test('tell which resources apps accept by default', () => {
    expect(configOf(parse([MASTER]), undefined).defaultAcceptedResourceRoles).toBeUndefined();
    const reserved = [MASTER, '--mesos_role=prod', '--accepted_resource_roles_default_behavior=reserved'];
    expect(configOf(parse(reserved), undefined).defaultAcceptedResourceRoles).toEqual(['prod']);
    const given = [MASTER, '--default_accepted_resource_roles=a,*'];
    expect(configOf(parse(given), undefined).defaultAcceptedResourceRoles).toEqual(['a', '*']);
  });

  test('of times say their unit in the help', () => {
    const lines = helpText('', MARATHON_FLAG_SOURCE.spec).split('\n');
    const times = lines.filter((line) => /_(duration|interval|delay|timeout|seconds)=/.test(line));
    expect(times).toHaveLength(11);
    for (const line of times)
      expect(line).toMatch(/--(failover_timeout|draining_seconds)=/.test(line) ? / to \d+ seconds; / : / to \d+ ms; /);
  });
});
