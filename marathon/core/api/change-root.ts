import type { StepContext } from '../../../sdk/base/step.ts';
import type { Group } from '../../model/group.ts';
import { assignServicePorts, PortsExhaustedError } from '../../model/service-ports.ts';
import { nextVersion } from '../../model/timestamp.ts';
import { versionChangedApps } from '../../model/versioning.ts';
import type { MarathonEvent } from '../bus-events.ts';
import { busEvent } from '../bus-events.ts';
import { submitDeployment } from '../deployments.ts';
import type { MarathonFrame, MarathonState } from '../state.ts';
import { ApiRefusal, appsLocked, invalid } from './refusal.ts';
import { treeViolations } from './tree-rules.ts';

/** A change of the root group. */
export interface RootChange {
  /** Group whose change is told by `group_change_success` and `group_change_failed`. */
  readonly groupId: string;
  readonly force: boolean;
  /** Makes the new tree; throws an {@link ApiRefusal} when it cannot. */
  readonly change: (root: Group, version: string) => Group;
  /** Instances, by app id, that go first where an app has too many. */
  readonly victims?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Told before everything that the deployment tells. */
  readonly events?: ((root: Group) => readonly MarathonEvent[]) | undefined;
}

/** An accepted change. */
export interface Accepted {
  readonly deploymentId: string;
  readonly version: string;
}

/**
 * Computes the new root of a change: the tree, service ports, versions, and all rules between apps.
 *
 * @throws ApiRefusal
 */
export function prepareRoot(
  state: MarathonState,
  wallMs: number,
  change: RootChange['change'],
): { readonly root: Group; readonly version: string } {
  const { config } = state;
  const from = state.root;
  const version = nextVersion(wallMs, from.version);
  const changed = change(from, version);
  const violations = treeViolations(from, changed, config);
  if (violations.length > 0) throw invalid(violations);
  const range = { min: config.localPortMin, max: config.localPortMax };
  try {
    const root = versionChangedApps(from, assignServicePorts(from, changed, range, version), version);
    return { root, version };
  } catch (error) {
    if (error instanceof PortsExhaustedError) throw new ApiRefusal(422, error.message);
    throw error;
  }
}

/**
 * Changes the root: refused whole, or stored with a deployment that leads to it.
 *
 * @throws ApiRefusal
 */
export function changeRoot(
  state: MarathonState,
  request: RootChange,
  ctx: StepContext,
  frame: MarathonFrame,
): Accepted {
  try {
    return submit(state, request, ctx, frame);
  } catch (error) {
    if (error instanceof ApiRefusal) {
      const version = nextVersion(ctx.wallMs, state.root.version);
      const event = busEvent.groupChangeFailed(ctx.wallMs, request.groupId, version, error.message);
      frame.emit({ kind: 'event', event });
    }
    throw error;
  }
}

function submit(state: MarathonState, request: RootChange, ctx: StepContext, frame: MarathonFrame): Accepted {
  const { root } = prepareRoot(state, ctx.wallMs, request.change);
  const { force, victims } = request;
  return accept(
    () => submitDeployment(state, root, { force, victims }, ctx, frame),
    { groupId: request.groupId, events: request.events?.(root) ?? [] },
    ctx,
    frame,
  );
}

/**
 * Runs what submits a deployment, and tells the change before everything that the deployment tells: clients rely on the
 * order api_post_event, group_change_success, deployment_info.
 *
 * @throws ApiRefusal
 */
export function accept<Result extends object>(
  run: () => Result,
  told: { readonly groupId: string; readonly events?: readonly MarathonEvent[] },
  ctx: StepContext,
  frame: MarathonFrame,
): Exclude<Result, { readonly locked: readonly string[] } | { readonly tooMany: number }> {
  const firstEffect = frame.effects.length;
  const result = run();
  throwUnlessAccepted(result);
  if ('version' in result && typeof result.version === 'string') {
    const change = busEvent.groupChangeSuccess(ctx.wallMs, told.groupId, result.version);
    const events = [...(told.events ?? []), change].map((event) => ({ kind: 'event' as const, event }));
    frame.effects.splice(firstEffect, 0, ...events);
  }
  return result as Exclude<Result, { readonly locked: readonly string[] } | { readonly tooMany: number }>;
}

function throwUnlessAccepted(result: object): void {
  if ('locked' in result) throw appsLocked(result.locked as readonly string[]);
  if ('tooMany' in result)
    throw new ApiRefusal(
      403,
      `Max number (${result.tooMany}) of running deployments is achieved. Wait for existing deployments to complete or cancel one using force=true parameter. You can increase max deployment number by using --max_running_deployments parameter. Current number is ${result.tooMany}`,
    );
}
