import type { StepContext } from '../../../sdk/base/step.ts';
import type { Group } from '../../model/group.ts';
import { assignServicePorts, PortsExhaustedError } from '../../model/service-ports.ts';
import { nextVersion } from '../../model/timestamp.ts';
import { versionChangedApps } from '../../model/versioning.ts';
import type { MarathonEvent } from '../bus-events.ts';
import { busEvent } from '../bus-events.ts';
import { type SubmitResult, submitDeployment } from '../deployments.ts';
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
  const firstEffect = frame.effects.length;
  const { groupId, force, victims } = request;
  const accepted = acceptedOr(submitDeployment(state, root, { force, victims, groupId }, ctx, frame));
  // Clients rely on this order: api_post_event, group_change_success, then what the deployment tells.
  const events = (request.events?.(root) ?? []).map((event) => ({ kind: 'event' as const, event }));
  frame.effects.splice(firstEffect, 0, ...events);
  return accepted;
}

/**
 * The accepted change, or the refusal that a client gets.
 *
 * @throws ApiRefusal
 */
export function acceptedOr(result: SubmitResult): Accepted {
  if ('locked' in result) throw appsLocked(result.locked);
  if ('tooMany' in result)
    throw new ApiRefusal(
      403,
      `Max number (${result.tooMany}) of running deployments is achieved. Wait for existing deployments to complete or cancel one using force=true parameter. You can increase max deployment number by using --max_running_deployments parameter. Current number is ${result.tooMany}`,
    );
  return result;
}
