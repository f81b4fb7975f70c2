import type { StepContext } from '../../../sdk/base/step.ts';
import type { Group } from '../../model/group.ts';
import { assignServicePorts, PortsExhaustedError } from '../../model/service-ports.ts';
import { versionChangedApps } from '../../model/versioning.ts';
import type { MarathonEvent } from '../bus-events.ts';
import { busEvent } from '../bus-events.ts';
import { submitDeployment } from '../deployments.ts';
import type { MarathonFrame } from '../state.ts';
import type { Draft } from './draft.ts';
import { ApiRefusal, appsLocked } from './refusal.ts';

/** How a change of the root group is told. */
export interface RootChange {
  /** Group whose change is told by `group_change_success` and `group_change_failed`. */
  readonly groupId: string;
  readonly force: boolean;
  /** Told before everything that the deployment tells. */
  readonly events?: ((root: Group) => readonly MarathonEvent[]) | undefined;
}

/** An accepted change. */
export interface Accepted {
  readonly deploymentId: string;
  readonly version: string;
}

/**
 * Computes the new root of a change: the tree of the draft, service ports, versions, and all rules between apps.
 *
 * @throws ApiRefusal
 */
export function prepareRoot(draft: Draft): Group {
  const refusal = draft.refusal();
  if (refusal !== undefined) throw refusal;
  const { root, version, from } = draft;
  const { config } = draft.state;
  const range = { min: config.localPortMin, max: config.localPortMax };
  try {
    return versionChangedApps(from, assignServicePorts(from, root, range, version), version);
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
export function changeRoot(draft: Draft, request: RootChange, ctx: StepContext, frame: MarathonFrame): Accepted {
  const { groupId, force } = request;
  try {
    const root = prepareRoot(draft);
    return accept(
      () => submitDeployment(draft.state, root, { force }, ctx, frame),
      { groupId, events: request.events?.(root) ?? [] },
      ctx,
      frame,
    );
  } catch (error) {
    // As upstream: a request that is wrong in itself never gets as far as the group.
    if (error instanceof ApiRefusal && !draft.isMistaken) {
      const event = busEvent.groupChangeFailed(ctx.wallMs, groupId, draft.version, error.message);
      frame.emit({ kind: 'event', event });
    }
    throw error;
  }
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
