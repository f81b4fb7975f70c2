import { splitMix32 } from '../../sdk/base/ids.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';
import type { AgentDaemon } from './agent-daemon.ts';
import type { World } from './world.ts';

/** A process as faults see it. */
export interface Victim {
  readonly name: string;
  readonly isUp: boolean;
  readonly clock: { stepWall(byMs: number): void };
  crash(): void;
  start(): void;
}

/** What faults are done to. */
export interface FaultTargets {
  readonly master: Victim;
  readonly frameworks: readonly Victim[];
  readonly agents: readonly AgentDaemon[];
}

/** Does what the profile says, until all is calm. */
export class Faults {
  readonly #world: World;
  readonly #random: SimRandom;
  readonly #targets: FaultTargets;

  constructor(world: World, targets: FaultTargets) {
    this.#world = world;
    this.#random = world.random.fork('faults');
    this.#targets = targets;
  }

  start(): void {
    const {
      crashEveryMs,
      partitionEveryMs,
      clockStepEveryMs,
      rebootEveryMs,
      drainEveryMs,
      sickenEveryMs,
      taskFailChance,
    } = this.#world.profile;
    this.#repeat(crashEveryMs, () => this.#crash());
    this.#repeat(partitionEveryMs, () => this.#partition());
    this.#repeat(clockStepEveryMs, () => this.#stepClock());
    this.#repeat(rebootEveryMs, () => this.#reboot());
    this.#repeat(drainEveryMs, () => this.#drain());
    this.#repeat(sickenEveryMs, () => this.#sicken());
    this.#repeat(taskFailChance === 0 ? undefined : 2_000 / taskFailChance, () => this.#breakTask());
  }

  /** A process ended, whoever did it: it is started again after a while. */
  restartLater(name: string): void {
    const victim = this.#all().find((one) => one.name === name);
    const delayMs = this.#world.isCalm ? 100 : this.#downTime();
    this.#world.time.after(delayMs, () => victim?.start());
  }

  /** Everything runs again. */
  startAll(): void {
    for (const victim of this.#all()) victim.start();
  }

  #all(): Victim[] {
    const { master, frameworks, agents } = this.#targets;
    return [master, ...frameworks, ...agents.map(({ process }) => process)];
  }

  #repeat(meanMs: number | undefined, act: () => void): void {
    if (meanMs === undefined) return;
    const next = (): void => {
      this.#world.time.after(this.#random.between(0.05, 2) * meanMs, () => {
        if (this.#world.isCalm) return;
        act();
        next();
      });
    };
    next();
  }

  /** Mostly short, as under a supervisor; now and then longer than every timeout. */
  #downTime(): number {
    return this.#random.pick([
      this.#random.between(50, 1_000),
      this.#random.between(50, 3_000),
      this.#random.between(1_000, 20_000),
      this.#random.between(20_000, 150_000),
    ]);
  }

  #crash(): void {
    const { master, frameworks, agents } = this.#targets;
    const victim = this.#random.pick([
      master,
      ...frameworks,
      this.#random.pick(agents).process,
      this.#random.pick(agents).process,
    ]);
    if (!victim.isUp) return;
    if (this.#random.chance(0.25)) this.#world.cutPower(victim.name);
    victim.crash();
    this.restartLater(victim.name);
  }

  #partition(): void {
    const { master, frameworks, agents } = this.#targets;
    const forMs = this.#random.pick([
      this.#random.between(100, 5_000),
      this.#random.between(5_000, 60_000),
      this.#random.between(60_000, 200_000),
    ]);
    const pairs: [string, string][] = [];
    const kind = this.#random.integer(4);
    if (kind === 0) pairs.push([master.name, this.#random.pick(frameworks).name]);
    else if (kind === 1) pairs.push([this.#random.pick(frameworks).name, this.#random.pick(agents).name]);
    else {
      const count = kind === 2 ? 1 : 1 + this.#random.integer(agents.length);
      for (let one = 0; one < count; one++) pairs.push([master.name, this.#random.pick(agents).name]);
    }
    this.#world.note(
      'network',
      `partition ${pairs.map((pair) => pair.join('|')).join(' ')} for ${forMs.toFixed(0)} ms`,
    );
    for (const [left, right] of pairs) {
      this.#world.network.partition(left, right);
      this.#world.time.after(forMs, () => this.#world.network.heal(left, right));
    }
  }

  #stepClock(): void {
    const victim = this.#random.pick(this.#all());
    const byMs = this.#random.pick([
      this.#random.between(-2_000, 2_000),
      this.#random.between(-120_000, 120_000),
      this.#random.between(-3_600_000, 3_600_000),
    ]);
    this.#world.note(victim.name, `wall clock steps by ${byMs.toFixed(0)} ms`);
    victim.clock.stepWall(Math.round(byMs));
  }

  #reboot(): void {
    const agent = this.#random.pick(this.#targets.agents);
    this.#world.note(agent.name, 'reboots');
    const wasUp = agent.process.isUp;
    if (wasUp) this.#world.cutPower(agent.name);
    agent.process.crash();
    agent.machine.reboot();
    if (wasUp) this.restartLater(agent.name);
  }

  #drain(): void {
    this.#random.pick(this.#targets.agents).process.post({ kind: 'stop.requested' });
  }

  /** A process runs on and answers no health check for a while. */
  #sicken(): void {
    const running = this.#targets.agents.flatMap(({ machine }) => machine.running());
    if (running.length === 0) return;
    const container = this.#random.pick(running);
    container.sickUntilMs = this.#world.time.nowMs + this.#random.between(1_000, 60_000);
  }

  #breakTask(): void {
    const { machine } = this.#random.pick(this.#targets.agents);
    const running = machine.running();
    if (running.length > 0) machine.breakDown(this.#random.pick(running), 1);
  }
}

/** A seed made of two numbers, so that runs of a batch have nothing in common. */
export function mixSeeds(base: number, index: number): number {
  return splitMix32((Math.imul(base, 0x9e3779b1) ^ index) | 0)();
}
