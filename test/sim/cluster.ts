import type { ChronosEffect } from '../../chronos/core/effects.ts';
import type { ChronosEvent } from '../../chronos/core/events.ts';
import { recoverChronosState } from '../../chronos/core/recover.ts';
import { type ChronosConfig, type ChronosState, storeKeys } from '../../chronos/core/state.ts';
import { step as stepChronos } from '../../chronos/core/step.ts';
import { DEFAULT_CONFIG, type MarathonConfig } from '../../marathon/core/config.ts';
import type { MarathonEffect } from '../../marathon/core/effects.ts';
import type { MarathonInput } from '../../marathon/core/events.ts';
import { type FrameworkRecord, recordKey } from '../../marathon/core/records.ts';
import { recoverMarathonState } from '../../marathon/core/recover.ts';
import type { MarathonState } from '../../marathon/core/state.ts';
import { step as stepMarathon } from '../../marathon/core/step.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';
import type { FrameworkInfo } from '../../sdk/v1/generated/mesos.ts';
import { type AgentDaemon, createAgent } from './agent-daemon.ts';
import { ChronosLedger } from './chronos-ledger.ts';
import { ChronosUser } from './chronos-user.ts';
import type { FaultProfile } from './fault-profile.ts';
import { Faults } from './faults.ts';
import { createFramework, type FrameworkProcess } from './framework-daemon.ts';
import type { Machine, SimContainer } from './machine.ts';
import { MarathonUser } from './marathon-user.ts';
import { MarathonWatch } from './marathon-watch.ts';
import { createMaster, type MasterDaemon } from './master-daemon.ts';
import {
  type PlainConfig,
  type PlainEffect,
  type PlainEvent,
  type PlainState,
  recoverPlain,
  stepPlain,
} from './plain-core.ts';
import { simCommand } from './process-life.ts';
import { Safety } from './safety.ts';
import { SimProber } from './sim-prober.ts';
import { World } from './world.ts';

/** What one cluster is made of. */
export interface ClusterOptions {
  readonly random: SimRandom;
  readonly profile: FaultProfile;
  readonly agents: number;
  readonly print?: ((line: string) => void) | undefined;
}

export interface PlainFramework {
  readonly config: PlainConfig;
  readonly process: FrameworkProcess<PlainState, PlainEvent, PlainEffect>;
}

const WEEK_SECONDS = 604_800;
const CHRONOS_CONFIG: ChronosConfig = {
  frameworkInfo: {
    user: 'root',
    name: 'chronos',
    failover_timeout: WEEK_SECONDS,
    checkpoint: true,
    capabilities: [{ type: 'PARTITION_AWARE' }],
  },
  clusterName: '',
  leader: 'chronos:4400',
  user: 'root',
  cpus: 0.1,
  mem: 128,
  disk: 256,
  failureRetryMs: 5_000,
  epsilon: undefined,
  disableAfterFailures: 0,
  reconciliationIntervalMs: 60_000,
  declineOfferMs: 5_000,
  minReviveIntervalMs: 1_000,
  historyLimit: 5,
  runsKept: 100,
};

const MARATHON_CONFIG: MarathonConfig = {
  ...DEFAULT_CONFIG,
  user: 'root',
  hostname: 'marathon',
  declineOfferMs: 10_000,
};

const PLAIN_FRAMEWORKS: readonly PlainConfig[] = [
  {
    name: 'plain-services',
    kind: 'services',
    info: plainInfo('plain-services', WEEK_SECONDS, {
      roles: ['plain'],
      capabilities: [{ type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }, { type: 'MULTI_ROLE' }],
    }),
    command: simCommand({}),
    wanted: 8,
  },
  {
    name: 'plain-batch',
    kind: 'batch',
    info: plainInfo('plain-batch', WEEK_SECONDS, {}),
    command: simCommand({ run: [1_000, 40_000], flaky: true }),
    wanted: 60,
  },
  {
    name: 'plain-workers',
    kind: 'batch',
    info: plainInfo('plain-workers', WEEK_SECONDS, { capabilities: [{ type: 'PARTITION_AWARE' }] }),
    command: simCommand({ run: [1_000, 30_000], flaky: true }),
    wanted: 60,
    hasExecutor: true,
  },
  // Given up by the master whenever it is away for more than a few seconds.
  {
    name: 'plain-fleeting',
    kind: 'services',
    info: plainInfo('plain-fleeting', 5, { capabilities: [{ type: 'PARTITION_AWARE' }] }),
    command: simCommand({}),
    wanted: 4,
  },
];

