import { FullMatcher } from '../../sdk/base/full-match.ts';
import { sendCall } from '../../sdk/scheduler/core.ts';
import type { Offer, TaskInfo } from '../../sdk/v1/generated/mesos.ts';
import type { Job } from './job.ts';
import { isoText } from './job-json.ts';
import { OfferRest, requirementsOf, satisfies } from './matching.ts';
import { addAttempt, type Run, taskIdOf } from './run.ts';
import { activeRun, dequeue, type JobEntry, type RunRef, saveRun, type Turn } from './state.ts';
import { taskInfoOf } from './task-info.ts';

/** While nothing is queued, offers are refused for this long; REVIVE lifts it. */
const IDLE_REFUSE_SECONDS = 7 * 24 * 3600;

/** An offer with the tasks that are to run on it. */
interface Plan {
  readonly rest: OfferRest;
  readonly tasks: TaskInfo[];
}

/** One look at all queued runs. */
interface Pass {
  readonly plans: readonly Plan[];
  /** What needs did not fit, by their key, with how often each reason came. */
  readonly refused: Map<string, ReadonlyMap<string, number>>;
  readonly expressions: FullMatcher;
}

/**
 * Launches what fits on the offers, in the order of the queues, and gives the rest back. A run that fits nowhere holds up nobody behind
 * it. Each attempt is recorded in this frame, so before its ACCEPT leaves.
 */
export function onOffers(turn: Turn, offers: readonly Offer[]): void {
  const { queues } = turn.state;
  const plans = offers.map((offer): Plan => ({ rest: new OfferRest(offer), tasks: [] }));
  const pass: Pass = { plans, refused: new Map(), expressions: new FullMatcher() };
  for (const queue of [queues.high, queues.normal]) {
    for (const ref of [...queue.values()]) tryLaunch(turn, ref, pass);
  }
  answerOffers(turn, plans);
}

/** Why a queued run may not be launched whatever is offered; undefined when it may. */
export function launchObstacle(turn: Pick<Turn, 'state'>, entry: JobEntry, run: Run): string | undefined {
  if (!entry.job.concurrent) {
    const other = [...entry.active.values()].find(
      (one) => one.dueMs !== run.dueMs && (one.phase === 'live' || one.phase === 'reporting'),
    );
    if (other !== undefined)
      return `waits for the job's run of ${isoText(other.dueMs)} to end, because the job is not concurrent`;
  }
  const { orphans } = turn.state;
  if (orphans.size > 0 && orphans.has(taskIdOf(run, entry.job.arguments)))
    return 'waits for the end of an earlier task with the same id';
  return undefined;
}

function tryLaunch(turn: Turn, ref: RunRef, { plans, refused, expressions }: Pass): void {
  const entry = turn.state.jobs.get(ref.job);
  const run = activeRun(turn.state, ref);
  if (entry === undefined || run === undefined || launchObstacle(turn, entry, run) !== undefined) return;
  const need = needKey(entry.job);
  const known = refused.get(need);
  if (known !== undefined) {
    ref.refusals = known;
    return;
  }
  const reasons = new Map<string, number>();
  const plan = plans.find(({ rest }) => {
    const lacks = offerLacks(entry.job, rest, expressions);
    for (const reason of lacks) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return lacks.length === 0;
  });
  if (plan === undefined) {
    refused.set(need, reasons);
    ref.refusals = reasons;
    return;
  }
  launch(turn, entry, run, plan);
}

/** What an offer lacks for a job: `cpus`, or a constraint as it was written. */
function offerLacks(job: Job, rest: OfferRest, expressions: FullMatcher): readonly string[] {
  const unsatisfied = job.constraints.filter((constraint) => !satisfies(rest.offer, constraint, expressions));
  return [...rest.lacks(requirementsOf(job)), ...unsatisfied.map((constraint) => `constraint ${constraint.join(' ')}`)];
}

/** Jobs with the same key fit the same offers; what one pass found too small for one is too small for all. */
function needKey(job: Job): string {
  return JSON.stringify([job.cpus, job.mem, job.disk, job.constraints]);
}

function launch(turn: Turn, entry: JobEntry, run: Run, plan: Plan): void {
  const { state, ctx } = turn;
  const { offer } = plan.rest;
  const task = taskInfoOf(entry.job, run, offer, plan.rest.take(requirementsOf(entry.job)));
  const taskId = task.task_id.value;
  plan.tasks.push(task);
  dequeue(state, run);
  const agentId = offer.agent_id.value;
  const launched = addAttempt(run, {
    number: run.launches,
    taskId,
    agentId,
    hostname: offer.hostname,
    launchedMs: ctx.wallMs,
    startedMs: undefined,
    endedMs: undefined,
    state: 'LAUNCHING',
    reason: undefined,
    message: undefined,
    killOrdered: false,
    elementsProcessed: undefined,
  });
  saveRun(turn, entry, { ...launched, phase: 'live', note: '' });
  state.tasks.set(taskId, { job: run.job, dueMs: run.dueMs, agentId, unconfirmedMonoMs: ctx.monoMs });
}

function answerOffers(turn: Turn, plans: readonly Plan[]): void {
  const { state, frame } = turn;
  const isHungry = hasLaunchable(turn);
  for (const { rest, tasks } of plans) {
    if (tasks.length === 0) continue;
    // Differs: what is left is offered again at once while anything is queued.
    const filters = { refuse_seconds: isHungry ? 0 : IDLE_REFUSE_SECONDS };
    const operations = [{ type: 'LAUNCH', launch: { task_infos: tasks } }] as const;
    sendCall(
      state.subscription,
      { type: 'ACCEPT', accept: { offer_ids: [rest.offer.id], operations, filters } },
      frame,
    );
  }
  const unused = plans.filter(({ tasks }) => tasks.length === 0).map(({ rest }) => rest.offer.id);
  if (unused.length === 0) return;
  const filters = { refuse_seconds: isHungry ? state.config.declineOfferMs / 1000 : IDLE_REFUSE_SECONDS };
  sendCall(state.subscription, { type: 'DECLINE', decline: { offer_ids: unused, filters } }, frame);
}

/** Whether any queued run would be launched by a fitting offer. */
export function hasLaunchable(turn: Pick<Turn, 'state'>): boolean {
  const { queues } = turn.state;
  for (const queue of [queues.high, queues.normal]) {
    for (const ref of queue.values()) {
      const entry = turn.state.jobs.get(ref.job);
      const run = activeRun(turn.state, ref);
      if (entry !== undefined && run !== undefined && launchObstacle(turn, entry, run) === undefined) return true;
    }
  }
  return false;
}
