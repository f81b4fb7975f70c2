import { seededIds } from '../../../sdk/base/ids.ts';
import type { Call as LinkCall, Event as LinkEvent } from '../../../sdk/v1/generated/agent_link.ts';
import type { Call as ExecutorCall, Event as ExecutorEvent } from '../../../sdk/v1/generated/executor.ts';
import type { FrameworkInfo, TaskInfo, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import type { LaunchSpec } from '../containerizer/containerizer.ts';
import { AGENT_CAPABILITIES, type AgentConfig } from '../core/config.ts';
import type { AgentEffect } from '../core/effects.ts';
import type { AgentEvent } from '../core/events.ts';
import { recoverAgentState } from '../core/recover.ts';
import type { AgentState, RecoveredContainer } from '../core/state.ts';
import { step } from '../core/step.ts';

/** A configuration for tests. */
export function testConfig(overrides: Partial<AgentConfig> = {}): AgentConfig {
  return {
    info: {
      hostname: 'localhost',
      port: 5051,
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 4 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 1024 } },
      ],
    },
    ip: '127.0.0.1',
    workDir: '/work',
    version: { version: '1.11.0' },
    capabilities: AGENT_CAPABILITIES,
    bootId: 'boot-1',
    startedAtMs: 0,
    flags: [],
    recover: 'reconnect',
    registrationBackoffMs: 1_000,
    executorRegistrationTimeoutMs: 60_000,
    executorReregistrationTimeoutMs: 2_000,
    executorShutdownGraceMs: 5_000,
    recoveryTimeoutMs: 900_000,
    switchUser: true,
    baseEnvironment: { PATH: '/bin' },
    maxCompletedFrameworks: 50,
    maxCompletedExecutorsPerFramework: 150,
    maxCompletedTasksPerExecutor: 200,
    ...overrides,
  };
}

/** A framework's description. */
export function framework(id: string, ...capabilities: ('PARTITION_AWARE' | 'TASK_KILLING_STATE')[]): FrameworkInfo {
  return { id: { value: id }, user: 'root', name: id, capabilities: capabilities.map((type) => ({ type })) };
}

/** A command task. */
export function commandTask(id: string, more: Partial<TaskInfo> = {}): TaskInfo {
  return {
    name: id,
    task_id: { value: id },
    agent_id: { value: 'S0' },
    resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, allocation_info: { role: '*' } }],
    command: { value: 'sleep 1' },
    ...more,
  };
}

/** A task of a custom executor. */
export function executorTask(id: string, executorId: string): TaskInfo {
  return {
    ...commandTask(id),
    command: undefined,
    executor: { type: 'CUSTOM', executor_id: { value: executorId }, command: { value: './executor' } },
  };
}

/** An agent's core with everything outside it replaced by lists: what it sent, asked for, and would remember. */
export class AgentBench {
  state: AgentState;
  wallMs = 1_000_000;
  monoMs = 0;
  /** The store. */
  readonly records = new Map<string, unknown>();
  /** Effects of all steps since the last `take`. */
  effects: AgentEffect[] = [];
  /** Delays of running timers by key. */
  readonly timers = new Map<string, number>();
  #config: AgentConfig;
  readonly #ids = seededIds(1);

  constructor(config: AgentConfig = testConfig()) {
    this.#config = config;
    this.state = recoverAgentState(config, [], []);
    this.post({ kind: 'start' });
  }

  /** An agent that a master has registered as S0. */
  static registered(config?: AgentConfig): AgentBench {
    const bench = new AgentBench(config);
    bench.register();
    bench.take();
    return bench;
  }

