import { describe, expect, test } from 'vitest';
import { Resources } from '../../../sdk/v1/resources.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import type { Allocator } from './allocator.ts';
import { agentOf, allocatorOf, frameworkOf, randomOf } from './testing.ts';

/** Frameworks that launch one task of an offer and decline the rest, on a clock of their own. */
class Cluster {
  readonly allocator: Allocator;
  readonly #task: string;
  readonly #refuseMs: number;
  readonly #random = randomOf(7);
  readonly running = new Map<string, number>();
  /** What each framework was offered, oldest first. */
  readonly offered: string[] = [];
  #nowMs = 0;

  constructor(allocator: Allocator, task: string, refuseMs: number) {
    this.allocator = allocator;
    this.#task = task;
    this.#refuseMs = refuseMs;
  }

  /** Lets a second pass: offers of the moment first, then timers, then the periodic cycle. */
  tick(): void {
    this.#serve('pending');
    const endMs = this.#nowMs + 1_000;
    for (
      let wakeMs = this.allocator.nextWakeMs();
      wakeMs !== undefined && wakeMs < endMs;
      wakeMs = this.allocator.nextWakeMs()
    ) {
      this.#nowMs = Math.max(this.#nowMs, wakeMs);
      this.#serve('pending');
    }
    this.#nowMs = endMs;
    this.#serve('all');
  }

