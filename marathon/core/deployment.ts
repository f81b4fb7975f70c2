import type { AppDefinition } from '../model/app.ts';

/** What a deployment does to one app within a step. */
export type Action =
  | { readonly kind: 'StartApplication'; readonly app: AppDefinition }
  | { readonly kind: 'StopApplication'; readonly app: AppDefinition }
  | {
      readonly kind: 'ScaleApplication';
      readonly app: AppDefinition;
      readonly scaleTo: number;
      /** Instances that go first when there are too many. */
      readonly victims: readonly string[];
    }
  | { readonly kind: 'RestartApplication'; readonly app: AppDefinition };

/** Actions of a step run side by side; the next step starts when all are done. */
export interface PlanStep {
  readonly actions: readonly Action[];
}

/** Before and after of one app; undefined where it does not exist. */
export interface AppChange {
  readonly from?: AppDefinition | undefined;
  readonly to?: AppDefinition | undefined;
}

/** What of a group, besides its members, a deployment changes. */
export interface GroupShape {
  readonly id: string;
  readonly dependencies: readonly string[];
}

export interface GroupChange {
  readonly from?: GroupShape | undefined;
  readonly to?: GroupShape | undefined;
}

/** The difference of two root groups with the ordered steps that lead from one to the other. */
export interface Plan {
  /** By app id. */
  readonly apps: ReadonlyMap<string, AppChange>;
  /** By group id. */
  readonly groups: ReadonlyMap<string, GroupChange>;
  readonly steps: readonly PlanStep[];
}

/** Fixed numbers of one rolling restart, taken when its action starts and kept over a crash. */
export interface RestartNumbers {
  /** Old instances with goal Running that had been launched. */
  readonly oldCount: number;
  /** Old instances that may go before any new one is ready. */
  readonly killNow: number;
  /** Most instances alive at one time. */
  readonly capacityMax: number;
}

/** A running deployment. */
export interface Deployment {
  readonly id: string;
  /** Version of the root group that it leads to. */
  readonly version: string;
  readonly plan: Plan;
  /** 1-based number of the step under way; 0 before the first. */
  readonly currentStep: number;
  /** Numbers of the restarts of this step, by app id. */
  readonly restarts: ReadonlyMap<string, RestartNumbers>;
  /** Apps of this step whose action is done. */
  readonly done: ReadonlySet<string>;
  readonly startedAtMs: number;
}

/** Ids of all apps that any action of the plan touches. */
export function affectedApps(plan: Plan): ReadonlySet<string> {
  return new Set(plan.steps.flatMap((step) => step.actions.map((action) => action.app.id)));
}
