import type { FrameBuilder } from '../../sdk/base/step.ts';
import { newSubscription, type Subscription } from '../../sdk/scheduler/core.ts';
import type { FrameworkInfo, TaskState } from '../../sdk/v1/generated/mesos.ts';
import type { AppDefinition } from '../model/app.ts';
import { emptyRoot, type Group } from '../model/group.ts';
import type { MarathonConfig } from './config.ts';
import type { Deployment } from './deployment.ts';
import type { MarathonEffect } from './effects.ts';
import type { Condition, Instance } from './instance.ts';
import type { Backoff, QueueEntry } from './launch-queue.ts';

/** The newest failure of an app, `lastTaskFailure` of the API. */
export interface TaskFailure {
  readonly appId: string;
  readonly taskId: string;
  readonly state: TaskState;
  readonly message: string;
  readonly host: string;
  readonly agentId?: string | undefined;
  /** Version of the definition that failed. */
  readonly version: string;
  readonly atMs: number;
}

/** A kill that was ordered and not yet confirmed by a terminal status. */
export interface PendingKill {
  readonly taskId: string;
  readonly agentId?: string | undefined;
  /** Monotonic time of the last KILL; undefined while it could not be sent. */
  readonly sentMonoMs: number | undefined;
  /** How long an answer is waited for. */
  readonly pauseMs: number;
}

/** Probes of one task. */
export interface RunningProbes {
  readonly taskId: string;
  readonly keys: ReadonlySet<string>;
  /** Monotonic time when the task began to run; grace periods count from it. */
  readonly runningMonoMs: number;
}

/** A launch that is not confirmed yet. */
export interface PendingLaunch {
  readonly taskId: string;
  readonly condition: Condition;
  /** Monotonic time when it was first seen so. */
  readonly sinceMonoMs: number;
}

/** Revives that may be sent now, refilled with time. */
export interface ReviveBucket {
  tokens: number;
  refilledMonoMs: number;
}

/** Counters since the start of the process, for `/metrics`. */
export interface Counters {
  launches: number;
  kills: number;
  deployments: number;
  deploymentsDismissed: number;
  offersIncoming: number;
  offersUsed: number;
  offersDeclined: number;
  revives: number;
  suppresses: number;
  /** Status updates by state. */
  readonly updates: Map<TaskState, number>;
}

/**
 * Everything that Marathon knows. Owned by the core: maps change in place, by core functions only; the values inside
 * are replaced whole. What is durable of it is listed in `records.ts`; everything else is rebuilt from that.
 */
export interface MarathonState {
  readonly config: MarathonConfig;
  readonly subscription: Subscription;
  /** The wanted tree of groups and apps. */
  root: Group;
  /** Roots of the past, oldest first, the present one last; at most `config.maxVersions`. */
  rootVersions: Group[];
  /** Definitions of each app of the present root, oldest first, the present one last; at most `config.maxVersions`. */
  readonly appVersions: Map<string, readonly AppDefinition[]>;
  /** Every stored definition, by app id and version: those above, and what old roots, instances and plans still name. */
  readonly definitions: Map<string, Map<string, AppDefinition>>;
  readonly instances: Map<string, Instance>;
  /** Ids of the instances of each app, oldest first; also of apps that are gone and still have some. */
  readonly instancesByApp: Map<string, Set<string>>;
  /** Running deployments, oldest first. */
  readonly deployments: Map<string, Deployment>;
  /** By app id: the running deployment that holds the app. */
  readonly locks: Map<string, string>;
  readonly queue: Map<string, QueueEntry>;
  /** By app id. */
  readonly backoffs: Map<string, Backoff>;
  /** By app id. */
  readonly taskFailures: Map<string, TaskFailure>;
  /** By task id. */
  readonly kills: Map<string, PendingKill>;
  /** The probes that run, by instance id. */
  readonly probes: Map<string, RunningProbes>;
  /** Launches that were not confirmed when last looked at, by instance id. */
  launching: ReadonlyMap<string, PendingLaunch>;
  /** Monotonic time for which the timer of unreachable instances is set. */
  unreachableDueMonoMs: number | undefined;
  readonly revive: ReviveBucket;
  /** Queue or backoffs changed: the demand for offers is looked at before this step ends. */
  demandDirty: boolean;
  /** Apps whose deployment ended in this step. */
  readonly releasedApps: Set<string>;
  /** Apps, each with the version that it wanted, that waited for offers when demand was last looked at. */
  revivedFor: ReadonlySet<string>;
  /** A revive is due. */
  revivePending: boolean;
  /** The last word to the master was SUPPRESS. */
  suppressed: boolean;
  readonly counters: Counters;
  /** Apps that changed in this step: their deployments, or their counts, are looked at before it ends. */
  readonly dirtyApps: Set<string>;
  /** Deployments that are looked at before this step ends. */
  readonly dirtyDeployments: Set<string>;
  /** Instances whose records are written at the end of this step. */
  readonly dirtyInstances: Set<string>;
  /** Wall time of the start, for views. */
  startedAtMs: number;
}

/** A Marathon that knows no app and has not subscribed. */
export function initialMarathonState(config: MarathonConfig): MarathonState {
  const root = emptyRoot('1970-01-01T00:00:00.000Z');
  return {
    config,
    subscription: newSubscription(frameworkInfo(config)),
    root,
    rootVersions: [root],
    appVersions: new Map(),
    definitions: new Map(),
    instances: new Map(),
    instancesByApp: new Map(),
    deployments: new Map(),
    locks: new Map(),
    queue: new Map(),
    backoffs: new Map(),
    taskFailures: new Map(),
    kills: new Map(),
    probes: new Map(),
    launching: new Map(),
    unreachableDueMonoMs: undefined,
    // Negative infinity fills the bucket at its first use.
    revive: { tokens: 0, refilledMonoMs: Number.NEGATIVE_INFINITY },
    demandDirty: false,
    releasedApps: new Set(),
    revivedFor: new Set(),
    revivePending: false,
    suppressed: false,
    counters: {
      launches: 0,
      kills: 0,
      deployments: 0,
      deploymentsDismissed: 0,
      offersIncoming: 0,
      offersUsed: 0,
      offersDeclined: 0,
      revives: 0,
      suppresses: 0,
      updates: new Map(),
    },
    dirtyApps: new Set(),
    dirtyDeployments: new Set(),
    dirtyInstances: new Set(),
    startedAtMs: 0,
  };
}

/** What one step collects. */
export type MarathonFrame = FrameBuilder<MarathonEffect>;

/** Who Marathon is to the master, as upstream's FrameworkInfo. */
export function frameworkInfo(config: MarathonConfig): FrameworkInfo {
  return {
    user: config.user,
    name: config.frameworkName,
    failover_timeout: config.failoverTimeoutMs / 1000,
    checkpoint: config.checkpoint,
    hostname: config.hostname,
    roles: [config.mesosRole],
    capabilities: [
      { type: 'PARTITION_AWARE' },
      { type: 'TASK_KILLING_STATE' },
      { type: 'REGION_AWARE' },
      { type: 'MULTI_ROLE' },
    ],
    ...(config.principal === undefined ? {} : { principal: config.principal }),
    ...(config.webuiUrl === undefined ? {} : { webui_url: config.webuiUrl }),
  };
}

/** The instances of an app, oldest first. */
export function instancesOf(state: MarathonState, appId: string): Instance[] {
  const ids = state.instancesByApp.get(appId);
  if (ids === undefined) return [];
  const found: Instance[] = [];
  for (const id of ids) {
    const instance = state.instances.get(id);
    if (instance !== undefined) found.push(instance);
  }
  return found;
}
