import type { CheckInfo, CheckInfo_Type, CheckStatusInfo, HealthCheck } from '../../../sdk/v1/generated/mesos.ts';

/**
 * When checks run and what their results mean, without running any:
 *
 *     begin --> wait(delay) --due--> probe --result--> [report] wait(interval) --due--> probe ...
 *
 * A machine has at most one wait or one probe out at a time; whoever drives it answers each wait with `due`, each probe with
 * `result`. States are values: they can be kept, compared and replayed. Rules as in upstream's checks library.
 */

/** What a probe found. 'error' is everything that prevented a finding: timeout, no connection, no process. */
export type ProbeResult =
  | { readonly kind: 'command'; readonly exitCode: number }
  | { readonly kind: 'http'; readonly statusCode: number }
  | { readonly kind: 'tcp'; readonly succeeded: boolean }
  | { readonly kind: 'error'; readonly message: string };

export type CheckMachineEvent =
  | { readonly kind: 'begin'; readonly monoMs: number }
  | { readonly kind: 'due' }
  | { readonly kind: 'result'; readonly result: ProbeResult; readonly monoMs: number };

export interface WaitEffect {
  readonly kind: 'wait';
  readonly delayMs: number;
}

export interface ProbeEffect {
  readonly kind: 'probe';
  /** Infinity: no limit. */
  readonly timeoutMs: number;
}

/** News for a status update; `kill`: the task has failed often enough. */
export interface HealthEffect {
  readonly kind: 'health';
  readonly healthy: boolean;
  readonly kill: boolean;
  readonly consecutiveFailures: number;
}

export interface CheckStatusEffect {
  readonly kind: 'check';
  readonly status: CheckStatusInfo;
}

/** State of a health check. */
export interface HealthState {
  readonly beganMonoMs: number;
  /** No success yet: failures within the grace period do not count. */
  readonly initializing: boolean;
  readonly consecutiveFailures: number;
}

/** State of a check: the last status told. */
export interface CheckState {
  readonly status: CheckStatusInfo;
}

export interface HealthFrame {
  readonly state: HealthState;
  readonly effects: readonly (WaitEffect | ProbeEffect | HealthEffect)[];
}

export interface CheckFrame {
  readonly state: CheckState;
  readonly effects: readonly (WaitEffect | ProbeEffect | CheckStatusEffect)[];
}

const DELAY_S = 15;
const INTERVAL_S = 10;
const TIMEOUT_S = 20;
const GRACE_S = 10;
const CONSECUTIVE_FAILURES = 3;

/**
 * The state before `begin`.
 *
 * @param healthy the last result told, when the task outlived an agent: a task known to be healthy has no grace any more, and
 *   its health is not told again.
 */
export function newHealthState(healthy?: boolean): HealthState {
  return { beganMonoMs: 0, initializing: healthy !== true, consecutiveFailures: 0 };
}

/** One step of a health check. */
export function stepHealth(state: HealthState, check: HealthCheck, event: CheckMachineEvent): HealthFrame {
  switch (event.kind) {
    case 'begin':
      return { state: { ...state, beganMonoMs: event.monoMs }, effects: [waitSeconds(check.delay_seconds ?? DELAY_S)] };
    case 'due':
      return { state, effects: [probeWithin(check.timeout_seconds)] };
    case 'result': {
      const next = waitSeconds(check.interval_seconds ?? INTERVAL_S);
      if (isHealthy(event.result)) {
        const news: HealthEffect = { kind: 'health', healthy: true, kill: false, consecutiveFailures: 0 };
        const isNews = state.initializing || state.consecutiveFailures > 0;
        return {
          state: { ...state, initializing: false, consecutiveFailures: 0 },
          effects: isNews ? [news, next] : [next],
        };
      }
      const graceMs = (check.grace_period_seconds ?? GRACE_S) * 1_000;
      const inGrace = state.initializing && graceMs > 0 && event.monoMs - state.beganMonoMs <= graceMs;
      if (inGrace) return { state, effects: [next] };
      const consecutiveFailures = state.consecutiveFailures + 1;
      const kill = consecutiveFailures >= (check.consecutive_failures ?? CONSECUTIVE_FAILURES);
      return {
        state: { ...state, consecutiveFailures },
        effects: [{ kind: 'health', healthy: false, kill, consecutiveFailures }, next],
      };
    }
  }
}

/** What a health check takes for healthy: exit code 0, 200 to 399, a connection. */
export function isHealthy(result: ProbeResult): boolean {
  switch (result.kind) {
    case 'command':
      return result.exitCode === 0;
    case 'http':
      return result.statusCode >= 200 && result.statusCode < 400;
    case 'tcp':
      return result.succeeded;
    case 'error':
      return false;
  }
}

/** The status before the first result, as it stands in a task's first updates already. */
export function emptyCheckStatus(type: CheckInfo_Type): CheckStatusInfo {
  switch (type) {
    case 'COMMAND':
      return { type, command: {} };
    case 'HTTP':
      return { type, http: {} };
    case 'TCP':
      return { type, tcp: {} };
    case 'UNKNOWN':
      return { type };
  }
}

/** The state before `begin`; `status`: the last one told, when the task outlived an agent. */
export function newCheckState(check: CheckInfo, status?: CheckStatusInfo): CheckState {
  return { status: status ?? emptyCheckStatus(check.type ?? 'UNKNOWN') };
}

/** One step of a check. It tells every change and judges nothing; an error is the empty status. */
export function stepCheck(state: CheckState, check: CheckInfo, event: CheckMachineEvent): CheckFrame {
  switch (event.kind) {
    case 'begin':
      return { state, effects: [waitSeconds(check.delay_seconds ?? DELAY_S)] };
    case 'due':
      return { state, effects: [probeWithin(check.timeout_seconds)] };
    case 'result': {
      const next = waitSeconds(check.interval_seconds ?? INTERVAL_S);
      const status = statusOf(check, event.result);
      if (sameStatus(status, state.status)) return { state, effects: [next] };
      return { state: { status }, effects: [{ kind: 'check', status }, next] };
    }
  }
}

function statusOf(check: CheckInfo, result: ProbeResult): CheckStatusInfo {
  switch (result.kind) {
    case 'command':
      return { type: 'COMMAND', command: { exit_code: result.exitCode } };
    case 'http':
      return { type: 'HTTP', http: { status_code: result.statusCode } };
    case 'tcp':
      return { type: 'TCP', tcp: { succeeded: result.succeeded } };
    case 'error':
      return emptyCheckStatus(check.type ?? 'UNKNOWN');
  }
}

function sameStatus(one: CheckStatusInfo, other: CheckStatusInfo): boolean {
  return (
    one.type === other.type &&
    one.command?.exit_code === other.command?.exit_code &&
    one.http?.status_code === other.http?.status_code &&
    one.tcp?.succeeded === other.tcp?.succeeded
  );
}

function waitSeconds(seconds: number): WaitEffect {
  return { kind: 'wait', delayMs: seconds * 1_000 };
}

/** A timeout of zero is none, as upstream. */
function probeWithin(seconds: number | undefined): ProbeEffect {
  const timeoutMs = (seconds ?? TIMEOUT_S) * 1_000;
  return { kind: 'probe', timeoutMs: timeoutMs > 0 ? timeoutMs : Number.POSITIVE_INFINITY };
}