  end(frameworkId: string, agentId = 'agent'): void {
    this.running.set(frameworkId, (this.running.get(frameworkId) ?? 0) - 1);
    this.allocator.recover(frameworkId, agentId, parseResources(this.#task).allocate('*'));
  }

  launch(frameworkId: string, count: number): void {
    for (let n = 0; n < count; n++)
      this.allocator.charge(frameworkId, 'agent', parseResources(this.#task).allocate('*'));
    this.running.set(frameworkId, count);
  }

  #serve(scope: 'pending' | 'all'): void {
    let batch = this.allocator.allocate(this.#nowMs, this.#random, scope);
    while (batch.length > 0) {
      for (const { frameworkId, agentId, resources } of batch) {
        this.offered.push(frameworkId);
        const task = parseResources(this.#task).allocate('*');
        const fits = resources.contains(task);
        if (fits) this.running.set(frameworkId, (this.running.get(frameworkId) ?? 0) + 1);
        this.allocator.recover(frameworkId, agentId, fits ? resources.subtract(task) : resources, {
          refuseMs: this.#refuseMs,
          nowMs: this.#nowMs,
        });
      }
      batch = this.allocator.allocate(this.#nowMs, this.#random, 'pending');
    }
  }

  counts(): readonly number[] {
    return Array.from(this.running.values());
  }
}

// Agent: 6 cpus, 6762 MB. A task of 0.5 cpus is 0.5/6 = 8.333 % of the cpus and 512/6762 = 7.572 % of the memory, so cpus are
// dominant, 12 tasks fill the agent, and an even split is 4 tasks each: 4 * 8.333 % = 33.333 %.
const tutorialAgent = 'cpus:6;mem:6762;disk:13483;ports:[31000-32000]';
const tutorialTask = 'cpus:0.5;mem:512';

function tutorial(refuseMs: number): Cluster {
  const allocator = allocatorOf();
  allocator.addAgent(agentOf('agent', tutorialAgent));
  const cluster = new Cluster(allocator, tutorialTask, refuseMs);
  return cluster;
}

function share(allocator: Allocator, tasks: number): number {
  return (tasks * 500) / (allocator.figures().total.get('cpus') ?? Number.NaN);
}

describe('three frameworks on one agent', () => {
  test.each([0, 5_000, 30_000])('end with four tasks each when they refuse the rest for %d ms', (refuseMs) => {
    const cluster = tutorial(refuseMs);
    for (const id of ['a', 'b', 'c']) cluster.allocator.addFramework(frameworkOf(id, ['*']));
    for (let n = 0; n < 200; n++) cluster.tick();
    expect(cluster.counts()).toEqual([4, 4, 4]);
    expect(share(cluster.allocator, 4)).toBeCloseTo(0.33333, 5);
    expect(cluster.allocator.figures().dominantShares.get('*')).toBe(1);
  });

  test('a swing to 4, 5, 3 comes back as tasks end', () => {
    // Shares 4 * 8.333 = 33.333 %, 5 * 8.333 = 41.667 %, 3 * 8.333 = 25 %.
    const cluster = tutorial(5_000);
    for (const id of ['a', 'b', 'c']) cluster.allocator.addFramework(frameworkOf(id, ['*']));
    for (const [id, count] of Object.entries({ a: 4, b: 5, c: 3 })) cluster.launch(id, count);
    cluster.tick();
    expect(cluster.counts()).toEqual([4, 5, 3]);
    expect(share(cluster.allocator, 5)).toBeCloseTo(0.41667, 5);
    // A task of b ends: 33.333, 33.333, 25 %. The freed half cpu goes to c, whose share is the smallest.
    cluster.end('b');
    cluster.tick();
    expect(cluster.counts()).toEqual([4, 4, 4]);
  });

  test('that all end tasks keep within one task of each other', () => {
    const cluster = tutorial(5_000);
    for (const id of ['a', 'b', 'c']) cluster.allocator.addFramework(frameworkOf(id, ['*']));
    for (let n = 0; n < 200; n++) cluster.tick();
    const random = randomOf(3);
    for (let n = 0; n < 100; n++) {
      const running = [...cluster.running.keys()].filter((id) => (cluster.running.get(id) ?? 0) > 0);
      cluster.end(running[random(running.length)] as string);
      cluster.tick();
    }
    for (let n = 0; n < 200; n++) cluster.tick();
    const counts = cluster.counts();
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
  });
});

describe('dominant resource fairness', () => {
  /** Serves each agent of a row in turn and tells who got it. */
  function served(allocator: Allocator, agents: number, resources: string): string[] {
    const result: string[] = [];
    for (let n = 0; n < agents; n++) {
      allocator.addAgent(agentOf(`agent${n}`, resources));
      for (const { frameworkId } of allocator.allocate(0, randomOf(1), 'pending')) result.push(frameworkId);
    }
    return result;
  }

  function count(list: readonly string[], item: string): number {
    return list.filter((one) => one === item).length;
  }

  test('a role with weight 2 gets twice as much', () => {
    const allocator = allocatorOf();
    allocator.updateWeights([['heavy', 2]]);
    allocator.addFramework(frameworkOf('h', ['heavy']));
    allocator.addFramework(frameworkOf('l', ['light']));
    const result = served(allocator, 30, 'cpus:1;mem:100');
    expect([count(result, 'h'), count(result, 'l')]).toEqual([20, 10]);
  });

  test('roles compete within their parent', () => {
    // x and y have a half each; within x, x itself and x/1 have a quarter each.
    const allocator = allocatorOf();
    for (const role of ['x', 'x/1', 'y']) allocator.addFramework(frameworkOf(role, [role]));
    const result = served(allocator, 40, 'cpus:1;mem:100');
    expect(['x', 'x/1', 'y'].map((role) => count(result, role))).toEqual([10, 10, 20]);
    allocator.updateWeights([['x/1', 3]]);
    const more = served(allocatorWithWeights(), 40, 'cpus:1;mem:100');
    expect(['x', 'x/1', 'y'].map((role) => count(more, role))).toEqual([5, 15, 20]);
  });

  function allocatorWithWeights(): Allocator {
    const allocator = allocatorOf();
    allocator.updateWeights([['x/1', 3]]);
    for (const role of ['x', 'x/1', 'y']) allocator.addFramework(frameworkOf(role, [role]));
    return allocator;
  }

  test('the scarcest resource counts, unless it is excluded', () => {
    // m holds half of all memory, c a quarter of all cpus: c is served first. Without memory, m holds an eighth of the cpus.
    const serve = (excluded: readonly string[]): string | undefined => {
      const allocator = allocatorOf({ excludedFromShare: new Set(excluded) });
      allocator.addAgent(agentOf('big', 'cpus:8;mem:1000'));
      allocator.setAgentActive('big', false);
      allocator.charge('m', 'big', parseResources('cpus:1;mem:500').allocate('*'));
      allocator.charge('c', 'big', parseResources('cpus:2;mem:100').allocate('*'));
      for (const id of ['c', 'm']) allocator.addFramework(frameworkOf(id, ['*']));
      allocator.addAgent(agentOf('small', 'cpus:0.1'));
      return allocator.allocate(0, randomOf(1), 'pending')[0]?.frameworkId;
    };
    expect(serve([])).toBe('c');
    expect(serve(['mem'])).toBe('m');
  });

  test('equal shares go to who was offered less often, then by name', () => {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:1'));
    for (const id of ['z', 'y', 'x']) allocator.addFramework(frameworkOf(id, ['*']));
    const order: string[] = [];
    for (let n = 0; n < 6; n++) {
      for (const { frameworkId, resources } of allocator.allocate(0, randomOf(1), 'all')) {
        order.push(frameworkId);
        allocator.recover(frameworkId, 'a', resources);
      }
    }
    expect(order).toEqual(['x', 'y', 'z', 'x', 'y', 'z']);
  });

  test('random sorters follow the weights', () => {
    const allocator = allocatorOf({ roleSorter: 'random', frameworkSorter: 'random' });
    allocator.updateWeights([['heavy', 3]]);
    allocator.addFramework(frameworkOf('h', ['heavy']));
    allocator.addFramework(frameworkOf('l', ['light']));
    let heavy = 0;
    const random = randomOf(5);
    allocator.addAgent(agentOf('a', 'cpus:1'));
    for (let n = 0; n < 2_000; n++) {
      for (const { frameworkId, resources } of allocator.allocate(0, random, 'all')) {
        if (frameworkId === 'h') heavy++;
        allocator.recover(frameworkId, 'a', resources);
      }
    }
    expect(heavy / 2_000).toBeGreaterThan(0.7);
    expect(heavy / 2_000).toBeLessThan(0.8);
  });
});

test('nobody starves: whoever does not refuse is offered something, however many others come and go', () => {
  const allocator = allocatorOf();
  for (let n = 0; n < 20; n++) allocator.addAgent(agentOf(`agent${n}`, 'cpus:4;mem:4096'));
  const random = randomOf(11);
  for (let n = 0; n < 50; n++) allocator.addFramework(frameworkOf(`f${n}`, [`role${n % 5}`]));
  const seen = new Set<string>();
  for (let cycle = 0; cycle < 60; cycle++) {
    for (const { frameworkId, agentId, resources } of allocator.allocate(cycle * 1_000, random, 'all')) {
      seen.add(frameworkId);
      allocator.recover(frameworkId, agentId, resources, { refuseMs: 5_000, nowMs: cycle * 1_000 });
    }
  }
  expect(seen.size).toBe(50);
  expect(Resources.sum(Array.from({ length: 20 }, (_, n) => allocator.available(`agent${n}`))).scalar('cpus')).toBe(80);
});
