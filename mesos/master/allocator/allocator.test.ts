import { describe, expect, test } from 'vitest';
import { Resources } from '../../../sdk/v1/resources.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import type { Allocation, Allocator } from './allocator.ts';
import { agentOf, allocatorOf, frameworkOf, randomOf } from './testing.ts';

const random = randomOf(1);

function offers(allocator: Allocator, nowMs = 0, scope: 'pending' | 'all' = 'pending'): string[] {
  return allocator.allocate(nowMs, random, scope).map(describeOffer).sort();
}

function describeOffer({ frameworkId, role, agentId, resources }: Allocation): string {
  return `${agentId} to ${frameworkId}/${role}: ${resources.unallocate()}`;
}

function allocated(text: string, role: string): Resources {
  return parseResources(text).allocate(role);
}

describe('offers', () => {
  test('an agent goes whole to one framework, charged until it comes back', () => {
    const allocator = allocatorOf();
    allocator.addFramework(frameworkOf('f', ['*']));
    allocator.addAgent(agentOf('a', 'cpus:4;mem:1024;ports:[1-9]'));
    expect(allocator.pending).toBe(true);
    expect(offers(allocator)).toEqual(['a to f/*: cpus:4; mem:1024; ports:[1-9]']);
    expect(allocator.pending).toBe(false);
    expect(offers(allocator, 0, 'all')).toEqual([]);

    allocator.recover('f', 'a', allocated('cpus:1;mem:100', '*'));
    expect(offers(allocator)).toEqual(['a to f/*: cpus:1; mem:100']);
  });

  test('role spark gets its static reservation and the unreserved, others the unreserved alone', () => {
    // --resources="cpus:4;mem:2048;cpus(spark):8;mem(spark):4096"
    const agent = agentOf('a', 'cpus:4;mem:2048;cpus(spark):8;mem(spark):4096');
    const total = (allocations: Allocation[]): number[][] =>
      allocations.map(({ resources }) => [resources.scalar('cpus'), resources.scalar('mem')]);

    const forSpark = allocatorOf();
    forSpark.addAgent(agent);
    forSpark.addFramework(frameworkOf('f', ['spark']));
    expect(total(forSpark.allocate(0, random, 'pending'))).toEqual([[12, 6144]]);

    const forOthers = allocatorOf();
    forOthers.addAgent(agent);
    forOthers.addFramework(frameworkOf('f', ['*']));
    expect(total(forOthers.allocate(0, random, 'pending'))).toEqual([[4, 2048]]);

    const forBoth = allocatorOf();
    forBoth.addAgent(agent);
    forBoth.addFramework(frameworkOf('f', ['web']));
    expect(total(forBoth.allocate(0, random, 'pending'))).toEqual([[4, 2048]]);
    forBoth.addFramework(frameworkOf('g', ['spark/stream']));
    expect(total(forBoth.allocate(0, random, 'pending'))).toEqual([[8, 4096]]);
  });

  test('what is below the minimum is not offered; a framework may set its own', () => {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:0.009;mem:31;disk:1000'));
    allocator.addAgent(agentOf('b', 'mem:32'));
    allocator.addFramework(frameworkOf('f', ['*']));
    expect(offers(allocator)).toEqual(['b to f/*: mem:32']);
    const minAllocatable = new Map([['x', [new Map([['disk', 500_000]])]]]);
    allocator.addFramework(frameworkOf('g', ['x'], { minAllocatable }));
    expect(offers(allocator)).toEqual(['a to g/x: cpus:0.009; mem:31; disk:1000']);
  });

  test('what a framework cannot bear is left out', () => {
    const revocable = parseResources('cpus:2')
      .toProto()
      .map((resource) => ({ ...resource, revocable: {} }));
    const all = parseResources('cpus:1').add(Resources.fromProto(revocable));
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', all));
    allocator.addAgent(agentOf('gpu', 'cpus:1;gpus:1'));
    allocator.addAgent(agentOf('far', 'cpus:1', { domain: domainOf('elsewhere') }));
    allocator.addAgent(agentOf('old', 'cpus:1', { multiRole: false }));
    allocator.addFramework(frameworkOf('f', ['*']));
    expect(offers(allocator)).toEqual(['a to f/*: cpus:1']);
    allocator.addFramework(
      frameworkOf('g', ['*'], {
        capabilities: { revocableResources: true, gpuResources: true, regionAware: true, multiRole: false },
      }),
    );
    expect(offers(allocator)).toEqual([
      'a to g/*: cpus{REV}:2',
      'far to g/*: cpus:1',
      'gpu to g/*: cpus:1; gpus:1',
      'old to g/*: cpus:1',
    ]);
  });

  test('refined reservations need RESERVATION_REFINEMENT', () => {
    const [cpus] = parseResources('cpus:1').toProto();
    const reservations = [
      { type: 'STATIC' as const, role: 'a' },
      { type: 'DYNAMIC' as const, role: 'a/b' },
    ];
    const refined = Resources.fromProto([{ ...(cpus as NonNullable<typeof cpus>), reservations }]);
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('x', refined));
    allocator.addFramework(frameworkOf('old', ['a/b']));
    expect(offers(allocator)).toEqual([]);
    allocator.addFramework(frameworkOf('new', ['a/b'], { capabilities: { reservationRefinement: true } }));
    expect(offers(allocator)).toHaveLength(1);
  });

  test('inactive agents, agents off the whitelist and inactive frameworks get none', () => {
    const allocator = allocatorOf();
    allocator.addFramework(frameworkOf('f', ['*'], { active: false }));
    allocator.addAgent(agentOf('a', 'cpus:1'));
    allocator.addAgent(agentOf('b', 'cpus:1'));
    allocator.setAgentActive('b', false);
    expect(offers(allocator)).toEqual([]);
    allocator.setWhitelist(new Set(['b.example']));
    allocator.setFrameworkActive('f', true);
    expect(offers(allocator)).toEqual([]);
    allocator.setAgentActive('b', true);
    expect(offers(allocator)).toEqual(['b to f/*: cpus:1']);
    allocator.setWhitelist(undefined);
    expect(offers(allocator)).toEqual(['a to f/*: cpus:1']);
  });
});

