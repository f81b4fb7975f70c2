import type { SimRandom } from '../../sdk/testing/sim-random.ts';

/** What a simulated process does. Durations in milliseconds of true time. */
export interface ProcessLife {
  /** Ends by itself after this long; undefined never. */
  readonly runMs: number | undefined;
  readonly exitCode: number;
  /** Fails at random while faults are on. */
  readonly isFlaky: boolean;
  /** Time that it takes to end after SIGTERM; undefined ignores it. */
  readonly termMs: number | undefined;
  /** Health checks are good from this long after the start. */
  readonly healthyMs: number;
}

/** What a command may ask for. */
export interface LifeOptions {
  readonly run?: readonly [lowMs: number, highMs: number];
  readonly exit?: number;
  readonly flaky?: boolean;
  readonly stubborn?: boolean;
}

/** The command line of a simulated process. */
export function simCommand(options: LifeOptions): string {
  return `sim ${JSON.stringify(options)}`;
}

/** The life that a command line asks for. */
export function lifeOf(command: string, random: SimRandom): ProcessLife {
  const options = (command.startsWith('sim ') ? JSON.parse(command.slice(4)) : {}) as LifeOptions;
  return {
    runMs: options.run === undefined ? undefined : random.between(...options.run),
    exitCode: options.exit ?? 0,
    isFlaky: options.flaky ?? false,
    termMs: options.stubborn === true ? undefined : random.between(1, 500),
    healthyMs: random.between(0, 4_000),
  };
}
