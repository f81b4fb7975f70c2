import { describe, expect, test } from 'vitest';
import { requireSoundPlan } from './check.ts';
import { planCluster, type UpOptions } from './plan.ts';

const options: UpOptions = {
  agents: 1,
  workDir: '/nowhere',
  ip: '127.0.0.1',
  masterPort: 5050,
  agentPort: 5051,
  marathonPort: 8080,
  chronosPort: 4400,
  resources: undefined,
  examples: true,
};

function check(changes: Partial<UpOptions>): void {
  const changed = { ...options, ...changes };
  requireSoundPlan(
    changed.ip,
    planCluster(changed, (name) => `/nowhere/${name}`),
  );
}

describe('the plan of a cluster', () => {
  test('is sound by default', () => {
    expect(() => check({})).not.toThrow();
  });

  test('gives no port to two daemons', () => {
    expect(() => check({ agentPort: 5050 })).toThrow(
      'port 5050 is meant for master and for agent-1: choose another with --master-port=PORT or --agent-port=PORT',
    );
    expect(() => check({ agentPort: 8079, agents: 2 })).toThrow('port 8080 is meant for agent-2 and for marathon');
    expect(() => check({ chronosPort: 8080 })).toThrow('port 8080 is meant for marathon and for chronos');
  });

  test('leaves no agent without a port', () => {
    expect(() => check({ agentPort: 65_535, agents: 2 })).toThrow(
      'port 65536 for agent-2 is beyond 65535: choose a lower --agent-port=PORT, or fewer --agents',
    );
  });

  test.each(['localhost', '::1', '999.1.1.1', '', '127.1'])('binds addresses alone, not %j', (ip) => {
    expect(() => check({ ip })).toThrow(`--ip: '${ip}' is not an IPv4 address`);
  });

  test.each([
    [1, undefined, [undefined]],
    [1, 'cpus:2', ['cpus:2']],
    [3, undefined, [undefined, 'ports:[30700-30999]', 'ports:[30400-30699]']],
    [2, 'cpus:2;', ['cpus:2;', 'cpus:2;ports:[30700-30999]']],
    [2, 'cpus:2; ports(web):[1-2]', ['cpus:2; ports(web):[1-2]', 'cpus:2; ports(web):[1-2]']],
    [2, '[{"name":"cpus"}]', ['[{"name":"cpus"}]', '[{"name":"cpus"}]']],
  ])('gives each of %i agents ports of its own, with with resources %j', (agents, resources, offered) => {
    const plans = planCluster({ ...options, agents, resources }, (name) => name).filter(
      ({ stopStage }) => stopStage === 1,
    );
    const flags = plans.map(({ args }) => args.find((arg) => arg.startsWith('--resources=')));
    expect(flags.map((flag) => flag?.slice('--resources='.length))).toEqual(offered);
  });

  test('reaches daemons that bind every address over the loopback address', () => {
    const plans = planCluster({ ...options, ip: '0.0.0.0' }, (name) => name);
    expect(plans.map(({ url }) => new URL(url).hostname)).toEqual(plans.map(() => '127.0.0.1'));
    expect(plans.find(({ name }) => name === 'marathon')?.args).toEqual(
      expect.arrayContaining(['--master=127.0.0.1:5050', '--http_address=0.0.0.0']),
    );
  });
});
