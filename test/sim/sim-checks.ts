import type { CheckedTask } from '../../mesos/agent/checks/checks.ts';
import type { Scheduled } from '../../sdk/testing/virtual-time.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

interface Running {
  readonly task: CheckedTask;
  next: Scheduled | undefined;
  healthy: boolean | undefined;
  failures: number;
}

/** The twin of the agent's checks: health checks ask the simulated process. */
export class SimChecks {
  readonly #world: World;
  readonly #machine: Machine;
  readonly #onHealth: (containerId: string, healthy: boolean, kill: boolean) => void;
  readonly #running = new Map<string, Running>();

  constructor(
    world: World,
    machine: Machine,
    events: { readonly onHealth: (containerId: string, healthy: boolean, kill: boolean) => void },
  ) {
    this.#world = world;
    this.#machine = machine;
    this.#onHealth = events.onHealth;
  }

  start(task: CheckedTask): void {
    if (task.healthCheck === undefined) return;
    this.stop(task.containerId);
    const running: Running = { task, next: undefined, healthy: task.healthy, failures: 0 };
    this.#running.set(task.containerId, running);
    const delayMs = (task.healthCheck.delay_seconds ?? 15) * 1000;
    running.next = this.#world.time.after(delayMs, () => this.#check(running));
  }

  stop(containerId: string): void {
    this.#running.get(containerId)?.next?.cancel();
    this.#running.delete(containerId);
  }

  close(): void {
    for (const containerId of [...this.#running.keys()]) this.stop(containerId);
  }

  #check(running: Running): void {
    const { task } = running;
    const container = this.#machine.containers.get(task.containerId);
    const check = task.healthCheck;
    if (container?.phase !== 'running' || check === undefined) return;
    running.next = this.#world.time.after((check.interval_seconds ?? 10) * 1000, () => this.#check(running));
    const ageMs = this.#world.time.nowMs - container.startedMs;
    if (this.#machine.isHealthy(container)) {
      running.failures = 0;
      if (running.healthy !== true) this.#onHealth(task.containerId, true, false);
      running.healthy = true;
      return;
    }
    if (ageMs < (check.grace_period_seconds ?? 10) * 1000 && running.healthy === undefined) return;
    running.failures++;
    running.healthy = false;
    this.#onHealth(task.containerId, false, running.failures >= (check.consecutive_failures ?? 3));
  }
}
