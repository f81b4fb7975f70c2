import { seededIds } from '../../../sdk/base/ids.ts';
import type { StoreChange } from '../../../sdk/base/step.ts';
import type { Offer, Resource, TaskInfo, TaskState, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import type { Call, Event } from '../../../sdk/v1/generated/scheduler.ts';
import type { AppDefinition } from '../../model/app.ts';
import { normaliseApp } from '../../model/normalise.ts';
import { nextVersion } from '../../model/timestamp.ts';
import { putApp, removeApp } from '../../model/tree.ts';
import { versionChangedApps } from '../../model/versioning.ts';
import type { MarathonEvent } from '../bus-events.ts';
import { DEFAULT_CONFIG, type MarathonConfig } from '../config.ts';
import { type SubmitOptions, type SubmitResult, submitDeployment } from '../deployments.ts';
import type { MarathonEffect, ProbeStart } from '../effects.ts';
import type { MarathonInput } from '../events.ts';
import type { Instance } from '../instance.ts';
import { recoverMarathonState } from '../recover.ts';
import { initialMarathonState, instancesOf, type MarathonFrame, type MarathonState } from '../state.ts';
import { runStep, step } from '../step.ts';

/** An agent of the little cluster. */
export interface HarnessAgent {
  readonly id: string;
  readonly host: string;
  readonly cpus: number;
  readonly mem: number;
  readonly ports: readonly [begin: number, end: number];
  readonly attributes?: Offer['attributes'];
}

/** A task that the little cluster knows. */
export interface HarnessTask {
  readonly info: TaskInfo;
  readonly agentId: string;
  state: TaskState;
}

/** Two agents with room for a few dozen small tasks. */
export const TWO_AGENTS: readonly HarnessAgent[] = [
  { id: 'agent-1', host: 'one.example', cpus: 8, mem: 8192, ports: [31_000, 31_999] },
  { id: 'agent-2', host: 'two.example', cpus: 8, mem: 8192, ports: [31_000, 31_999] },
];

/**
 * Marathon's core with a master and agents that fit on a page: offers come when the test asks for them, tasks do what the test says.
 * Effects are obeyed in order; records go to a map from which {@link Harness.crash} recovers.
 */
export class Harness {
  state: MarathonState;
  readonly config: MarathonConfig;
  readonly ids = seededIds(1);
  wallMs = 1_700_000_000_000;
  monoMs = 1000;
  readonly store = new Map<string, unknown>();
  readonly agents: readonly HarnessAgent[];
  readonly tasks = new Map<string, HarnessTask>();
  readonly offers = new Map<string, Offer>();
  readonly timers = new Map<string, number>();
  readonly probes = new Map<string, ProbeStart>();
  readonly calls: Call[] = [];
  readonly events: MarathonEvent[] = [];
  readonly replies: Extract<MarathonEffect, { kind: 'http.reply' }>[] = [];
  /** Told of every order to end an instance that was healthy before the step. */
  onStep: ((before: ReadonlyMap<string, Instance>, state: MarathonState) => void) | undefined;
  /** Effects of a step are lost from this one on: what a crash between record and effect does. */
  dropEffects = false;
  frameworkId = 'framework-1';
  #generation = 0;
  #offerCount = 0;
  /** What the master will answer to RECONCILE calls. */
  readonly #answers: TaskStatus[] = [];

  constructor(options: { config?: Partial<MarathonConfig>; agents?: readonly HarnessAgent[] } = {}) {
    this.config = { ...DEFAULT_CONFIG, ...options.config };
    this.agents = options.agents ?? TWO_AGENTS;
    this.state = initialMarathonState(this.config);
  }

  /** Starts and subscribes. */
  start(): this {
    this.input({ kind: 'start' });
    this.subscribe();
    return this;
  }

  subscribe(): void {
    this.fromMaster({
      type: 'SUBSCRIBED',
      subscribed: { framework_id: { value: this.frameworkId }, heartbeat_interval_seconds: 15 },
    });
  }

  /** kill -9 and a new start: only what was recorded is left. */
  crash(): this {
    this.state = recoverMarathonState(
      this.config,
      [...this.store].map(([key, value]) => ({ key, value: structuredClone(value) })),
    );
    this.timers.clear();
    this.probes.clear();
    this.offers.clear();
    this.dropEffects = false;
    return this.start();
  }

  input(event: MarathonInput): void {
    const before = this.onStep === undefined ? undefined : new Map(this.state.instances);
    const frame = step(this.state, event, this.ctx());
    this.#take(frame);
    if (before !== undefined) this.onStep?.(before, this.state);
    for (const status of this.#answers.splice(0)) this.fromMaster({ type: 'UPDATE', update: { status } });
  }

  fromMaster(event: Event): void {
    this.input({ kind: 'scheduler.event', generation: this.#generation, event });
  }

  ctx(): { wallMs: number; monoMs: number; ids: ReturnType<typeof seededIds> } {
    return { wallMs: this.wallMs, monoMs: this.monoMs, ids: this.ids };
  }

  /** Runs a core function as the body of a step. */
  inStep<Result>(act: (state: MarathonState, frame: MarathonFrame) => Result): Result {
    const before = this.onStep === undefined ? undefined : new Map(this.state.instances);
    const { frame, result } = settleAfter(this, act);
    this.#take(frame);
    if (before !== undefined) this.onStep?.(before, this.state);
    return result;
  }

  /** Adds or changes an app as the API would. */
  put(app: AppDefinition, options: SubmitOptions = { force: false }): SubmitResult {
    return this.putAll([app], options);
  }

  /** Adds or changes apps in one deployment. */
  putAll(apps: readonly AppDefinition[], options: SubmitOptions = { force: false }): SubmitResult {
    return this.inStep((state, frame) => {
      const version = nextVersion(this.wallMs, state.root.version);
      const changed = apps.reduce((root, app) => putApp(root, app, version), state.root);
      const root = versionChangedApps(state.root, changed, version);
      return submitDeployment(state, root, options, this.ctx(), frame);
    });
  }

  remove(appId: string, options: SubmitOptions = { force: true }): SubmitResult {
    return this.inStep((state, frame) => {
      const version = nextVersion(this.wallMs, state.root.version);
      return submitDeployment(state, removeApp(state.root, appId, version), options, this.ctx(), frame);
    });
  }

  instances(appId: string): Instance[] {
    return instancesOf(this.state, appId);
  }

  /** Offers what is free on every agent, in one event. */
  offerAll(): void {
    const offers = this.agents.map((agent) => this.#offerOf(agent));
    for (const offer of offers) this.offers.set(offer.id.value, offer);
    this.fromMaster({ type: 'OFFERS', offers: { offers } });
  }

  /** Tasks in one of these states. */
  tasksIn(...states: readonly TaskState[]): HarnessTask[] {
    return [...this.tasks.values()].filter((task) => states.includes(task.state));
  }

  /** A task changes its state and tells. */
  update(taskId: string, state: TaskState, more: Partial<TaskStatus> = {}): void {
    const task = this.tasks.get(taskId);
    if (task !== undefined) task.state = state;
    const status: TaskStatus = {
      task_id: { value: taskId },
      state,
      agent_id: { value: task?.agentId ?? 'agent-1' },
      uuid: this.ids.bytes(16),
      ...more,
    };
    this.fromMaster({ type: 'UPDATE', update: { status } });
  }

  /** All staged tasks run, all tasks that were told to end have ended. */
  runTasks(): void {
    for (const { info } of this.tasksIn('TASK_KILLING')) this.update(info.task_id.value, 'TASK_KILLED');
    for (const { info } of this.tasksIn('TASK_STAGING')) this.update(info.task_id.value, 'TASK_RUNNING');
  }

  /** Offers and runs until nothing changes any more. */
  converge(rounds = 50): void {
    for (let round = 0; round < rounds; round++) {
      const before = this.calls.length;
      this.runTasks();
      if (!this.state.suppressed) this.offerAll();
      this.runTasks();
      if (this.calls.length === before) return;
    }
  }

  /** Moves both clocks, firing the timers on the way. */
  advance(durationMs: number): void {
    const endMs = this.monoMs + durationMs;
    for (;;) {
      const next = [...this.timers].sort(([, left], [, right]) => left - right)[0];
      if (next === undefined || next[1] > endMs) break;
      this.timers.delete(next[0]);
      this.wallMs += Math.max(0, next[1] - this.monoMs);
      this.monoMs = Math.max(this.monoMs, next[1]);
      this.input({ kind: 'timer.fired', key: next[0] });
    }
    this.wallMs += endMs - this.monoMs;
    this.monoMs = endMs;
  }

  /** A probe of an instance answers. */
  probe(instance: Instance, ok: boolean, index = 0): void {
    const key = `health/${instance.task?.id}/${index}`;
    if (!this.probes.has(key)) throw new Error(`no probe ${key}`);
    this.input({ kind: 'probe.result', key, ok, ...(ok ? {} : { cause: '503 Service Unavailable' }) });
  }

  eventTypes(): string[] {
    return this.events.map((event) => event.eventType);
  }

  #take(frame: { readonly records: readonly StoreChange[]; readonly effects: readonly MarathonEffect[] }): void {
    for (const { key, value } of frame.records) {
      if (value === undefined) this.store.delete(key);
      else this.store.set(key, structuredClone(value));
    }
    if (this.dropEffects) return;
    for (const effect of frame.effects) this.#perform(effect);
  }

  #perform(effect: MarathonEffect): void {
    switch (effect.kind) {
      case 'timer.set':
        this.timers.set(effect.key, this.monoMs + effect.delayMs);
        break;
      case 'timer.clear':
        this.timers.delete(effect.key);
        break;
      case 'probe.start':
        this.probes.set(effect.key, effect);
        break;
      case 'probe.stop':
        this.probes.delete(effect.key);
        break;
      case 'event':
        this.events.push(effect.event);
        break;
      case 'http.reply':
        this.replies.push(effect);
        break;
      case 'scheduler.subscribe':
        this.#generation = effect.generation;
        break;
      case 'scheduler.call':
        this.calls.push(effect.call);
        this.#obey(effect.call);
        break;
      default:
    }
  }

  #obey(call: Call): void {
    if (call.type === 'ACCEPT') {
      for (const id of call.accept?.offer_ids ?? []) {
        const offer = this.offers.get(id.value);
        this.offers.delete(id.value);
        if (offer === undefined) continue;
        for (const info of call.accept?.operations?.[0]?.launch?.task_infos ?? []) {
          if (this.tasks.has(info.task_id.value)) throw new Error(`launched twice: ${info.task_id.value}`);
          this.tasks.set(info.task_id.value, { info, agentId: offer.agent_id.value, state: 'TASK_STAGING' });
        }
      }
    }
    if (call.type === 'DECLINE') for (const id of call.decline?.offer_ids ?? []) this.offers.delete(id.value);
    if (call.type === 'RECONCILE') this.#reconcile(call);
    if (call.type === 'KILL') {
      const task = this.tasks.get(call.kill?.task_id.value ?? '');
      if (task !== undefined && !isOver(task.state)) task.state = 'TASK_KILLING';
    }
  }

  #reconcile(call: Call): void {
    const asked = (call.reconcile?.tasks ?? []).map((task) => task.task_id.value);
    for (const id of asked.length > 0 ? asked : this.tasks.keys()) {
      const task = this.tasks.get(id);
      const isKnown = task !== undefined && !isOver(task.state);
      if (!isKnown && asked.length === 0) continue;
      const state = isKnown ? task.state : 'TASK_GONE';
      this.#answers.push({ task_id: { value: id }, state, reason: 'REASON_RECONCILIATION' });
    }
  }

  #offerOf(agent: HarnessAgent): Offer {
    const used = [...this.tasks.values()].filter((task) => task.agentId === agent.id && !isOver(task.state));
    const taken = (name: string): number =>
      used.reduce((sum, task) => sum + amountOf(task.info.resources ?? [], name), 0);
    const ports = used.flatMap((task) => portsOf(task.info.resources ?? []));
    this.#offerCount += 1;
    return {
      id: { value: `offer-${this.#offerCount}` },
      framework_id: { value: this.frameworkId },
      agent_id: { value: agent.id },
      hostname: agent.host,
      attributes: agent.attributes ?? [],
      allocation_info: { role: '*' },
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: agent.cpus - taken('cpus') } },
        { name: 'mem', type: 'SCALAR', scalar: { value: agent.mem - taken('mem') } },
        { name: 'ports', type: 'RANGES', ranges: { range: freeRanges(agent.ports, ports) } },
      ],
    };
  }
}

