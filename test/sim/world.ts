import type { NetworkFaults } from '../../sdk/testing/sim-network.ts';
import { SimNetwork } from '../../sdk/testing/sim-network.ts';
import type { CommitBoundary, ProcessHost } from '../../sdk/testing/sim-process.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';
import { Trace } from '../../sdk/testing/trace.ts';
import { HostClock, VirtualTime } from '../../sdk/testing/virtual-time.ts';
import type { MessageMediaType } from '../../sdk/v1/codec.ts';
import type { FaultProfile } from './fault-profile.ts';

/** Wall clock at the start of every simulation: a Sunday morning on which Central Europe goes to summer time. */
export const EPOCH_MS = Date.UTC(2026, 2, 29, 0, 0, 0);

/** An invariant does not hold. */
export class Violation extends Error {
  override name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

/** What all parts of one simulation share. */
export class World {
  readonly time = new VirtualTime();
  readonly random: SimRandom;
  readonly trace: Trace;
  readonly network: SimNetwork;
  readonly profile: FaultProfile;
  /** When set, messages pass the real codecs. */
  readonly mediaType: MessageMediaType | undefined;
  /** The second phase: nothing fails any more. */
  isCalm = false;
  readonly #onCrashed: (name: string) => void;
  readonly #powerless = new Set<string>();

  constructor(parts: {
    readonly random: SimRandom;
    readonly profile: FaultProfile;
    readonly print?: ((line: string) => void) | undefined;
    readonly onCrashed: (name: string) => void;
  }) {
    const { random, profile, print, onCrashed } = parts;
    this.random = random;
    this.profile = profile;
    this.trace = new Trace(print);
    this.network = new SimNetwork(this.time, random.fork('network'), profile.network);
    this.mediaType = random.pick([undefined, undefined, 'application/json', 'application/x-protobuf'] as const);
    this.#onCrashed = onCrashed;
  }

  /** @throws Violation always. */
  fail(invariant: string, detail: string): never {
    throw new Violation(invariant, detail);
  }

  /** The next end of a process is that of its machine: its peers hear nothing of it. */
  cutPower(name: string): void {
    this.#powerless.add(name);
  }

  /** A process has ended. */
  leave(name: string): void {
    if (this.#powerless.delete(name)) this.network.vanish(name);
    else this.network.leave(name);
  }

  /** Something for the trace. */
  note(host: string, what: string): void {
    this.trace.note(this.time.nowMs, host, what);
  }

  /** A host for a process of this name. */
  host(name: string): ProcessHost {
    const random = this.random.fork(name);
    const chances = random.fork('crashes');
    const drift = random.between(-200, 200);
    return {
      name,
      time: this.time,
      random,
      clock: new HostClock(this.time, EPOCH_MS + random.between(-500, 500), drift),
      trace: this.trace,
      commitMs: () => {
        const isSlow = !this.isCalm && random.chance(this.profile.slowCommitChance);
        return isSlow ? random.between(100, this.profile.slowCommitMs) : random.between(0.2, 3);
      },
      crashesAt: (_boundary: CommitBoundary) => !this.isCalm && chances.chance(this.profile.commitCrashChance),
      onCrashed: () => this.#onCrashed(name),
      onBug: (error) => this.fail('no step throws', `${name}: ${error instanceof Error ? error.stack : String(error)}`),
    };
  }

  /** The first phase is over: from now on nothing is lost. */
  calm(network: NetworkFaults): void {
    this.isCalm = true;
    this.network.faults = network;
    this.network.healAll();
  }
}
