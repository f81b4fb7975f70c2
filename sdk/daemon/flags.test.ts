import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FlagError, flag, helpText, parseFlags } from './flags.ts';

const spec = {
  work_dir: flag.path('Where data lies', '/tmp/mesos'),
  ip: flag.ip('Address', '127.0.0.1'),
  port: flag.integer('The port', 5050, { min: 0, max: 65_535 }),
  quiet: flag.boolean('Says less', false),
  hostname_lookup: flag.boolean('Looks names up', true),
  timeout: flag.durationMs('How long', 15_000),
  registry: flag.choice('Where the registry is', 'sqlite', ['sqlite', 'in_memory']),
  roles: flag.list('Known roles', []),
  bytes: flag.sizeBytes('How much', 10 * 2 ** 20),
  least: flag.custom(
    'R',
    'Least',
    { text: 'cpus:1' },
    (text) => ({ text }),
    (value) => value.text,
  ),
};

const parse = (argv: readonly string[], env: Record<string, string> = {}) =>
  parseFlags({ spec, envPrefix: 'MESOS_', argv, env, unsupported: { zk: 'there is one master' } });
const problems = (argv: readonly string[], env: Record<string, string> = {}): readonly string[] => {
  try {
    parse(argv, env);
    return [];
  } catch (error) {
    if (error instanceof FlagError) return error.problems;
    throw error;
  }
};

describe('flags', () => {
  test('an empty path and a name for an address are refused', () => {
    expect(problems(['--work_dir=', '--ip=999.1.1.1'])).toEqual([
      'flag --work_dir: expected a path, which is not empty',
      "flag --ip: '999.1.1.1' is not an IP address such as 127.0.0.1",
    ]);
    expect(problems([], { MESOS_WORK_DIR: '', MESOS_IP: 'localhost' })).toHaveLength(2);
    expect(parse(['--ip=::1']).values.ip).toBe('::1');
  });

  test('take each of their forms', () => {
    const argv = [
      '--work-dir',
      '/data',
      '--port=1',
      '--quiet',
      '--no-hostname_lookup',
      '--timeout=2mins',
      '--roles=a, b',
    ];
    expect(parse(argv).values).toEqual({
      work_dir: '/data',
      ip: '127.0.0.1',
      port: 1,
      quiet: true,
      hostname_lookup: false,
      timeout: 120_000,
      registry: 'sqlite',
      roles: ['a', 'b'],
      bytes: 10_485_760,
      least: { text: 'cpus:1' },
    });
  });

  test('come from the environment, and the command line wins', () => {
    const { values, given } = parse(['--port=2'], {
      MESOS_PORT: '1',
      MESOS_WORK_DIR: '/env',
      MESOS_QUIET: '1',
      OTHER: 'x',
    });
    expect(values).toMatchObject({ port: 2, work_dir: '/env', quiet: true });
    expect([...given].sort()).toEqual(['port', 'quiet', 'work_dir']);
  });

  test('read their value from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flags-'));
    writeFileSync(join(folder, 'port'), '77\n');
    expect(parse([`--port=file://${folder}/port`]).values.port).toBe(77);
    expect(problems([`--port=file://${folder}/none`])[0]).toContain(`${folder}/none`);
    rmSync(folder, { recursive: true });
  });

  test('tell every problem with its place and what is allowed', () => {
    expect(
      problems(['--port=70000', '--registry=zk', '--work_dri=/x', 'stray', '--timeout=5'], { MESOS_PORT: 'x' }),
    ).toEqual([
      expect.stringMatching(/--work_dri.*'work_dir'/),
      expect.stringMatching(/'stray'/),
      expect.stringMatching(/--port.*0 to 65535/),
      expect.stringMatching(/--registry.*sqlite, in_memory/),
      expect.stringMatching(/--timeout.*15secs/),
    ]);
  });

  test('refuse what is not supported by name, wherever it comes from', () => {
    expect(problems(['--zk=zk://x'])[0]).toMatch(/--zk.*there is one master/);
    expect(problems([], { MESOS_ZK: 'zk://x' })[0]).toMatch(/MESOS_ZK.*there is one master/);
  });

  test('ask for a missing value', () => {
    expect(problems(['--port'])[0]).toContain('--port=N');
    expect(problems(['--port', '--quiet'])[0]).toContain('--port=N');
  });

  test('are all in the help', () => {
    const text = helpText('usage', spec);
    for (const name of Object.keys(spec)) expect(text).toContain(name);
    expect(text).toContain('default: /tmp/mesos');
    expect(text).toContain('(default: 15secs)');
    expect(text).toContain('(0 to 65535; default: 5050)');
    expect(text).toContain('(default: 10MB)');
    expect(text).toMatch(/Known roles$/m);
    expect(text).toContain('(default: cpus:1)');
  });
});