function settleAfter<Result>(
  harness: Harness,
  act: (state: MarathonState, frame: MarathonFrame) => Result,
): { frame: MarathonFrame; result: Result } {
  let result: Result | undefined;
  const frame = runStep(harness.state, harness.ctx(), (inner) => {
    result = act(harness.state, inner);
  });
  return { frame, result: result as Result };
}

function isOver(state: TaskState): boolean {
  return !['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING', 'TASK_UNREACHABLE'].includes(state);
}

function amountOf(resources: readonly Resource[], name: string): number {
  return resources.reduce((sum, each) => sum + (each.name === name ? (each.scalar?.value ?? 0) : 0), 0);
}

function portsOf(resources: readonly Resource[]): number[] {
  const ports: number[] = [];
  for (const { begin, end } of resources.flatMap((each) => each.ranges?.range ?? [])) {
    for (let port = Number(begin); port <= Number(end); port++) ports.push(port);
  }
  return ports;
}

function freeRanges(
  [begin, end]: readonly [number, number],
  taken: readonly number[],
): { begin: bigint; end: bigint }[] {
  const ranges: { begin: bigint; end: bigint }[] = [];
  let from = begin;
  for (const port of [...taken].sort((left, right) => left - right)) {
    if (port > from) ranges.push({ begin: BigInt(from), end: BigInt(port - 1) });
    from = port + 1;
  }
  if (from <= end) ranges.push({ begin: BigInt(from), end: BigInt(end) });
  return ranges;
}

/** A small app; give what the test is about. */
export function testApp(id: string, more: Partial<AppDefinition> = {}): AppDefinition {
  const portDefinitions = [{ port: 10_000, protocol: 'tcp', labels: {} }] as const;
  const input = { cmd: 'sleep 1000', cpus: 0.1, mem: 32, portDefinitions };
  return { ...normaliseApp(input, id, undefined, { defaultRole: '*' }), ...more };
}

/** An HTTP health check that Marathon runs. */
export const HTTP_CHECK: AppDefinition['healthChecks'][number] = {
  protocol: 'HTTP',
  path: '/health',
  portIndex: 0,
  gracePeriodSeconds: 10,
  intervalSeconds: 5,
  timeoutSeconds: 2,
  delaySeconds: 15,
  maxConsecutiveFailures: 3,
  ignoreHttp1xx: false,
  ipProtocol: 'IPv4',
};
