import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Resources } from '../../../sdk/v1/resources.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import type { Allocation, Allocator } from './allocator.ts';
import { agentOf, allocatorOf, frameworkOf, randomOf } from './testing.ts';

const totals = [
  'cpus:4;mem:4096;ports:[1-50]',
  'cpus:2;mem:64;cpus(a):4;mem(a/b):128',
  'mem:100;bugs:{x,y}',
  'cpus:1;gpus:2',
];
const roleSets = [['*'], ['a'], ['a/b'], ['a', 'c'], ['*', 'a/b']];
const agentIds = ['a0', 'a1', 'a2'];
const frameworkIds = ['f0', 'f1', 'f2'];

type Command =
  | { readonly kind: 'addAgent' | 'updateAgent'; readonly agent: number; readonly total: number }
  | { readonly kind: 'removeAgent' | 'toggleAgent'; readonly agent: number }
  | { readonly kind: 'addFramework'; readonly framework: number; readonly roles: number; readonly active: boolean }
  | { readonly kind: 'removeFramework' | 'suppress' | 'revive'; readonly framework: number }
  | { readonly kind: 'decline' | 'partly'; readonly pick: number; readonly refuseMs: number }
  | { readonly kind: 'finish'; readonly pick: number }
  | { readonly kind: 'allocate'; readonly all: boolean; readonly passMs: number };

const agent = fc.nat(agentIds.length - 1);
const framework = fc.nat(frameworkIds.length - 1);
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constantFrom('addAgent', 'updateAgent'), agent, total: fc.nat(totals.length - 1) }),
  fc.record({ kind: fc.constantFrom('removeAgent', 'toggleAgent'), agent }),
  fc.record({ kind: fc.constant('addFramework'), framework, roles: fc.nat(roleSets.length - 1), active: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('removeFramework', 'suppress', 'revive'), framework }),
  fc.record({ kind: fc.constantFrom('decline', 'partly'), pick: fc.nat(), refuseMs: fc.constantFrom(0, 500, 5_000) }),
  fc.record({ kind: fc.constant('finish'), pick: fc.nat() }),
  fc.record({ kind: fc.constant('allocate'), all: fc.boolean(), passMs: fc.constantFrom(0, 400, 3_000) }),
) as fc.Arbitrary<Command>;

/** What a master would know: who holds what, and who refused what until when. */
class Model {
  readonly allocator: Allocator = allocatorOf();
  readonly random = randomOf(1);
  readonly totals = new Map<string, Resources>();
  readonly frameworks = new Map<string, { readonly roles: readonly string[]; active: boolean }>();
  holdings: Allocation[] = [];
  refusals: { readonly held: Allocation; readonly untilMs: number }[] = [];
  readonly inactive = new Set<string>();
  readonly suppressed = new Set<string>();
  nowMs = 0;

  apply(command: Command): void {
    switch (command.kind) {
      case 'addAgent':
      case 'updateAgent':
      case 'removeAgent':
      case 'toggleAgent':
        this.#applyToAgent(agentIds[command.agent] as string, command);
        break;
      case 'addFramework':
      case 'removeFramework':
      case 'suppress':
      case 'revive':
        this.#applyToFramework(frameworkIds[command.framework] as string, command);
        break;
      case 'decline':
      case 'partly':
      case 'finish':
        this.#giveBack(command);
        break;
      case 'allocate':
        this.nowMs += command.passMs;
        this.#allocate(command.all ? 'all' : 'pending');
    }
    this.#check();
  }