describe('refusals', () => {
  function declined(refuseMs: number): Allocator {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:4;mem:1024'));
    allocator.addFramework(frameworkOf('f', ['*']));
    for (const { resources } of allocator.allocate(0, random, 'pending')) {
      allocator.recover('f', 'a', resources, { refuseMs, nowMs: 0 });
    }
    return allocator;
  }

  test('a filter holds until its time, and then the offer comes without waiting for a cycle', () => {
    const allocator = declined(5_000);
    expect(offers(allocator)).toEqual([]);
    expect(offers(allocator, 4_999, 'all')).toEqual([]);
    expect(allocator.nextWakeMs()).toBe(5_000);
    expect(allocator.figures().activeFilters.get('*')).toBe(1);
    expect(offers(allocator, 5_000)).toHaveLength(1);
    expect(allocator.nextWakeMs()).toBeUndefined();
  });

  test('a filter lasts at least one allocation interval', () => {
    expect(declined(10).nextWakeMs()).toBe(1_000);
  });

  test('without a filter the same framework is asked in the next cycle, others at once', () => {
    const allocator = declined(0);
    expect(offers(allocator)).toEqual([]);
    allocator.addFramework(frameworkOf('g', ['*']));
    expect(offers(allocator)).toEqual(['a to g/*: cpus:4; mem:1024']);
    allocator.recover('g', 'a', allocated('cpus:4;mem:1024', '*'), { refuseMs: 0, nowMs: 0 });
    expect(offers(allocator)).toEqual([]);
    expect(offers(allocator, 900, 'all')).toHaveLength(1);
  });

  test('a hold until the next cycle does not shorten an older filter', () => {
    const allocator = declined(60_000);
    allocator.updateAgent(agentOf('a', 'cpus:5;mem:1024'));
    const [offer] = allocator.allocate(0, random, 'pending');
    expect(offer?.resources.scalar('cpus')).toBe(5);
    allocator.recover('f', 'a', (offer as Allocation).resources, { refuseMs: 0, nowMs: 0 });
    allocator.charge('g', 'a', allocated('cpus:1', '*'));
    expect(offers(allocator, 1_000, 'all')).toEqual([]);
  });

  test('more than was refused is offered again', () => {
    const allocator = declined(5_000);
    allocator.updateAgent(agentOf('a', 'cpus:4;mem:1025'));
    expect(offers(allocator)).toHaveLength(1);
  });

  test('the filter is of one role', () => {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:4'));
    allocator.addFramework(frameworkOf('f', ['x', 'y']));
    expect(offers(allocator)).toEqual(['a to f/x: cpus:4']);
    allocator.recover('f', 'a', allocated('cpus:4', 'x'), { refuseMs: 5_000, nowMs: 0 });
    expect(offers(allocator)).toEqual(['a to f/y: cpus:4']);
  });

  test('revive forgets filters and suppression at once', () => {
    const allocator = declined(5_000);
    allocator.suppress('f', []);
    allocator.revive('f', []);
    expect(offers(allocator)).toHaveLength(1);
    allocator.suppress('f', ['other']);
    allocator.recover('f', 'a', allocated('cpus:4;mem:1024', '*'));
    expect(offers(allocator)).toHaveLength(1);
    allocator.suppress('f', ['*']);
    allocator.recover('f', 'a', allocated('cpus:4;mem:1024', '*'));
    expect(offers(allocator, 0, 'all')).toEqual([]);
  });

  test('a suppressed role is served again by an update that leaves it out', () => {
    const allocator = declined(5_000);
    allocator.updateFramework(frameworkOf('f', ['*'], { suppressedRoles: new Set(['*']) }));
    expect(offers(allocator, 9_000, 'all')).toEqual([]);
    allocator.updateFramework(frameworkOf('f', ['*']));
    expect(offers(allocator, 9_000)).toHaveLength(1);
  });
});

