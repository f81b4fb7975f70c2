import type { Clock } from '../../../sdk/base/clock.ts';
import type { CheckInfo, CheckStatusInfo, HealthCheck } from '../../../sdk/v1/generated/mesos.ts';
import type { SideCommand, SideCommandOutcome } from '../containerizer/containerizer.ts';
import {
  type CheckMachineEvent,
  type CheckStatusEffect,
  type HealthEffect,
  newCheckState,
  newHealthState,
  type ProbeEffect,
  stepCheck,
  stepHealth,
  type WaitEffect,
} from './check-machine.ts';
import { type Probe, type ProbeSurroundings, probeCommand, probeHttp, probeTcp } from './probes.ts';

/** What is checked of one running task. */
export interface CheckedTask extends ProbeSurroundings {
  readonly healthCheck: HealthCheck | undefined;
  readonly check: CheckInfo | undefined;
  /** Last health told, for a task that outlived an agent. */
  readonly healthy: boolean | undefined;
  /** Last status told, for a task that outlived an agent. */
  readonly checkStatus?: CheckStatusInfo | undefined;
}

export interface ChecksOptions {
  readonly clock: Clock;
  /** A containerizer's `run`. */
  readonly run: (command: SideCommand) => Promise<SideCommandOutcome>;
  /** First health, every failure, and the first success after failures. */
  readonly onHealth: (containerId: string, news: { readonly healthy: boolean; readonly kill: boolean }) => void;
  /** The status changed. */
  readonly onCheck: (containerId: string, status: CheckStatusInfo) => void;
}

type Effect = WaitEffect | ProbeEffect | HealthEffect | CheckStatusEffect;

/** Longest delay that the runtime's timers take. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** Runs the checks of all tasks of an agent. */
export class Checks {
  readonly #options: ChecksOptions;
  readonly #runners = new Map<string, Runner[]>();

  constructor(options: ChecksOptions) {
    this.#options = options;
  }

  /** Begins to check a task; one that is checked already starts over. */
  start(task: CheckedTask): void {
    this.stop(task.containerId);
    const { clock, run, onHealth, onCheck } = this.#options;
    const { containerId, healthCheck, check } = task;
    const runners: Runner[] = [];
    if (healthCheck !== undefined) {
      let state = newHealthState(task.healthy);
      runners.push(
        new Runner(clock, probeOfHealth(healthCheck, task, run), (event) => {
          const frame = stepHealth(state, healthCheck, event);
          state = frame.state;
          for (const effect of frame.effects) if (effect.kind === 'health') onHealth(containerId, effect);
          return frame.effects;
        }),
      );
    }
    if (check !== undefined) {
      let state = newCheckState(check, task.checkStatus);
      runners.push(
        new Runner(clock, probeOfCheck(check, task, run), (event) => {
          const frame = stepCheck(state, check, event);
          state = frame.state;
          for (const effect of frame.effects) if (effect.kind === 'check') onCheck(containerId, effect.status);
          return frame.effects;
        }),
      );
    }
    if (runners.length > 0) this.#runners.set(containerId, runners);
    for (const runner of runners) runner.begin();
  }

  /** No callback comes after this. A task that is not checked is no error. */
  stop(containerId: string): void {
    for (const runner of this.#runners.get(containerId) ?? []) runner.stop();
    this.#runners.delete(containerId);
  }

  /** Stops all. */
  close(): void {
    for (const containerId of [...this.#runners.keys()]) this.stop(containerId);
  }
}

/** Drives one machine with real timers and probes. */
class Runner {
  readonly #clock: Clock;
  readonly #probe: (timeoutMs: number) => Probe;
  readonly #step: (event: CheckMachineEvent) => readonly Effect[];
  #timer: NodeJS.Timeout | undefined;
  #running: Probe | undefined;
  #stopped = false;

  constructor(
    clock: Clock,
    probe: (timeoutMs: number) => Probe,
    step: (event: CheckMachineEvent) => readonly Effect[],
  ) {
    this.#clock = clock;
    this.#probe = probe;
    this.#step = step;
  }

  begin(): void {
    this.#perform(this.#step({ kind: 'begin', monoMs: this.#clock.monoMs() }));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#running?.cancel();
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (this.#stopped) return;
      if (effect.kind === 'wait') {
        const delayMs = Math.min(effect.delayMs, DELAY_MS_MAX);
        this.#timer = setTimeout(() => this.#perform(this.#step({ kind: 'due' })), delayMs);
      } else if (effect.kind === 'probe') void this.#run(this.#probe(effect.timeoutMs));
    }
  }

  async #run(probe: Probe): Promise<void> {
    this.#running = probe;
    const result = await probe.result;
    this.#running = undefined;
    if (!this.#stopped) this.#perform(this.#step({ kind: 'result', result, monoMs: this.#clock.monoMs() }));
  }
}

type Run = ChecksOptions['run'];

function probeOfHealth(check: HealthCheck, task: CheckedTask, run: Run): (timeoutMs: number) => Probe {
  const { http, tcp, command } = check;
  return (timeoutMs) => {
    if (check.type === 'HTTP' && http !== undefined) {
      const scheme = http.scheme === 'https' ? 'https' : 'http';
      return probeHttp({ scheme, ipv6: http.protocol === 'IPv6', port: http.port, path: http.path ?? '' }, timeoutMs);
    }
    if (check.type === 'TCP' && tcp !== undefined) return probeTcp(tcp.port, tcp.protocol === 'IPv6', timeoutMs);
    if (check.type === 'COMMAND' && command !== undefined) return probeCommand(command, task, timeoutMs, run);
    return impossible(`HealthCheck of type ${check.type} is not complete`);
  };
}

function probeOfCheck(check: CheckInfo, task: CheckedTask, run: Run): (timeoutMs: number) => Probe {
  const { http, tcp, command } = check;
  return (timeoutMs) => {
    if (check.type === 'HTTP' && http !== undefined) {
      return probeHttp({ scheme: 'http', ipv6: false, port: http.port, path: http.path ?? '' }, timeoutMs);
    }
    if (check.type === 'TCP' && tcp !== undefined) return probeTcp(tcp.port, false, timeoutMs);
    if (check.type === 'COMMAND' && command !== undefined) return probeCommand(command.command, task, timeoutMs, run);
    return impossible(`CheckInfo of type ${check.type} is not complete`);
  };
}

/** The master's validation lets none of these through. */
function impossible(message: string): Probe {
  return { result: Promise.resolve({ kind: 'error', message }), cancel: () => {} };
}
