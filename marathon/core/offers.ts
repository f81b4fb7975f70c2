import type { StepContext } from '../../sdk/base/step.ts';
import { sendCall } from '../../sdk/scheduler/core.ts';
import type { Offer, TaskInfo } from '../../sdk/v1/generated/mesos.ts';
import type { AppDefinition } from '../model/app.ts';
import { advanceBackoff, launchDelayMs } from './backoff.ts';
import { type Placement, place, placementOf } from './constraints.ts';
import { taskId } from './ids.ts';
import type { Instance } from './instance.ts';
import { putInstance } from './instances.ts';
import type { NoMatchReason, QueueEntry } from './launch-queue.ts';
import { isExhausted, type Match, type MatchContext, matchOffer, offerSite } from './matching.ts';
import { type OpenOffer, openOffer } from './open-offer.ts';
import { wantsOffers } from './queue.ts';
import { instancesOf, type MarathonFrame, type MarathonState } from './state.ts';
import { buildTaskInfo } from './task-info.ts';

/** Agents whose newest unused offer is kept per app. */
const UNUSED_OFFERS_MAX = 100;
/** Refusal while something waits that this offer does not suit: Mesos' default filter. */
const SHORT_REFUSAL_SECONDS = 5;

/** One round: offers that came together, and what was placed on them. */
interface Round {
  readonly offers: readonly OpenOffer[];
  readonly launches: Map<OpenOffer, TaskInfo[]>;
  readonly context: MatchContext;
  /** Where the search for the next instance begins, so that instances spread over the offers. */
  turn: number;
}

/**
 * Places waiting instances on offers. Every launch is an instance record of this frame, so it is durable before the ACCEPT leaves; what
 * nobody needs is declined.
 */
export function onOffers(state: MarathonState, offers: readonly Offer[], ctx: StepContext, frame: MarathonFrame): void {
  const round: Round = {
    offers: offers.map(openOffer),
    launches: new Map(),
    context: {
      config: state.config,
      wallMs: ctx.wallMs,
      homeRegion: state.subscription.masterInfo?.domain?.fault_domain?.region.name,
      random: (bound) => ctx.ids.next(bound),
    },
    turn: 0,
  };
  state.counters.offersIncoming += offers.length;
  // A copy: launching takes instances, and at last entries, out of the queue.
  for (const entry of [...state.queue.values()]) {
    if (round.offers.every((open) => isExhausted(open))) countExhausted(entry, round, ctx);
    else placeEntry(state, entry, round, ctx, frame);
  }
  answer(state, round, ctx, frame);
}

function placeEntry(
  state: MarathonState,
  entry: QueueEntry,
  round: Round,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const placements = new Map<string, Placement>();
  // Offers that lack resources for a definition stay that way in this round: they are asked once, not once per instance.
  const lacking = new Map<string, Set<OpenOffer>>();
  const refusals = new Map<OpenOffer, readonly NoMatchReason[]>();
  const used = new Set<OpenOffer>();
  for (const id of [...entry.scheduled]) {
    const instance = state.instances.get(id);
    if (instance === undefined || launchDelayMs(state, instance.app, ctx.monoMs) > 0) continue;
    const { app } = instance;
    let placement = placements.get(app.version);
    if (placement === undefined) {
      placement = placementOf(app, app.constraints.length === 0 ? [] : instancesOf(state, app.id));
      placements.set(app.version, placement);
      lacking.set(app.version, new Set());
    }
    const found = findOffer(app, placement, round, lacking.get(app.version) ?? new Set(), refusals);
    if (found === undefined) continue;
    used.add(found.open);
    place(placement, offerSite(found.open));
    launch(state, instance, found.open, found.match, round, ctx, frame);
  }
  countRound(entry, round, used, refusals, ctx);
}

function findOffer(
  app: AppDefinition,
  placement: Placement,
  round: Round,
  lacking: Set<OpenOffer>,
  refusals: Map<OpenOffer, readonly NoMatchReason[]>,
): { readonly open: OpenOffer; readonly match: Match } | undefined {
  const { offers, context } = round;
  const limit = context.config.maxInstancesPerOffer;
  for (let step = 0; step < offers.length; step++) {
    const open = offers[(round.turn + step) % offers.length] as OpenOffer;
    if (lacking.has(open) || (limit > 0 && (round.launches.get(open)?.length ?? 0) >= limit)) continue;
    const match = matchOffer(app, placement, open, context);
    if ('resources' in match) {
      round.turn = (round.turn + step + 1) % offers.length;
      return { open, match };
    }
    refusals.set(open, match.reasons);
    if (match.reasons.some((reason) => reason !== 'UnfulfilledConstraint')) lacking.add(open);
  }
  return undefined;
}