  post(event: AgentEvent): void {
    const frame = step(this.state, event, { wallMs: this.wallMs, monoMs: this.monoMs, ids: this.#ids });
    for (const { key, value } of frame.records) {
      if (value === undefined) this.records.delete(key);
      else this.records.set(key, structuredClone(value));
    }
    for (const effect of frame.effects) {
      if (effect.kind === 'timer.set') this.timers.set(effect.key, effect.delayMs);
      else if (effect.kind === 'timer.clear') this.timers.delete(effect.key);
    }
    this.effects.push(...frame.effects);
  }

  /** The process dies and another one starts on what was stored. */
  restart(containers: readonly RecoveredContainer[], config: AgentConfig = this.#config): void {
    this.#config = config;
    this.timers.clear();
    this.effects = [];
    const entries = [...this.records].map(([key, value]) => ({ key, value }));
    this.state = recoverAgentState(config, entries, containers);
    this.post({ kind: 'start' });
  }

  /** The master answers the last (RE)REGISTER. */
  register(epoch = 1n): void {
    this.link({
      type: 'REGISTERED',
      registered: {
        agent_id: { value: 'S0' },
        master_info: { id: 'M', ip: 16777343, port: 5050 },
        epoch,
        protocol: 1,
        ping_timeout_seconds: 75,
      },
    });
  }

  link(event: LinkEvent): void {
    this.post({ kind: 'link.event', generation: this.state.link.generation, event });
  }

  run(info: FrameworkInfo, task: TaskInfo): void {
    this.link({ type: 'RUN_TASK', run_task: { framework_info: info, task } });
  }

  kill(frameworkId: string, taskId: string, graceMs?: number): void {
    const kill_policy =
      graceMs === undefined ? undefined : { grace_period: { nanoseconds: BigInt(graceMs) * 1_000_000n } };
    const framework_id = { value: frameworkId };
    this.link({ type: 'KILL_TASK', kill_task: { framework_id, task_id: { value: taskId }, kill_policy } });
  }

  acknowledge(frameworkId: string, status: TaskStatus | undefined): void {
    if (status?.uuid === undefined) throw new Error('no update to acknowledge');
    const { task_id, uuid } = status;
    this.link({ type: 'ACKNOWLEDGE', acknowledge: { framework_id: { value: frameworkId }, task_id, uuid } });
  }

  /** Acknowledges what was sent until nothing more comes; answers all statuses in order. */
  acknowledgeAll(frameworkId: string): TaskStatus[] {
    const all: TaskStatus[] = [];
    for (let updates = this.updates(); updates.length > 0; updates = this.updates()) {
      this.effects = this.effects.filter(({ kind }) => kind !== 'link.send');
      all.push(...updates);
      for (const status of updates) this.acknowledge(frameworkId, status);
    }
    return all;
  }

  fire(key: string): void {
    if (!this.timers.delete(key)) throw new Error(`no timer ${key} runs: ${[...this.timers.keys()].join(', ')}`);
    this.post({ kind: 'timer.fired', key });
  }

  executorCall(call: ExecutorCall, reply = 1): void {
    this.post({ kind: 'executor.called', reply, call });
  }

  /** Effects so far, forgotten from now on. */
  take(): AgentEffect[] {
    return this.effects.splice(0);
  }

  of<Kind extends AgentEffect['kind']>(kind: Kind): Extract<AgentEffect, { kind: Kind }>[] {
    return this.effects.filter((effect): effect is Extract<AgentEffect, { kind: Kind }> => effect.kind === kind);
  }

  /** Calls to the master since the last `take`. */
  calls(): LinkCall[] {
    return this.of('link.send').flatMap(({ calls }) => calls);
  }

  /** Updates to the master since the last `take`. */
  updates(): TaskStatus[] {
    return this.calls().flatMap(({ update }) => (update === undefined ? [] : [update.status]));
  }

  /** The container that was asked for last. */
  launched(): LaunchSpec {
    const spec = this.of('container.launch').at(-1)?.spec;
    if (spec === undefined) throw new Error('nothing was launched');
    return spec;
  }

  /** Events to executors since the last `take`. */
  executorEvents(): ExecutorEvent[] {
    return this.of('executor.send').map(({ event }) => event);
  }

  /** Launches a command task and lets its process start; answers its container. */
  startCommand(info: FrameworkInfo, task: TaskInfo): string {
    this.run(info, task);
    const { containerId } = this.launched();
    this.post({ kind: 'container.started', containerId, pid: 77 });
    return containerId;
  }
}
