import { describe, expect, it } from 'vitest';
import { appAnswer } from './answer.ts';
import type { AppDefinition } from './app.ts';
import { readDefinition } from './definition.ts';
import type { AppInput } from './input.ts';
import { normaliseApp } from './normalise.ts';

const OPTIONS = { defaultRole: '*' };

function app(input: AppInput, current?: AppDefinition): AppDefinition {
  return normaliseApp(input, '/group/app', current, OPTIONS);
}

function errors(input: AppInput): string[] {
  const { violations } = readDefinition(input, '/group/app', undefined, OPTIONS);
  return violations.map(({ path, error }) => `${path} ${error}`);
}

const CHECK = {
  protocol: 'HTTP',
  gracePeriodSeconds: 300,
  intervalSeconds: 60,
  timeoutSeconds: 20,
  delaySeconds: 3,
  maxConsecutiveFailures: 3,
  ignoreHttp1xx: true,
  ipProtocol: 'IPv4',
} as const;

describe('normaliseApp', () => {
  it('rewrites ports, uris and relative dependencies', () => {
    const made = app({
      cmd: 'x',
      ports: [0, 8080],
      uris: ['http://a/b.tar.gz?x=1', 'http://a/b.jar'],
      dependencies: ['../db', 'cache', '/other/'],
    });
    expect(made.portDefinitions.map(({ port }) => port)).toEqual([0, 8080]);
    expect(made.fetch.map(({ extract }) => extract)).toEqual([true, false]);
    expect(made.dependencies).toEqual(['/db', '/group/cache', '/other']);
  });

  it('gives one port by default, and none when the list is empty', () => {
    expect(app({ cmd: 'x' }).portDefinitions).toEqual([{ port: 0, protocol: 'tcp', name: 'default', labels: {} }]);
    expect(app({ cmd: 'x', portDefinitions: [] }).portDefinitions).toEqual([]);
    expect(app({ cmd: 'x', ports: [] }).portDefinitions).toEqual([]);
  });

  it('points checks without a port at the first, and keeps what their protocol uses', () => {
    const made = app({
      cmd: 'x',
      healthChecks: [
        CHECK,
        { ...CHECK, protocol: 'TCP', path: '/x', port: 80 },
        { ...CHECK, protocol: 'COMMAND', command: { value: 'true' }, portIndex: 1 },
        { ...CHECK, protocol: 'MESOS_HTTP', path: '/x' },
      ],
    });
    expect(made.healthChecks).toEqual([
      { ...CHECK, portIndex: 0, delaySeconds: 15 },
      { ...CHECK, protocol: 'TCP', port: 80, delaySeconds: 15, ignoreHttp1xx: false },
      { ...CHECK, protocol: 'COMMAND', command: { value: 'true' }, ignoreHttp1xx: false },
      { ...CHECK, protocol: 'MESOS_HTTP', path: '/x', portIndex: 0, ignoreHttp1xx: false },
    ]);
  });

  it('merges the given fields onto the present definition, whole maps and objects at a time', () => {
    const before = app({ cmd: 'x', env: { A: '1', B: '2' }, labels: { l: '1' }, instances: 4, cpus: 0.5 });
    const after = app({ env: { C: '3' } }, before);
    expect(after).toEqual({ ...before, env: { C: '3' } });
  });

  it('lets single-instance apps never run twice', () => {
    const labels = { MARATHON_SINGLE_INSTANCE_APP: 'true' };
    expect(app({ cmd: 'x', labels }).upgradeStrategy).toEqual({ minimumHealthCapacity: 0, maximumOverCapacity: 0 });
    expect(errors({ cmd: 'x', labels, instances: 2 })).toEqual(['/ Single instance app may only have one instance']);
    expect(errors({ cmd: 'x', labels, upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0 } })).toEqual(
      ['/upgradeStrategy/minimumHealthCapacity got 1, expected 0.0'],
    );
  });

  it('refuses legacy and present fields that disagree', () => {
    expect(
      errors({ cmd: 'x', uris: ['http://a'], fetch: [{ uri: 'b', extract: true, executable: false, cache: false }] }),
    ).toEqual(['/uris may not be set in conjunction with fetch']);
    expect(errors({ cmd: 'x', ports: [1, 1] })).toEqual(['/ports ports must be unique']);
    expect(errors({ cmd: 'x', ports: [1], portDefinitions: [{ port: 2, protocol: 'tcp', labels: {} }] })).toEqual([
      '/ cannot specify both ports and port definitions',
    ]);
  });
});

