import { describe, expect, test } from 'vitest';
import { AgentBench, testConfig } from '../testing/agent-bench.ts';
import { reconfigurationProblems } from './agent-info.ts';

describe('registration', () => {
  test('the first try comes at once, later ones after random pauses that grow', () => {
    const bench = new AgentBench();
    expect(bench.of('link.connect')).toHaveLength(1);
    const bounds = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
    for (const bound of bounds) {
      bench.post({ kind: 'link.closed', generation: bench.state.link.generation, reason: 'no' });
      expect(bench.timers.get('link.retry')).toBeLessThan(bound);
      bench.fire('link.retry');
    }
    const attempts = bench.of('link.connect').map(({ call }) => call.register?.hello.attempt ?? 0n);
    expect(attempts.every((attempt, index) => index === 0 || attempt > (attempts[index - 1] ?? 0n))).toBe(true);
    expect(new Set(bench.of('link.connect').map(({ call }) => call.register?.hello.registration_id)).size).toBe(1);
  });

  test('the id is kept, and attempts grow over restarts', () => {
    const bench = AgentBench.registered();
    const before = bench.state.link.starts;
    bench.restart([]);
    const call = bench.of('link.connect')[0]?.call;
    expect(call?.type).toBe('REREGISTER');
    expect(call?.reregister?.hello.agent_info.id?.value).toBe('S0');
    expect(call?.reregister?.hello.attempt).toBeGreaterThan(BigInt(before) * 2n ** 32n + 1_000n);
  });

  test('a master older than the newest seen is not obeyed, not even by a later process', () => {
    const bench = AgentBench.registered();
    bench.post({ kind: 'link.closed', generation: bench.state.link.generation, reason: 'gone' });
    bench.fire('link.retry');
    bench.register(5n);
    bench.restart([]);
    bench.take();
    bench.register(4n);
    expect(bench.of('link.close')).toHaveLength(1);
    expect(bench.state.link.phase).toBe('waiting');
    bench.link({ type: 'SHUTDOWN_FRAMEWORK', shutdown_framework: { framework_id: { value: 'F' } } });
    bench.fire('link.retry');
    bench.register(5n);
    expect(bench.state.link.phase).toBe('registered');
  });

  test('PING is answered; silence means another connection', () => {
    const bench = AgentBench.registered();
    bench.link({ type: 'PING', ping: { sequence: 3n } });
    expect(bench.calls()).toEqual([{ type: 'PONG', pong: { sequence: 3n } }]);
    expect(bench.timers.get('link.ping')).toBe(75_000);
    bench.fire('link.ping');
    expect(bench.of('link.close')).toHaveLength(1);
    expect(bench.timers.has('link.retry')).toBe(true);
  });

  test('events of an earlier stream are void', () => {
    const bench = AgentBench.registered();
    const event = { type: 'PING', ping: { sequence: 3n } } as const;
    bench.post({ kind: 'link.event', generation: bench.state.link.generation - 1, event });
    bench.post({ kind: 'link.closed', generation: bench.state.link.generation - 1, reason: 'late' });
    expect(bench.effects).toEqual([]);
  });

  test('refused for good ends the agent, refused for now does not', () => {
    const bench = new AgentBench();
    bench.link({ type: 'REFUSED', refused: { message: 'later', retry: true } });
    expect(bench.of('process.exit')).toEqual([]);
    bench.fire('link.retry');
    bench.link({ type: 'REFUSED', refused: { message: 'never', retry: false } });
    expect(bench.of('process.exit')).toMatchObject([{ code: 1 }]);
  });
});

describe('another start as another agent', () => {
  const { info } = testConfig();
  const more = [...(info.resources ?? []), { name: 'disk', type: 'SCALAR', scalar: { value: 1 } } as const];

  test('equal refuses any difference and names it', () => {
    expect(reconfigurationProblems(info, info, 'equal')).toEqual([]);
    expect(reconfigurationProblems(info, { ...info, resources: more }, 'equal')[0]).toContain('disk:1');
    const renamed = reconfigurationProblems(info, { ...info, hostname: 'other', port: 1 }, 'additive');
    expect(renamed).toEqual(['hostname: was localhost, now other', 'port: was 5051, now 1']);
  });

  test('additive lets resources and attributes be added, not taken away', () => {
    const attributes = [{ name: 'rack', type: 'TEXT', text: { value: 'r1' } } as const];
    expect(reconfigurationProblems(info, { ...info, resources: more, attributes }, 'additive')).toEqual([]);
    expect(reconfigurationProblems({ ...info, attributes }, info, 'additive')).toEqual([
      'attribute rack: was r1, now absent',
    ]);
    expect(reconfigurationProblems({ ...info, resources: more }, info, 'additive')).toHaveLength(1);
  });
});
