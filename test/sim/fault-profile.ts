import { CALM_NETWORK, type NetworkFaults } from '../../sdk/testing/sim-network.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';

/** Kinds of faults; each can be left out of a run. */
export const FAULT_KINDS = [
  'network',
  'partitions',
  'crashes',
  'commit-crashes',
  'slow-stores',
  'clock-steps',
  'task-failures',
  'launch-failures',
  'reboots',
  'drains',
  'sickness',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** How one run misbehaves. Chances of events are mean intervals in virtual milliseconds; undefined is never. */
export interface FaultProfile {
  /** The kinds that are on. */
  readonly kinds: ReadonlySet<FaultKind>;
  readonly network: NetworkFaults;
  readonly slowCommitChance: number;
  readonly slowCommitMs: number;
  readonly commitCrashChance: number;
  readonly crashEveryMs: number | undefined;
  readonly partitionEveryMs: number | undefined;
  readonly clockStepEveryMs: number | undefined;
  readonly rebootEveryMs: number | undefined;
  readonly drainEveryMs: number | undefined;
  readonly sickenEveryMs: number | undefined;
  /** A task that is made to fail at random does so with this chance. */
  readonly taskFailChance: number;
  readonly launchFailChance: number;
  /** Length of the first phase. */
  readonly faultyMs: number;
}

/**
 * Draws what goes wrong in a run: of each kind nothing in some seeds, little or much in others, because some bugs hide behind the noise
 * of other faults.
 *
 * @param without kinds that are left out; everything else stays as the seed has it.
 */
export function drawProfile(random: SimRandom, without: ReadonlySet<string>): FaultProfile {
  const kinds = new Set<FaultKind>();
  const draw = (kind: FaultKind, chance: number): boolean => {
    const isOn = random.fork(kind).chance(chance) && !without.has(kind);
    if (isOn) kinds.add(kind);
    return isOn;
  };
  const every = (kind: FaultKind, chance: number, lowMs: number, highMs: number): number | undefined =>
    draw(kind, chance) ? random.fork(`${kind} every`).between(lowMs, highMs) : undefined;
  const chanceOf = (kind: FaultKind, chance: number, low: number, high: number): number =>
    draw(kind, chance) ? random.fork(`${kind} chance`).between(low, high) : 0;
  return {
    network: draw('network', 0.8) ? drawNetwork(random.fork('network faults')) : CALM_NETWORK,
    slowCommitChance: chanceOf('slow-stores', 0.5, 0.01, 0.2),
    slowCommitMs: random.fork('slow-stores').between(200, 5_000),
    commitCrashChance: chanceOf('commit-crashes', 0.6, 0.0005, 0.01),
    crashEveryMs: every('crashes', 0.7, 4_000, 60_000),
    partitionEveryMs: every('partitions', 0.6, 5_000, 60_000),
    clockStepEveryMs: every('clock-steps', 0.4, 20_000, 120_000),
    rebootEveryMs: every('reboots', 0.4, 30_000, 150_000),
    drainEveryMs: every('drains', 0.3, 40_000, 150_000),
    sickenEveryMs: every('sickness', 0.5, 1_000, 20_000),
    taskFailChance: chanceOf('task-failures', 0.7, 0.02, 0.4),
    launchFailChance: chanceOf('launch-failures', 0.5, 0.01, 0.2),
    faultyMs: random.fork('length').between(60_000, 300_000),
    kinds,
  };
}

function drawNetwork(random: SimRandom): NetworkFaults {
  const often = random.pick([0, 0.0005, 0.005, 0.02]);
  return {
    latencyMs: [0.1, random.pick([0.5, 2, 20, 200])],
    slowChance: random.pick([0, 0.005, 0.05]),
    slowMs: random.pick([500, 5_000, 25_000]),
    breakChance: often,
    stallChance: random.pick([0, 0, 0.0001, 0.001]),
    repeatChance: random.pick([0, 0.01, 0.1]),
  };
}