describe('readDefinition', () => {
  it.each<[string, AppInput, string]>([
    ['neither cmd nor args', {}, "/ AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."],
    ['NUL in a command', { cmd: 'a\0b' }, '/cmd must not contain a NUL character'],
    [
      'a name of the environment with =',
      { cmd: 'x', env: { 'A=B': '1' } },
      '/env("A=B") a name must not be empty and not contain \'=\' or a NUL character',
    ],
    [
      'a check of a port that is not there',
      { cmd: 'x', healthChecks: [{ ...CHECK, portIndex: 1 }] },
      '/healthChecks(0) Health check port indices must address an element of the ports array or container port mappings.',
    ],
    [
      'a check without any port',
      { cmd: 'x', portDefinitions: [], healthChecks: [CHECK] },
      '/healthChecks(0) Health check port indices must address an element of the ports array or container port mappings.',
    ],
    [
      'a command check without its command',
      { cmd: 'x', healthChecks: [{ ...CHECK, protocol: 'COMMAND' }] },
      '/healthChecks(0)/command must be given for protocol COMMAND',
    ],
    [
      'a command with another protocol',
      { cmd: 'x', healthChecks: [{ ...CHECK, command: { value: 'true' } }] },
      '/healthChecks(0)/command illegal protocol HTTP specified with command',
    ],
    [
      'two checks by the executor',
      {
        cmd: 'x',
        healthChecks: [
          { ...CHECK, protocol: 'COMMAND', command: { value: 'true' } },
          { ...CHECK, protocol: 'MESOS_HTTP' },
        ],
      },
      '/ AppDefinition can contain at most one Mesos health check',
    ],
    [
      'IPv6',
      { cmd: 'x', healthChecks: [{ ...CHECK, ipProtocol: 'IPv6' }] },
      '/healthChecks(0)/ipProtocol IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks',
    ],
    [
      'one port twice',
      {
        cmd: 'x',
        ports: undefined,
        portDefinitions: [
          { port: 1, protocol: 'tcp', labels: {} },
          { port: 1, protocol: 'udp', labels: {} },
        ],
      },
      '/portDefinitions Ports must be unique.',
    ],
    [
      'one port name twice',
      {
        cmd: 'x',
        portDefinitions: [
          { port: 1, name: 'a', protocol: 'tcp', labels: {} },
          { port: 2, name: 'a', protocol: 'tcp', labels: {} },
        ],
      },
      '/portDefinitions Port names must be unique.',
    ],
    [
      'an inactive time after the expunge time',
      { cmd: 'x', unreachableStrategy: { inactiveAfterSeconds: 2, expungeAfterSeconds: 1 } },
      '/unreachableStrategy/inactiveAfterSeconds inactiveAfterSeconds (2) must be less or equal to expungeAfterSeconds, which is 1',
    ],
    [
      'roles that are not ours',
      { cmd: 'x', acceptedResourceRoles: ['prod'] },
      '/acceptedResourceRoles acceptedResourceRoles can only contain *',
    ],
    ['no roles at all', { cmd: 'x', acceptedResourceRoles: [] }, '/acceptedResourceRoles must not be empty'],
    ['too many instances', { cmd: 'x', instances: 2_000_000 }, '/instances must be at most 100000'],
    ['an address that is none', { cmd: 'x', uris: ['http://a b'] }, '/uris(0) URI has invalid syntax.'],
  ])('finds %s', (_name, input, expected) => {
    expect(errors(input)).toEqual([expected]);
  });

  it.each<[readonly string[], string | undefined]>([
    [['hostname', 'UNIQUE'], undefined],
    [['hostname', 'unique', 'x'], 'UNIQUE does not accept a value'],
    [['rack', 'GROUP_BY', '3'], undefined],
    [['rack', 'GROUP_BY', 'x'], 'GROUP BY must define an integer value or else no value at all'],
    [['rack', 'MAX_PER'], 'MAX_PER requires an integer value'],
    [['rack', 'LIKE'], 'LIKE and UNLIKE require a non-empty, regular expression value'],
    [
      ['rack', 'UNLIKE', '('],
      'is not a valid regular expression (RE2 syntax): error parsing regexp: missing closing ): `(`',
    ],
    [['rack', 'LIKE', '(a+)+$'], undefined],
    [
      ['rack', 'IS', 'a b'],
      'IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)',
    ],
    [
      ['rack', 'IN', '{a}'],
      'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS',
    ],
    [['rack'], 'Each constraint must have either 2 or 3 fields'],
    [['', 'UNIQUE'], 'illegal constraint specification'],
  ])('judges the constraint %j', (constraint, expected) => {
    expect(errors({ cmd: 'x', constraints: [constraint] })).toEqual(
      expected === undefined ? [] : [`/constraints(0) ${expected}`],
    );
  });
});

describe('appAnswer', () => {
  it('leaves out what is unset and the lists that upstream leaves out', () => {
    const answer = appAnswer(app({ cmd: 'x' }));
    expect(Object.keys(answer).sort()).toEqual(
      `backoffFactor backoffSeconds cmd cpus disk executor gpus id instances killSelection labels maxLaunchDelaySeconds mem
      networks portDefinitions requirePorts role unreachableStrategy upgradeStrategy version versionInfo`.split(/\s+/),
    );
  });
});