function plainInfo(name: string, failoverSeconds: number, more: Partial<FrameworkInfo>): FrameworkInfo {
  return { user: 'nobody', name, failover_timeout: failoverSeconds, checkpoint: true, ...more };
}

/** The whole cluster on one virtual clock: every core is the real one, everything around it is simulated. */
export class Cluster {
  readonly world: World;
  readonly safety: Safety;
  readonly master: MasterDaemon;
  readonly agents: readonly AgentDaemon[];
  readonly machines: ReadonlyMap<string, Machine>;
  readonly plains: readonly PlainFramework[];
  readonly marathon: FrameworkProcess<MarathonState, MarathonInput, MarathonEffect>;
  readonly marathonUser: MarathonUser;
  readonly chronos: FrameworkProcess<ChronosState, ChronosEvent, ChronosEffect>;
  readonly chronosUser: ChronosUser;
  readonly ledger: ChronosLedger;
  readonly faults: Faults;
  readonly marathonWatch: MarathonWatch;
  readonly #plainTaskIds = new Set<string>();

  constructor(options: ClusterOptions) {
    this.world = new World({ ...options, onCrashed: (name) => this.faults.restartLater(name) });
    const { world } = this;
    this.safety = new Safety(world);
    this.ledger = new ChronosLedger(world);
    this.marathonWatch = new MarathonWatch(world);
    this.master = createMaster(world, {
      onStep: (state) => this.safety.master(state),
      onLaunch: (from, taskId) => this.safety.launching(from, taskId, this.#isRecorded(from, taskId)),
    });
    this.agents = Array.from({ length: options.agents }, (_, index) => this.#createAgent(index));
    this.machines = new Map(this.agents.map(({ name, machine }) => [name, machine]));
    this.plains = PLAIN_FRAMEWORKS.map((config) => this.#createPlain(config));
    this.marathonUser = new MarathonUser(
      world,
      (requestId, command) => this.marathon.post({ kind: 'api', requestId, command }),
      () => this.marathon.state,
    );
    this.marathon = this.#createMarathon();
    this.chronosUser = new ChronosUser(
      world,
      CHRONOS_CONFIG,
      (event) => this.chronos.post(event),
      () => this.chronos.state,
    );
    this.chronos = this.#createChronos();
    this.faults = new Faults(world, {
      master: this.master.process,
      frameworks: [...this.plains.map(({ process }) => process), this.marathon, this.chronos],
      agents: this.agents,
    });
  }

  /** Starts every process, the users and the faults. */
  start(): void {
    this.faults.startAll();
    this.marathonUser.start();
    this.chronosUser.start();
    this.#usePlains();
    this.faults.start();
  }

  #createAgent(index: number): AgentDaemon {
    return createAgent(this.world, index, {
      onStart: (machine, container) => {
        this.safety.containerStarted(machine, container, (this.agents[index] as AgentDaemon).process);
        if (container.spec.kind === 'executor') return;
        this.#checkAttempt(container);
        this.safety.taskStarted(machine, container, container.taskId, this.ledger.recordings(container.taskId));
      },
      onTask: (machine, container, taskId) => this.safety.taskStarted(machine, container, taskId, 1),
      onCommit: (agent, records) => this.safety.agentCommitted(agent.name, records),
      onExit: (agent, code, message) => {
        if (code !== 0) this.world.fail('no agent is turned away', `${agent.name}: ${message}`);
        this.faults.restartLater(agent.name);
      },
    });
  }

  /** At most one live attempt of a run, and of a job whose runs may not overlap. */
  #checkAttempt(container: SimContainer): void {
    const mine = parseAttempt(container.taskId);
    if (mine === undefined) return;
    for (const machine of this.machines.values()) {
      for (const other of machine.running()) {
        if (other === container || other.frameworkId !== container.frameworkId) continue;
        const theirs = parseAttempt(other.taskId);
        if (theirs === undefined || theirs.job !== mine.job) continue;
        if (theirs.dueMs !== mine.dueMs) continue;
        this.world.fail(
          'at most one live attempt per run',
          `${container.taskId} and ${other.taskId} (on ${machine.name})`,
        );
      }
    }
  }

  #isRecorded(from: string, taskId: string): boolean {
    if (from === 'marathon') return this.marathonWatch.taskIds.has(taskId);
    if (from === 'chronos') return this.ledger.recordings(taskId) > 0;
    return this.#plainTaskIds.has(taskId);
  }

