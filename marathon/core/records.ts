import type { AppDefinition } from '../model/app.ts';
import type { Action, Deployment, GroupChange, RestartNumbers } from './deployment.ts';
import type { Instance } from './instance.ts';

/**
 * What Marathon keeps on disk, by key:
 *
 *     framework                         the framework id
 *     definitions/<version><app id>     one definition, for as long as anything names it
 *     base/version, base/apps<id>, base/groups<id>   the oldest root that is kept
 *     roots/<version>                   what the root of that version changed
 *     instances/<instance id>           one instance; names its definition by version
 *     deployments/<id>                  one running deployment; names definitions by version
 *     failures<app id>                  the app's newest task failure
 *
 * No record grows with the number of apps, so no write does either.
 */
export const recordKey = {
  framework: 'framework',
  definition: (appId: string, version: string): string => `definitions/${version}${appId}`,
  baseVersion: 'base/version',
  baseApp: (appId: string): string => `base/apps${appId}`,
  baseGroup: (groupId: string): string => `base/groups${groupId}`,
  root: (version: string): string => `roots/${version}`,
  instance: (id: string): string => `instances/${id}`,
  deployment: (id: string): string => `deployments/${id}`,
  failure: (appId: string): string => `failures${appId}`,
};

export interface FrameworkRecord {
  readonly id: string;
}

/** A group without its members. */
export interface GroupRecord {
  readonly dependencies: readonly string[];
  readonly version: string;
}

/** Change from one root to the next; null is gone. */
export interface RootRecord {
  readonly version: string;
  /** Versions of the changed apps. */
  readonly apps: Readonly<Record<string, string | null>>;
  readonly groups: Readonly<Record<string, GroupRecord | null>>;
}

/** An instance that names its definition by version. */
export interface InstanceRecord extends Omit<Instance, 'app'> {
  readonly version: string;
}

export interface ActionRecord {
  readonly kind: Action['kind'];
  readonly appId: string;
  readonly version: string;
  readonly scaleTo?: number | undefined;
  readonly victims?: readonly string[] | undefined;
}

export interface DeploymentRecord {
  readonly id: string;
  readonly version: string;
  /** Versions before and after, by app id. */
  readonly apps: Readonly<Record<string, { readonly from?: string | undefined; readonly to?: string | undefined }>>;
  readonly groups: Readonly<Record<string, GroupChange>>;
  readonly steps: readonly (readonly ActionRecord[])[];
  readonly currentStep: number;
  readonly restarts: Readonly<Record<string, RestartNumbers>>;
  readonly done: readonly string[];
  readonly startedAtMs: number;
}

/** The record of an instance. */
export function instanceRecord(instance: Instance): InstanceRecord {
  const { app, ...rest } = instance;
  return { ...rest, version: app.version };
}

/** An instance from its record and its definition. */
export function instanceFromRecord(record: InstanceRecord, app: AppDefinition): Instance {
  const { version: _named, ...rest } = record;
  return { ...rest, app };
}

/** The record of a deployment. */
export function deploymentRecord(deployment: Deployment): DeploymentRecord {
  const { id, version, plan, currentStep, restarts, done, startedAtMs } = deployment;
  const apps = [...plan.apps].map(([appId, change]) => {
    return [appId, { from: change.from?.version, to: change.to?.version }] as const;
  });
  return {
    id,
    version,
    apps: Object.fromEntries(apps),
    groups: Object.fromEntries(plan.groups),
    steps: plan.steps.map((step) => step.actions.map(actionRecord)),
    currentStep,
    restarts: Object.fromEntries(restarts),
    done: [...done],
    startedAtMs,
  };
}

function actionRecord(action: Action): ActionRecord {
  const common = { kind: action.kind, appId: action.app.id, version: action.app.version };
  if (action.kind !== 'ScaleApplication') return common;
  return { ...common, scaleTo: action.scaleTo, victims: action.victims };
}

/**
 * A deployment from its record.
 *
 * @param lookup the definition of an app id and version.
 */
export function deploymentFromRecord(
  record: DeploymentRecord,
  lookup: (appId: string, version: string) => AppDefinition,
): Deployment {
  const { id, version, currentStep, startedAtMs } = record;
  const find = (appId: string, at: string | undefined): AppDefinition | undefined =>
    at === undefined ? undefined : lookup(appId, at);
  const apps = Object.entries(record.apps).map(([appId, change]) => {
    return [appId, { from: find(appId, change.from), to: find(appId, change.to) }] as const;
  });
  const steps = record.steps.map((actions) => ({
    actions: actions.map((action): Action => {
      const app = lookup(action.appId, action.version);
      if (action.kind !== 'ScaleApplication') return { kind: action.kind, app };
      return { kind: action.kind, app, scaleTo: action.scaleTo ?? app.instances, victims: action.victims ?? [] };
    }),
  }));
  return {
    id,
    version,
    plan: { apps: new Map(apps), groups: new Map(Object.entries(record.groups)), steps },
    currentStep,
    restarts: new Map(Object.entries(record.restarts)),
    done: new Set(record.done),
    startedAtMs,
  };
}
