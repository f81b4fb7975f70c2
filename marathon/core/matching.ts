import type { Resource } from '../../sdk/v1/generated/mesos.ts';
import type { AppDefinition } from '../model/app.ts';
import type { MarathonConfig } from './config.ts';
import { meetsConstraints, type Placement, type Site } from './constraints.ts';
import { type NoMatchReason, REASON_FUNNEL } from './launch-queue.ts';
import { findPorts, hasRole, milli, type OpenOffer, scalarLeft, takePorts, takeScalar } from './open-offer.ts';

/** What of the world a match depends on besides offer and app. */
export interface MatchContext {
  readonly config: MarathonConfig;
  readonly wallMs: number;
  /** Region of the master, when it has one. */
  readonly homeRegion: string | undefined;
  /** A random integer below its argument. */
  readonly random: (bound: number) => number;
}

/** A place for one instance: its resources are taken from the offer. */
export interface Match {
  readonly resources: readonly Resource[];
  readonly hostPorts: readonly number[];
}

/**
 * Places one instance of an app on an offer, or tells every reason why not, in funnel order.
 *
 * Source: upstream's ResourceMatcher.
 */
export function matchOffer(
  app: AppDefinition,
  placement: Placement,
  open: OpenOffer,
  context: MatchContext,
): Match | { readonly reasons: readonly NoMatchReason[] } {
  const roles = acceptedRoles(app, context.config);
  const reasons = new Set<NoMatchReason>();
  if (open.role !== app.role || !hasRole(open, roles)) reasons.add('UnfulfilledRole');
  const site = offerSite(open);
  if (!isOfHomeRegion(app, site, context.homeRegion)) reasons.add('UnfulfilledConstraint');
  if (!meetsConstraints(placement, site)) reasons.add('UnfulfilledConstraint');
  if (isInMaintenance(open, context)) reasons.add('AgentMaintenance');
  for (const [name, amount, reason] of needs(app)) {
    if (amount > 0 && scalarLeft(open, name, roles) < amount) reasons.add(reason);
  }
  const ports = findPorts(open, roles, wantedPorts(app), context.random);
  if (ports === undefined) reasons.add('InsufficientPorts');
  // GPU agents are kept for those who need GPUs, which no app can ask for yet.
  if ((open.scalars.get('gpus') ?? []).some((slot) => slot.left > 0) && !mayUseGpuAgents(app)) {
    reasons.add('DeclinedScarceResources');
  }
  if (reasons.size > 0 || ports === undefined)
    return { reasons: REASON_FUNNEL.filter((reason) => reasons.has(reason)) };
  const resources = needs(app).flatMap(([name, amount]) => takeScalar(open, name, roles, amount));
  return { resources: [...resources, ...takePorts(open, roles, ports)], hostPorts: ports };
}

/** Whether no other app could do better: nothing is left that any task needs. */
export function isExhausted(open: OpenOffer): boolean {
  const left = (name: string): number => (open.scalars.get(name) ?? []).reduce((sum, slot) => sum + slot.left, 0);
  return left('cpus') === 0 && left('mem') === 0;
}

/** The offer's place, as constraints read it. */
export function offerSite(open: OpenOffer): Site {
  const { hostname, attributes, domain } = open.offer;
  return {
    host: hostname,
    region: domain?.fault_domain?.region.name,
    zone: domain?.fault_domain?.zone.name,
    attributes: attributes ?? [],
  };
}

function needs(app: AppDefinition): readonly (readonly [string, number, NoMatchReason])[] {
  return [
    ['cpus', milli(app.cpus), 'InsufficientCpus'],
    ['mem', milli(app.mem), 'InsufficientMemory'],
    ['disk', milli(app.disk), 'InsufficientDisk'],
    ['gpus', milli(app.gpus), 'InsufficientGpus'],
  ];
}

function wantedPorts(app: AppDefinition): { readonly exact: readonly number[] } | { readonly count: number } {
  const { portDefinitions, requirePorts } = app;
  return requirePorts ? { exact: portDefinitions.map(({ port }) => port) } : { count: portDefinitions.length };
}

function acceptedRoles(app: AppDefinition, config: MarathonConfig): ReadonlySet<string> {
  return new Set(app.acceptedResourceRoles ?? config.defaultAcceptedResourceRoles ?? [app.role, '*']);
}

function isOfHomeRegion(app: AppDefinition, site: Site, homeRegion: string | undefined): boolean {
  if (site.region === undefined || site.region === homeRegion) return true;
  return app.constraints.some(([field]) => field === '@region' || field === '@zone');
}

function isInMaintenance(open: OpenOffer, { config, wallMs }: MatchContext): boolean {
  const unavailability = open.offer.unavailability;
  if (!config.maintenanceMode || unavailability === undefined) return false;
  const startMs = Number(unavailability.start.nanoseconds / 1_000_000n);
  const durationNs = unavailability.duration?.nanoseconds;
  const endMs = durationNs === undefined ? Number.POSITIVE_INFINITY : startMs + Number(durationNs / 1_000_000n);
  return wallMs >= startMs - config.drainingMs && wallMs < endMs;
}

function mayUseGpuAgents(app: AppDefinition): boolean {
  return app.gpus > 0 || app.labels['GPU_SCHEDULING_BEHAVIOR'] === 'unrestricted';
}
