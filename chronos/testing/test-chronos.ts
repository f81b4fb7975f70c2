import { seededIds } from '../../sdk/base/ids.ts';
import { decodeValue, encodeValue } from '../../sdk/store/value.ts';
import type { Call, Event } from '../../sdk/v1/generated/scheduler.ts';
import { parseJobBody } from '../api/job-body.ts';
import { describeViolations } from '../api/violation.ts';
import type { ChronosEffect, HttpReply } from '../core/effects.ts';
import type { ApiEvent, ChronosEvent } from '../core/events.ts';
import { type ApiRoot, listedJobJson } from '../core/job-json.ts';
import { recoverChronosState } from '../core/recover.ts';
import type { ChronosConfig, ChronosState, JobEntry } from '../core/state.ts';
import { step } from '../core/step.ts';
import { jobRuns } from '../core/views.ts';
import { FakeMaster } from './fake-master.ts';

/** How a process ends while it steps: nothing of the step is kept, its records are, or its records and its first effects. */
export interface CrashPoint {
  readonly kind: 'before-commit' | 'after-effects';
  /** Steps that still go well. */
  readonly steps?: number;
  /** Effects of the last step that still happen, after its commit. */
  readonly effects?: number;
}

type Request = ApiEvent extends infer One ? (One extends ApiEvent ? Omit<One, 'requestId'> : never) : never;

/** A plain configuration for tests. */
export const testConfig: ChronosConfig = {
  frameworkInfo: { user: 'nobody', name: 'chronos', roles: ['*'] },
  leader: 'localhost:4400',
  clusterName: undefined,
  user: 'nobody',
  cpus: 1,
  mem: 128,
  disk: 256,
  failureRetryMs: 60_000,
  epsilon: undefined,
  disableAfterFailures: 0,
  reconciliationIntervalMs: 600_000,
  declineOfferMs: 5_000,
  minReviveIntervalMs: 1,
  historyLimit: 5,
  runsKept: 20,
};

/** 2026-06-08, noon UTC: a day without anything special. */
export const TEST_START_MS = 1_780_920_000_000;

/**
 * A Chronos on virtual clocks with a fake master: stores what it records, performs what it decides, and can be crashed at any point of a step
 * and started again from its records.
 */
export class TestChronos {
  readonly master: FakeMaster;
  readonly store = new Map<string, string>();
  readonly replies = new Map<string, HttpReply>();
  wallMs = TEST_START_MS;
  monoMs = 0;
  state: ChronosState;
  crash: CrashPoint | undefined;
  readonly #config: ChronosConfig;
  readonly #timers = new Map<string, number>();
  readonly #inbox: ChronosEvent[] = [];
  readonly #ids = seededIds(1);
  #generation = 0;
  #requests = 0;
  #isStepping = false;
  #process = 0;