describe('accounts', () => {
  test('what agents report for a framework is charged to it when it comes', () => {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:4'), new Map([['f', allocated('cpus:3', 'x')]]));
    allocator.addFramework(frameworkOf('f', ['y']));
    expect(allocator.figures().dominantShares).toEqual(
      new Map([
        ['x', 0.75],
        ['y', 0],
      ]),
    );
    expect(offers(allocator)).toEqual(['a to f/y: cpus:1']);
    allocator.recover('f', 'a', allocated('cpus:3', 'x'));
    // The framework is not in role x: the role is gone with its last resources.
    expect([...allocator.figures().dominantShares.keys()]).toEqual(['y']);
    expect(offers(allocator)).toEqual(['a to f/y: cpus:3']);
  });

  test('a removed framework gives everything back, and late news of it do no harm', () => {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:4'));
    allocator.addFramework(frameworkOf('f', ['*']));
    allocator.addFramework(frameworkOf('g', ['*']));
    expect(offers(allocator)).toEqual(['a to f/*: cpus:4']);
    allocator.removeFramework('f');
    allocator.recover('f', 'a', allocated('cpus:4', '*'));
    expect(offers(allocator)).toEqual(['a to g/*: cpus:4']);
  });

  test('a removed agent takes its charges and filters with it', () => {
    const allocator = allocatorOf();
    allocator.addFramework(frameworkOf('f', ['*']));
    allocator.addAgent(agentOf('a', 'cpus:4'));
    allocator.addAgent(agentOf('b', 'cpus:4'));
    for (const { agentId, resources } of allocator.allocate(0, random, 'pending')) {
      if (agentId === 'a') allocator.recover('f', 'a', resources, { refuseMs: 5_000, nowMs: 0 });
    }
    allocator.removeAgent('a');
    allocator.removeAgent('b');
    allocator.recover('f', 'b', allocated('cpus:4', '*'));
    expect(allocator.nextWakeMs()).toBeUndefined();
    expect(allocator.figures()).toMatchObject({ total: new Map(), offeredOrAllocated: new Map() });
    allocator.addAgent(agentOf('a', 'cpus:4'));
    expect(offers(allocator)).toEqual(['a to f/*: cpus:4']);
  });

  test('an operation that converts resources moves charge and total', () => {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:4'));
    allocator.addFramework(frameworkOf('f', ['x']));
    allocator.addFramework(frameworkOf('g', ['y']));
    expect(offers(allocator)).toEqual(['a to f/x: cpus:4']);
    allocator.updateAllocation('f', 'a', allocated('cpus:3', 'x'), allocated('cpus(x):3', 'x'));
    allocator.recover('f', 'a', allocated('cpus:1;cpus(x):3', 'x'), { refuseMs: 5_000, nowMs: 0 });
    expect(offers(allocator)).toEqual(['a to g/y: cpus:1']);
    expect(allocator.figures().total.get('cpus')).toBe(4_000);
  });

  test('giving back what one does not hold is a bug and says so', () => {
    const allocator = allocatorOf();
    allocator.addAgent(agentOf('a', 'cpus:4'));
    allocator.addFramework(frameworkOf('f', ['*']));
    expect(() => allocator.recover('f', 'a', allocated('cpus:4', '*'))).toThrow('is not charged to framework f');
  });
});

function domainOf(region: string) {
  return { fault_domain: { region: { name: region }, zone: { name: 'z' } } };
}
