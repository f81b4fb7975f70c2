import type { Attribute, TaskState, TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import type { AppDefinition } from '../model/app.ts';

/** What we want of an instance. `Stopped` is kept for resident apps and not used yet. */
export type Goal = 'Running' | 'Stopped' | 'Decommissioned';

/**
 * What is known of an instance, as upstream names it on the event stream.
 *
 *     Scheduled -> Provisioned -> Staging -> Starting -> Running -> Killing -> (terminal) -> Scheduled again, or gone
 *                                                           \-> Unreachable -> UnreachableInactive -> Running, or gone
 */
export type Condition =
  | 'Scheduled'
  | 'Provisioned'
  | 'Staging'
  | 'Starting'
  | 'Running'
  | 'Killing'
  | 'Killed'
  | 'Finished'
  | 'Failed'
  | 'Error'
  | 'Unreachable'
  | 'UnreachableInactive'
  | 'Gone'
  | 'Dropped'
  | 'Unknown';

/** Where an instance runs. */
export interface InstanceAgent {
  readonly agentId: string;
  readonly host: string;
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  readonly attributes: readonly Attribute[];
}

/** The task of an instance: one launch. Its id carries the incarnation. */
export interface InstanceTask {
  readonly id: string;
  /** Last Mesos state; TASK_STAGING before the first update. */
  readonly state: TaskState;
  /** Wall time of the launch. */
  readonly stagedAtMs: number;
  /** Wall time of the first TASK_RUNNING. */
  readonly startedAtMs?: number | undefined;
  readonly hostPorts: readonly number[];
  readonly ipAddresses: readonly { readonly ipAddress: string; readonly protocol: 'IPv4' | 'IPv6' }[];
  readonly message: string;
  /** Last result of the app's `check`. */
  readonly checkStatus?: TaskStatus['check_status'];
}

/** Results of one health check of an instance; `index` is its place in the definition's `healthChecks`. */
export interface HealthState {
  readonly index: number;
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccessMs?: number | undefined;
  readonly lastSuccessMs?: number | undefined;
  readonly lastFailureMs?: number | undefined;
  readonly lastFailureCause?: string | undefined;
}

/** Last answer to the readiness check. */
export interface ReadinessState {
  readonly name: string;
  readonly ready: boolean;
  readonly lastResponse?: { readonly status: number; readonly contentType: string; readonly body: string } | undefined;
}

/**
 * One slot of an app: a stable id, a goal, and at most one task at a time. Values are replaced whole, by
 * `putInstance` only.
 */
export interface Instance {
  /** `<path with _>.instance-<uuid>`. */
  readonly id: string;
  readonly appId: string;
  readonly role: string;
  /** The definition that it runs or is to run; it is judged by the checks of this one. */
  readonly app: AppDefinition;
  readonly goal: Goal;
  readonly condition: Condition;
  /** Wall time when `condition` began. */
  readonly sinceMs: number;
  /** Number of the newest launch; 0 before the first. */
  readonly incarnation: number;
  readonly agent?: InstanceAgent | undefined;
  /** Newest task; stays after its end until the next launch. */
  readonly task?: InstanceTask | undefined;
  /** Conjunction of all health checks: undefined until each has a result, and always without checks. */
  readonly healthy?: boolean | undefined;
  readonly health: readonly HealthState[];
  readonly readiness?: ReadinessState | undefined;
  /** The deployment that asked for it; that deployment waits for it. */
  readonly deploymentId?: string | undefined;
  /** The end of this task was ordered while the instance stays wanted: it is ordered again after a crash. */
  readonly killOrdered?: boolean | undefined;
  /** Wall time when the task became unreachable. */
  readonly unreachableSinceMs?: number | undefined;
}

const TERMINAL: ReadonlySet<Condition> = new Set([
  'Killed',
  'Finished',
  'Failed',
  'Error',
  'Gone',
  'Dropped',
  'Unknown',
]);
const ACTIVE: ReadonlySet<Condition> = new Set([
  'Provisioned',
  'Staging',
  'Starting',
  'Running',
  'Killing',
  'Unreachable',
]);

/** The task has ended, for good. */
export function isTerminal(condition: Condition): boolean {
  return TERMINAL.has(condition);
}

/** A task exists, or may exist, in the cluster. */
export function isActive(condition: Condition): boolean {
  return ACTIVE.has(condition);
}

/** Its task is to end, for whatever reason. */
export function isDoomed(instance: Instance): boolean {
  return isActive(instance.condition) && (instance.goal !== 'Running' || instance.killOrdered === true);
}

/** Wanted, and without a task: the launch queue holds it. */
export function isScheduled(instance: Instance): boolean {
  return instance.goal === 'Running' && (instance.condition === 'Scheduled' || isTerminal(instance.condition));
}

/** Whether the definition has any health check. */
export function hasHealthChecks(app: AppDefinition): boolean {
  return app.healthChecks.length > 0;
}

/**
 * Whether an instance counts for the health of its app: running, not about to be killed and, when its own definition has checks, with a good
 * last result of each.
 *
 * Differs: upstream counts every instance without checks, also one that was never launched.
 */
export function isHealthy(instance: Instance): boolean {
  if (instance.condition !== 'Running' || instance.killOrdered === true) return false;
  return !hasHealthChecks(instance.app) || instance.healthy === true;
}

/** Healthy, and ready where its definition has a readiness check. */
export function isReady(instance: Instance): boolean {
  return isHealthy(instance) && (instance.app.readinessChecks.length === 0 || instance.readiness?.ready === true);
}
