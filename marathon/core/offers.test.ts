import { describe, expect, test } from 'vitest';
import { Harness, type HarnessAgent, testApp } from './testing/harness.ts';

const SMALL: HarnessAgent = { id: 'agent-1', host: 'one.example', cpus: 1, mem: 128, ports: [31_000, 31_001] };

function accepts(harness: Harness) {
  return harness.calls.filter((call) => call.type === 'ACCEPT').map((call) => call.accept);
}

describe('offers', () => {
  test('carry several launches of several apps, spread over the agents', () => {
    const harness = new Harness().start();
    harness.put(testApp('/one', { instances: 4 }));
    harness.put(testApp('/two', { instances: 2 }));
    harness.offerAll();
    const launches = accepts(harness).map((accept) => accept?.operations?.[0]?.launch?.task_infos?.length);
    expect(launches).toEqual([3, 3]);
  });

  test('are never overdrawn', () => {
    const harness = new Harness({ agents: [SMALL] }).start();
    harness.put(testApp('/web', { instances: 5, cpus: 0.4 }));
    harness.offerAll();
    // 0.4 + 0.4 of 1 cpu, and two ports
    expect(harness.tasksIn('TASK_STAGING')).toHaveLength(2);
    expect(accepts(harness)[0]?.filters?.refuse_seconds).toBe(0);
  });

  test('are declined for long and suppressed when nothing waits, revived at once when something does', () => {
    const harness = new Harness().start();
    expect(harness.calls.at(-1)?.type).toBe('SUPPRESS');
    harness.offerAll();
    expect(harness.calls.at(-1)?.decline?.filters?.refuse_seconds).toBe(120);
    harness.put(testApp('/web'));
    expect(harness.calls.at(-1)?.type).toBe('REVIVE');
  });

  test('that do not suit are counted by their first reason, and kept per agent', () => {
    const harness = new Harness({ agents: [SMALL] }).start();
    harness.put(testApp('/big', { cpus: 4, mem: 4096 }));
    harness.offerAll();
    harness.offerAll();
    const entry = harness.state.queue.get('/big');
    expect(entry?.statistics).toMatchObject({ processed: 2, unused: 2 });
    expect([...(entry?.statistics.rejected ?? [])]).toEqual([['InsufficientCpus', 2]]);
    expect(entry?.statistics.lastUnused.get('agent-1')?.reasons).toEqual(['InsufficientCpus', 'InsufficientMemory']);
    expect(harness.calls.at(-1)?.decline?.filters?.refuse_seconds).toBe(5);
  });

  test('of another role are not used', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { acceptedResourceRoles: ['prod'] }));
    harness.offerAll();
    expect([...(harness.state.queue.get('/web')?.statistics.rejected ?? [])]).toEqual([['UnfulfilledRole', 2]]);
  });

  test('give exactly the required ports', () => {
    const portDefinitions = [{ port: 31_500, protocol: 'tcp' as const, labels: {} }];
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 3, requirePorts: true, portDefinitions }));
    harness.offerAll();
    // One per agent: the port is taken there.
    expect(harness.tasksIn('TASK_STAGING')).toHaveLength(2);
    expect(harness.instances('/web').map((each) => each.task?.hostPorts)).toEqual([[31_500], [31_500], undefined]);
  });

  test('give dynamic ports that no other task has', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 20 }));
    harness.offerAll();
    const ports = harness.instances('/web').map((each) => `${each.agent?.host}:${each.task?.hostPorts[0]}`);
    expect(new Set(ports).size).toBe(20);
  });

  test('are recorded as instances before the ACCEPT leaves: a crash in between launches nothing twice', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.dropEffects = true;
    harness.offerAll();
    expect(harness.tasks.size).toBe(0);
    harness.crash();
    const [instance] = harness.instances('/web');
    // The master was asked, and knew of no such task: it is launched again, as the next incarnation, without delay.
    expect(instance).toMatchObject({ condition: 'Gone', incarnation: 1 });
    harness.converge();
    expect(harness.instances('/web')[0]).toMatchObject({ id: instance?.id, condition: 'Running', incarnation: 2 });
  });

  test('are spread by GROUP_BY over the racks', () => {
    const rack = (value: string) => [{ name: 'rack', type: 'TEXT' as const, text: { value } }];
    const agents: HarnessAgent[] = ['r1', 'r1', 'r2'].map((name, index) => ({
      ...SMALL,
      id: `agent-${index}`,
      host: `host-${index}`,
      cpus: 8,
      mem: 8192,
      ports: [31_000, 31_999],
      attributes: rack(name),
    }));
    const harness = new Harness({ agents }).start();
    harness.put(testApp('/web', { instances: 6, constraints: [['rack', 'GROUP_BY', '2']] }));
    harness.converge();
    const racks = harness.instances('/web').map((each) => each.agent?.attributes[0]?.text?.value);
    expect(racks.filter((name) => name === 'r1')).toHaveLength(3);
    expect(racks.filter((name) => name === 'r2')).toHaveLength(3);
  });
});