  #applyToAgent(id: string, command: Command): void {
    if (command.kind === 'removeAgent') {
      this.allocator.removeAgent(id);
      this.totals.delete(id);
      this.inactive.delete(id);
      this.#forget(({ agentId }) => agentId === id);
    } else if (command.kind === 'addAgent' && !this.totals.has(id)) {
      const description = agentOf(id, totals[command.total] as string);
      this.totals.set(id, description.total);
      this.allocator.addAgent(description);
    } else if (command.kind === 'updateAgent' && this.totals.has(id)) {
      // Growth only: a total that shrinks below what is charged may be exceeded for a while.
      const total = (this.totals.get(id) as Resources).add(parseResources(totals[command.total] as string));
      this.totals.set(id, total);
      this.allocator.updateAgent(agentOf(id, total));
    } else if (command.kind === 'toggleAgent' && this.totals.has(id)) {
      if (!this.inactive.delete(id)) this.inactive.add(id);
      this.allocator.setAgentActive(id, !this.inactive.has(id));
    }
  }

  #applyToFramework(id: string, command: Command): void {
    const known = this.frameworks.get(id);
    if (command.kind === 'addFramework') {
      const roles = roleSets[command.roles] as readonly string[];
      this.frameworks.set(id, { roles, active: command.active });
      this.allocator.addFramework(frameworkOf(id, roles, { active: command.active }));
      // An update that leaves out a suppressed role revives it.
      const revived = this.suppressed.delete(id);
      const keep = ({ role }: Allocation): boolean =>
        roles.includes(role) && command.active && known?.active === true && !revived;
      this.refusals = this.refusals.filter(({ held }) => held.frameworkId !== id || keep(held));
    } else if (known !== undefined && command.kind === 'removeFramework') {
      this.frameworks.delete(id);
      this.suppressed.delete(id);
      this.allocator.removeFramework(id);
      this.#forget(({ frameworkId }) => frameworkId === id);
    } else if (known !== undefined && command.kind === 'suppress') {
      this.suppressed.add(id);
      this.allocator.suppress(id, []);
    } else if (known !== undefined && command.kind === 'revive') {
      this.suppressed.delete(id);
      this.allocator.revive(id, []);
      this.refusals = this.refusals.filter(({ held }) => held.frameworkId !== id);
    }
  }

  #forget(gone: (held: Allocation) => boolean): void {
    this.holdings = this.holdings.filter((held) => !gone(held));
    this.refusals = this.refusals.filter(({ held }) => !gone(held));
  }

  #giveBack(command: Extract<Command, { readonly pick: number }>): void {
    if (this.holdings.length === 0) return;
    const [held] = this.holdings.splice(command.pick % this.holdings.length, 1) as [Allocation];
    const { frameworkId, agentId, role } = held;
    if (command.kind === 'finish') {
      this.allocator.recover(frameworkId, agentId, held.resources);
      return;
    }
    const kept = command.kind === 'partly' ? held.resources.scalars('cpus') : Resources.empty;
    const declined = held.resources.subtract(kept);
    if (!kept.isEmpty) this.holdings.push({ ...held, resources: kept });
    this.allocator.recover(frameworkId, agentId, declined, { refuseMs: command.refuseMs, nowMs: this.nowMs });
    const { roles, active } = this.frameworks.get(frameworkId) ?? { roles: [], active: false };
    if (command.refuseMs === 0 || declined.isEmpty || !active || !roles.includes(role)) return;
    if (this.suppressed.has(frameworkId)) return;
    this.refusals.push({
      held: { ...held, resources: declined.unallocate() },
      untilMs: this.nowMs + Math.max(1_000, command.refuseMs),
    });
  }

  #allocate(scope: 'all' | 'pending'): void {
    this.refusals = this.refusals.filter(({ untilMs }) => untilMs > this.nowMs);
    for (const allocation of this.allocator.allocate(this.nowMs, this.random, scope)) {
      const { frameworkId, agentId, role, resources } = allocation;
      expect(this.frameworks.get(frameworkId)?.active).toBe(true);
      expect(this.frameworks.get(frameworkId)?.roles).toContain(role);
      expect(this.suppressed.has(frameworkId)).toBe(false);
      expect(this.inactive.has(agentId)).toBe(false);
      const free = resources.unallocate();
      expect(free.allocatableTo(role).equals(free)).toBe(true);
      expect(this.#isRefused(frameworkId, agentId, role, free)).toBe(false);
      this.holdings.push(allocation);
    }
    if (scope === 'all') this.#checkNothingIsLeft();
  }

  #isRefused(frameworkId: string, agentId: string, role: string, resources: Resources): boolean {
    return this.refusals.some(
      ({ held }) =>
        held.frameworkId === frameworkId &&
        held.agentId === agentId &&
        held.role === role &&
        held.resources.contains(resources),
    );
  }

  /** After a full cycle whatever is still free is too little, or refused by everybody who may have it. */
  #checkNothingIsLeft(): void {
    for (const [agentId, total] of this.totals) {
      if (this.inactive.has(agentId) || total.scalar('gpus') > 0) continue;
      for (const [id, { roles, active }] of this.frameworks) {
        if (!active || this.suppressed.has(id)) continue;
        for (const role of roles) {
          const free = this.allocator.available(agentId).allocatableTo(role);
          if (free.scalar('cpus') < 0.01 && free.scalar('mem') < 32) continue;
          expect(this.#isRefused(id, agentId, role, free)).toBe(true);
        }
      }
    }
  }

  /** Each resource is held at most once, and what is not held is free. */
  #check(): void {
    for (const [id, total] of this.totals) {
      const held = this.holdings.filter(({ agentId }) => agentId === id).map(({ resources }) => resources.unallocate());
      let free = total;
      for (const resources of held) {
        expect(free.contains(resources)).toBe(true);
        free = free.subtract(resources);
      }
      expect(this.allocator.available(id).equals(free)).toBe(true);
    }
  }
}

test('whatever happens, nothing is offered twice, to nobody who may not have it or refused it, and no unit is lost', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { minLength: 20, maxLength: 80 }), (commands) => {
      const model = new Model();
      for (const command of commands) model.apply(command);
    }),
    { numRuns: 1000 },
  );
});