function launch(
  state: MarathonState,
  instance: Instance,
  open: OpenOffer,
  match: Match,
  round: Round,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const { offer } = open;
  const incarnation = instance.incarnation + 1;
  const id = taskId(instance.id, incarnation);
  const agent = { agentId: offer.agent_id.value, ...offerSite(open) };
  const info = buildTaskInfo(instance.app, id, agent, match, state.config.envVarsPrefix ?? '');
  const launched: Instance = {
    id: instance.id,
    appId: instance.appId,
    role: instance.role,
    app: instance.app,
    goal: instance.goal,
    condition: 'Provisioned',
    sinceMs: ctx.wallMs,
    incarnation,
    agent,
    task: {
      id,
      state: 'TASK_STAGING',
      stagedAtMs: ctx.wallMs,
      hostPorts: match.hostPorts,
      ipAddresses: [],
      message: '',
    },
    health: [],
    ...(instance.deploymentId === undefined ? {} : { deploymentId: instance.deploymentId }),
  };
  putInstance(state, launched, ctx, frame);
  advanceBackoff(state, instance.app, ctx);
  state.counters.launches += 1;
  const launches = round.launches.get(open);
  if (launches === undefined) round.launches.set(open, [info]);
  else launches.push(info);
}

/** Accepts what is used, declines the rest: shortly while something waits, long when nothing does. */
function answer(state: MarathonState, round: Round, ctx: StepContext, frame: MarathonFrame): void {
  const isWanted = wantsOffers(state, ctx.monoMs);
  const longSeconds = state.config.declineOfferMs / 1000;
  const declined: Offer[] = [];
  for (const open of round.offers) {
    const infos = round.launches.get(open);
    if (infos === undefined) {
      declined.push(open.offer);
      continue;
    }
    const accept = {
      offer_ids: [open.offer.id],
      operations: [{ type: 'LAUNCH' as const, launch: { task_infos: infos } }],
      filters: { refuse_seconds: state.queue.size > 0 ? 0 : longSeconds },
    };
    sendCall(state.subscription, { type: 'ACCEPT', accept }, frame);
    state.counters.offersUsed += 1;
  }
  if (declined.length === 0) return;
  state.counters.offersDeclined += declined.length;
  const decline = {
    offer_ids: declined.map((offer) => offer.id),
    filters: { refuse_seconds: isWanted ? SHORT_REFUSAL_SECONDS : longSeconds },
  };
  sendCall(state.subscription, { type: 'DECLINE', decline }, frame);
}

function countRound(
  entry: QueueEntry,
  round: Round,
  used: ReadonlySet<OpenOffer>,
  refusals: ReadonlyMap<OpenOffer, readonly NoMatchReason[]>,
  ctx: StepContext,
): void {
  for (const open of round.offers) {
    if (used.has(open)) {
      entry.statistics.processed += 1;
      entry.statistics.lastUsedMs = ctx.wallMs;
      continue;
    }
    const reasons = refusals.get(open);
    if (reasons !== undefined) countUnused(entry, open, reasons, ctx);
  }
}

/** Offers that others used up before this app's turn: what they lack now is told as the reason. */
function countExhausted(entry: QueueEntry, round: Round, ctx: StepContext): void {
  for (const open of round.offers) countUnused(entry, open, ['InsufficientCpus', 'InsufficientMemory'], ctx);
}

function countUnused(entry: QueueEntry, open: OpenOffer, reasons: readonly NoMatchReason[], ctx: StepContext): void {
  const { statistics } = entry;
  statistics.processed += 1;
  statistics.unused += 1;
  statistics.lastUnusedMs = ctx.wallMs;
  const first = reasons[0];
  if (first !== undefined) statistics.rejected.set(first, (statistics.rejected.get(first) ?? 0) + 1);
  const agentId = open.offer.agent_id.value;
  statistics.lastUnused.delete(agentId);
  statistics.lastUnused.set(agentId, { offer: open.offer, reasons, atMs: ctx.wallMs });
  if (statistics.lastUnused.size <= UNUSED_OFFERS_MAX) return;
  const oldest = statistics.lastUnused.keys().next();
  if (oldest.done !== true) statistics.lastUnused.delete(oldest.value);
}