  constructor(config: Partial<ChronosConfig> = {}) {
    this.#config = { ...testConfig, ...config };
    this.master = new FakeMaster((event) => this.#fromMaster(event));
    this.state = recoverChronosState(this.#config, []);
    this.post({ kind: 'start' });
  }

  /** Posts a job; answers the reply's status. */
  put(body: Readonly<Record<string, unknown>>, root: ApiRoot = 'v1'): number {
    const kind = 'parents' in body ? 'dependency' : 'iso8601';
    const parsed = parseJobBody({ command: 'true', ...body }, { kind, root, defaults: this.#config });
    if (!parsed.ok) throw new Error(describeViolations(parsed.violations));
    return this.ask({ kind: 'api.put-job', request: parsed.request }).status;
  }

  /** Makes a request; 0 when a crash came in between. */
  ask(request: Request): Pick<HttpReply, 'status' | 'body'> {
    const requestId = `r${this.#requests++}`;
    this.post({ ...request, requestId } as ApiEvent);
    return this.replies.get(requestId) ?? { status: 0 };
  }

  /** A job's entry; fails when there is none. */
  entry(name: string): JobEntry {
    const entry = this.state.jobs.get(name);
    if (entry === undefined) throw new Error(`no job ${name}`);
    return entry;
  }

  /** A job as GET /jobs shows it. */
  listed(name: string, root: ApiRoot): Readonly<Record<string, unknown>> {
    const { job, progress } = this.entry(name);
    return listedJobJson(job, progress, root);
  }

  /** What the runs API tells of a job. */
  runs(name: string): { readonly state: string; readonly due: string; readonly note: string }[] {
    return (jobRuns(this.state, name)?.['runs'] ?? []) as { state: string; due: string; note: string }[];
  }

  /** Lets time pass on both clocks, firing timers on the way. */
  advance(durationMs: number): void {
    const untilMs = this.monoMs + durationMs;
    for (;;) {
      const [next] = [...this.#timers].sort((left, right) => left[1] - right[1]);
      if (next === undefined || next[1] > untilMs) break;
      this.#moveTo(Math.max(this.monoMs, next[1]));
      this.#timers.delete(next[0]);
      this.post({ kind: 'timer.fired', key: next[0] });
    }
    this.#moveTo(untilMs);
  }

  /** Ends every live task with a state. */
  endTasks(state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED' | 'TASK_GONE'): void {
    for (const taskId of this.master.alive) this.master.update(taskId, state);
  }

  /** Ends the process and starts it again from its records. */
  restart(): void {
    this.#process++;
    this.#timers.clear();
    this.#inbox.length = 0;
    this.master.disconnect();
    this.crash = undefined;
    this.state = recoverChronosState(
      this.#config,
      [...this.store]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, text]) => ({ key, value: decodeValue(text) })),
    );
    this.post({ kind: 'start' });
  }

  /** The connection to the master breaks. */
  disconnect(): void {
    this.master.disconnect();
    this.post({ kind: 'scheduler.closed', generation: this.#generation, reason: 'test' });
  }

  post(event: ChronosEvent): void {
    this.#inbox.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#stepOnce(next);
    } finally {
      this.#isStepping = false;
    }
  }

  #stepOnce(event: ChronosEvent): void {
    const crash = this.#crashNow();
    const frame = step(this.state, event, { wallMs: this.wallMs, monoMs: this.monoMs, ids: this.#ids });
    if (crash?.kind === 'before-commit') {
      this.#isStepping = false;
      this.restart();
      return;
    }
    for (const { key, value } of frame.records) {
      if (value === undefined) this.store.delete(key);
      else this.store.set(key, encodeValue(value));
    }
    const effects = crash === undefined ? frame.effects : frame.effects.slice(0, crash.effects ?? 0);
    const process = this.#process;
    for (const effect of effects) if (process === this.#process) this.#perform(effect);
    if (crash !== undefined && process === this.#process) {
      this.#isStepping = false;
      this.restart();
    }
  }

  #crashNow(): CrashPoint | undefined {
    const { crash } = this;
    if (crash === undefined || (crash.steps ?? 0) === 0) return crash;
    this.crash = { ...crash, steps: (crash.steps ?? 0) - 1 };
    return undefined;
  }

  #perform(effect: ChronosEffect): void {
    switch (effect.kind) {
      case 'timer.set':
        this.#timers.set(effect.key, this.monoMs + effect.delayMs);
        return;
      case 'timer.clear':
        this.#timers.delete(effect.key);
        return;
      case 'http.reply':
        this.replies.set(effect.requestId, effect);
        return;
      case 'scheduler.subscribe':
        this.#generation = effect.generation;
        this.master.subscribe(effect.call);
        return;
      case 'scheduler.call':
        if (effect.generation === this.#generation) this.master.call(effect.call as Call);
        return;
      case 'scheduler.disconnect':
        this.master.disconnect();
        return;
      case 'log':
    }
  }

  #fromMaster(event: Event): void {
    this.post({ kind: 'scheduler.event', generation: this.#generation, event });
  }

  #moveTo(monoMs: number): void {
    this.wallMs += monoMs - this.monoMs;
    this.monoMs = monoMs;
  }
}
