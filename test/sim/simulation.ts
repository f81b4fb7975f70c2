import { CALM_NETWORK } from '../../sdk/testing/sim-network.ts';
import { SimRandom } from '../../sdk/testing/sim-random.ts';
import { audit } from './auditor.ts';
import { Cluster } from './cluster.ts';
import { overslept, unsettled } from './convergence.ts';
import { drawProfile, type FaultKind } from './fault-profile.ts';
import { Violation } from './world.ts';

/** What is run. */
export interface SimulationOptions {
  readonly seed: number;
  /** Default 20. */
  readonly agents?: number | undefined;
  /** Kinds of faults that are left out. */
  readonly without?: ReadonlySet<string> | undefined;
  /** Called with each line of what happens. */
  readonly print?: ((line: string) => void) | undefined;
}

/** What came of it. */
export interface SimulationResult {
  readonly seed: number;
  readonly failure: { readonly invariant: string; readonly message: string; readonly stack: string } | undefined;
  /** Virtual milliseconds. */
  readonly simulatedMs: number;
  /** Virtual milliseconds from the end of all work until all was quiet. */
  readonly settledMs: number | undefined;
  /** The last thing that was waited for. */
  readonly lastWait: string | undefined;
  /** Things that happened. */
  readonly events: number;
  /** Equal for equal runs. */
  readonly hash: string;
  /** Newest lines of the trace. */
  readonly tail: readonly string[];
  /** Kinds of faults that were on. */
  readonly kinds: readonly FaultKind[];
}

/** While nothing fails any more jobs go on for this long; then they are deleted. */
const CALM_WORK_MS = 120_000;
/**
 * All must be quiet at most this long after faults end: a dead connection takes a kernel a quarter of an hour, a framework that nobody
 * misses and an update that was often repeated ten minutes.
 */
const LIVENESS_MS = 1_500_000;
/** And stay so for this long. */
const QUIET_MS = 45_000;
const LOOK_MS = 5_000;
const TAIL = 60;

/** Runs one seed: faults first, then peace, in which everything must come right. */
export function simulate(options: SimulationOptions): SimulationResult {
  const random = new SimRandom(options.seed);
  const profile = drawProfile(random.fork('profile'), options.without ?? new Set());
  const cluster = new Cluster({ random, profile, agents: options.agents ?? 20, print: options.print });
  let failure: SimulationResult['failure'];
  let settled: Settled | undefined;
  try {
    settled = runPhases(cluster);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const invariant = error instanceof Violation ? error.invariant : 'the simulation itself';
    failure = { invariant, message: error.message, stack: error.stack ?? '' };
  }
  const { time, trace } = cluster.world;
  return {
    seed: options.seed,
    failure,
    simulatedMs: time.nowMs,
    settledMs: settled?.afterMs,
    lastWait: settled?.lastWait,
    events: time.happened,
    hash: trace.hash,
    tail: trace.tail(TAIL),
    kinds: [...profile.kinds],
  };
}

interface Settled {
  readonly afterMs: number;
  readonly lastWait: string | undefined;
}

function runPhases(cluster: Cluster): Settled {
  const { world } = cluster;
  const { time } = world;
  cluster.start();
  time.runUntil(world.profile.faultyMs);
  world.note('world', 'calm');
  world.calm(CALM_NETWORK);
  cluster.faults.startAll();
  time.runUntil(time.nowMs + CALM_WORK_MS);
  cluster.ledger.checkGaps();
  const late = overslept(cluster);
  if (late !== undefined) world.fail('Chronos does its work in time', late);
  cluster.chronosUser.deleteAll();
  const endMs = time.nowMs + LIVENESS_MS;
  const startMs = time.nowMs;
  let lastWait: string | undefined;
  let quietSinceMs: number | undefined;
  while (quietSinceMs === undefined || time.nowMs - quietSinceMs < QUIET_MS) {
    time.runUntil(time.nowMs + LOOK_MS);
    const why = unsettled(cluster);
    if (why === undefined) quietSinceMs ??= time.nowMs;
    else {
      quietSinceMs = undefined;
      lastWait = why;
    }
    if (why !== undefined && time.nowMs > endMs) world.fail('all comes right once faults end', why);
  }
  if (cluster.master.openRequests() > 0)
    world.fail('each request is answered', `${cluster.master.openRequests()} are open`);
  audit(cluster);
  return { afterMs: quietSinceMs - startMs, lastWait };
}