  #createPlain(config: PlainConfig): PlainFramework {
    const { name } = config;
    const process = createFramework<PlainState, PlainEvent, PlainEffect>(this.world, {
      name,
      boot: ({ entries }) => ({ state: recoverPlain(config, entries), first: [{ kind: 'start' }] }),
      step: stepPlain,
      perform: () => undefined,
      onSchedulerEvent: (event) => this.safety.frameworkHeard(name, event),
      onCommit: (records) => {
        for (const { key, value } of records) {
          if (key.startsWith('task/')) this.#plainTaskIds.add(key.slice(5));
          if (key === 'framework') this.safety.frameworkRecorded(name, value as string | undefined);
        }
      },
    });
    return { config, process };
  }

  #usePlains(): void {
    const random = this.world.random.fork('plain user');
    const again = (): void => {
      if (this.world.isCalm) return;
      const { process, config } = random.pick(this.plains);
      const tasks = [...(process.state?.tasks.keys() ?? [])];
      if (config.kind === 'services' && random.chance(0.4))
        process.post({ kind: 'plain.scale', wanted: random.integer(20) });
      else if (tasks.length > 0) process.post({ kind: 'plain.kill', taskId: random.pick(tasks) });
      this.world.time.after(random.between(1_000, 30_000), again);
    };
    again();
  }

  #createMarathon(): FrameworkProcess<MarathonState, MarathonInput, MarathonEffect> {
    const { world } = this;
    const name = 'marathon';
    const prober = new SimProber(world, name, this.machines, (result) => this.marathon.post(result));
    return createFramework<MarathonState, MarathonInput, MarathonEffect>(world, {
      name,
      boot: ({ entries }) => {
        const state = recoverMarathonState(MARATHON_CONFIG, entries);
        this.marathonWatch.booted(state);
        return { state, first: [{ kind: 'start' }] };
      },
      step: stepMarathon,
      perform: (effect) => {
        if (effect.kind === 'probe.start') prober.start(effect);
        else if (effect.kind === 'probe.stop') prober.stop(effect.key);
        else if (effect.kind === 'http.reply') this.marathonUser.client.replied(effect.requestId, effect.status);
        else if (effect.kind === 'fatal') this.#giveUp(name, effect.message);
        else if (effect.kind === 'log')
          world.note(name, `log ${effect.message} ${JSON.stringify(effect.fields ?? {})}`);
      },
      onDown: () => {
        prober.close();
        this.marathonUser.client.lost();
      },
      onSchedulerEvent: (event) => this.safety.frameworkHeard(name, event),
      onStep: (state, event, frame) => this.marathonWatch.stepped(state, event, frame),
      onCommit: (records) => {
        const record = records.find(({ key }) => key === recordKey.framework)?.value as FrameworkRecord | undefined;
        if (record !== undefined) this.safety.frameworkRecorded(name, record.id);
        this.marathonWatch.committed(records);
      },
    });
  }

  /** A daemon ends itself: its supervisor starts it again. It may happen when a late subscription overtakes the present one. */
  #giveUp(name: string, message: string): void {
    if (this.world.isCalm) this.world.fail('nobody gives up in peace', `${name}: ${message}`);
    this.world.note(name, `gives up: ${message}`);
    this.marathon.crash();
    this.faults.restartLater(name);
  }

  #createChronos(): FrameworkProcess<ChronosState, ChronosEvent, ChronosEffect> {
    const { world } = this;
    const name = 'chronos';
    return createFramework<ChronosState, ChronosEvent, ChronosEffect>(world, {
      name,
      boot: ({ entries }) => ({ state: recoverChronosState(CHRONOS_CONFIG, entries), first: [{ kind: 'start' }] }),
      step: stepChronos,
      perform: (effect) => {
        if (effect.kind === 'http.reply') this.chronosUser.client.replied(effect.requestId, effect.status);
        else if (effect.kind === 'log') world.note(name, `log ${effect.message} ${JSON.stringify(effect.fields)}`);
      },
      onDown: () => this.chronosUser.client.lost(),
      onSchedulerEvent: (event) => this.safety.frameworkHeard(name, event),
      onCommit: (records) => {
        const id = records.find(({ key }) => key === storeKeys.frameworkId)?.value as string | undefined;
        if (id !== undefined) this.safety.frameworkRecorded(name, id);
        this.ledger.committed(records);
      },
    });
  }
}

/** Job, due time and attempt of a task id of Chronos. */
function parseAttempt(
  taskId: string,
): { readonly job: string; readonly dueMs: string; readonly attempt: string } | undefined {
  const [, dueMs, attempt, job] = /^ct:(\d+):(\d+):([^:]*):/.exec(taskId) ?? [];
  return dueMs === undefined || attempt === undefined || job === undefined ? undefined : { dueMs, attempt, job };
}
