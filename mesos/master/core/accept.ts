import type { Filters, Offer_Operation, TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { Call_Accept } from '../../../sdk/v1/generated/scheduler.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { refuseMsOf } from '../allocator/filters.ts';
import { returnOffered } from './allocation.ts';
import { countIn } from './counters.ts';
import { launchTask } from './launch.ts';
import { discardOffer, removeOffer } from './offers.ts';
import type { Agent, Framework, OutstandingOffer } from './state.ts';
import { refuseTask, stateFor } from './statuses.ts';
import { bump, log, sendToFramework, type Turn } from './turn.ts';
import { firstRepeated } from './validation/first.ts';
import { formError } from './validation/resources.ts';

/** Offers of one agent and role that one ACCEPT uses together; `left` shrinks with each launch. */
interface Accepted {
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
  left: Resources;
  launched: number;
}

/**
 * ACCEPT: the offers are used up; operations act in order on what they hold; what is left is declined with the filters.
 * With any invalid offer all of them are discarded, and every task of the call is dropped.
 */
export function accept(turn: Turn, principal: string | null, framework: Framework, call: Call_Accept): void {
  const ids = (call.offer_ids ?? []).map((id) => id.value);
  countLaunches(turn, call);
  const offers = ids.map((id) => turn.state.offers.get(id));
  const error = offersError(ids, offers, framework);
  const [first] = offers;
  const agent = first && turn.state.agents.get(first.agentId);
  if (error !== undefined || first === undefined || agent === undefined) {
    dropAll(turn, framework, call, offers, error ?? `Offer ${ids[0] ?? ''} is no longer valid`);
    return;
  }
  const accepted: Accepted = { framework, agent, role: first.role, left: Resources.empty, launched: 0 };
  for (const offer of offers) {
    if (offer === undefined) continue;
    accepted.left = accepted.left.add(offer.resources);
    removeOffer(turn, offer);
  }
  countIn(framework.counters, 'offers/accepted', offers.length);
  for (const operation of call.operations ?? []) apply(turn, principal, accepted, operation);
  decline(turn, accepted, call.filters);
}

/**
 * What is left over goes back. Differs: a framework that launched and refuses for 0 s may have it again at once; upstream
 * waits for the next periodic allocation, as we do when nothing was launched, so that refusals cannot spin.
 */
function decline(turn: Turn, accepted: Accepted, filters: Filters = {}): void {
  const { framework, agent, left, launched } = accepted;
  if (left.isEmpty) return;
  const isWanted = launched > 0 && refuseMsOf(filters) === 0;
  returnOffered(turn, framework.id, agent.id, left, isWanted ? undefined : filters);
}

function countLaunches(turn: Turn, call: Call_Accept): void {
  for (const operation of call.operations ?? []) {
    if (operation.type !== 'LAUNCH') continue;
    const isEmpty = (operation.launch?.task_infos ?? []).length === 0;
    bump(turn, isEmpty ? 'messages_decline_offers' : 'messages_launch_tasks');
  }
}

/** Why the offers of a call cannot be used together, in upstream's words and order. */
function offersError(
  ids: readonly string[],
  offers: readonly (OutstandingOffer | undefined)[],
  framework: Framework,
): string | undefined {
  if (ids.length === 0) return 'No offers specified';
  const repeated = firstRepeated(ids);
  if (repeated !== undefined) return `Duplicate offer ${repeated} in offer list`;
  const missing = offers.indexOf(undefined);
  if (missing !== -1) return `Offer ${ids[missing]} is no longer valid`;
  const known = offers as readonly OutstandingOffer[];
  const foreign = known.find((offer) => offer.frameworkId !== framework.id);
  if (foreign !== undefined) {
    return `Offer ${foreign.id} has invalid framework ${foreign.frameworkId} while framework ${framework.id} is expected`;
  }
  const [first] = known;
  for (const offer of known) {
    if (offer.role !== first?.role) {
      return `Aggregated offers must be allocated to the same role. Offer ${offer.id} uses role '${offer.role} but another is using role '${first?.role}`;
    }
  }
  const elsewhere = known.find((offer) => offer.agentId !== first?.agentId);
  if (elsewhere === undefined) return undefined;
  return `Aggregated offers must belong to one single agent. Offer ${elsewhere.id} uses agent ${elsewhere.agentId} and agent ${first?.agentId}`;
}

function dropAll(
  turn: Turn,
  framework: Framework,
  call: Call_Accept,
  offers: readonly (OutstandingOffer | undefined)[],
  error: string,
): void {
  // A duplicate must not be given back twice; offers of others stay theirs (Differs: upstream discards them too).
  for (const offer of new Set(offers)) {
    if (offer !== undefined && offer.frameworkId === framework.id) discardOffer(turn, offer);
  }
  log(turn, `ACCEPT of framework ${framework.id} used invalid offers: ${error}`, 'warn');
  for (const operation of call.operations ?? []) {
    if (operation.type !== 'LAUNCH' && operation.type !== 'LAUNCH_GROUP') {
      refuseOperation(turn, framework, operation, `Operation attempted with invalid offers: ${error}`);
      continue;
    }
    for (const task of tasksOfOperation(operation)) {
      refuseTask(turn, framework, {
        taskId: task.task_id.value,
        agentId: task.agent_id.value,
        state: stateFor(framework, 'TASK_DROPPED'),
        message: `Task launched with invalid offers: ${error}`,
        reason: 'REASON_INVALID_OFFERS',
      });
    }
  }
}

function tasksOfOperation(operation: Offer_Operation): readonly TaskInfo[] {
  return [...(operation.launch?.task_infos ?? []), ...(operation.launch_group?.task_group.tasks ?? [])];
}

function apply(turn: Turn, principal: string | null, accepted: Accepted, operation: Offer_Operation): void {
  const { framework } = accepted;
  switch (operation.type) {
    case 'LAUNCH':
      launch(turn, principal, accepted, operation);
      return;
    case 'LAUNCH_GROUP':
      for (const task of tasksOfOperation(operation)) {
        invalidTask(turn, framework, task, groupText(operation), 'REASON_TASK_GROUP_INVALID');
      }
      return;
    case undefined:
    case 'UNKNOWN':
      log(turn, `Ignoring an operation of unknown type of framework ${framework.id}`, 'warn');
      return;
    default:
      // Differs: not supported yet; the resources go back with what is left of the offers.
      refuseOperation(
        turn,
        framework,
        operation,
        `Operation ${operation.type} is not supported by this version of Meseta`,
      );
  }
}

function groupText(operation: Offer_Operation): string {
  return operation.id === undefined
    ? 'Operation LAUNCH_GROUP is not supported by this version of Meseta: launch the tasks one by one with LAUNCH'
    : 'The `id` field cannot be set on LAUNCH_GROUP operations';
}

function launch(turn: Turn, principal: string | null, accepted: Accepted, operation: Offer_Operation): void {
  const { framework, agent, role } = accepted;
  const tasks = operation.launch?.task_infos ?? [];
  const error = launchError(operation, tasks);
  if (error !== undefined) {
    for (const task of tasks) invalidTask(turn, framework, task, error, 'REASON_TASK_INVALID');
    return;
  }
  for (const task of tasks) {
    const result = launchTask(turn, { principal, framework, agent, role, available: accepted.left }, task);
    if (result.kind === 'refused') invalidTask(turn, framework, task, result.message, result.reason);
    else {
      accepted.left = accepted.left.subtract(result.used);
      accepted.launched++;
    }
  }
}

/** What makes a whole LAUNCH invalid: one malformed resource spoils all its tasks, as upstream. */
function launchError(operation: Offer_Operation, tasks: readonly TaskInfo[]): string | undefined {
  for (const { resources, executor } of tasks) {
    const error = formError(resources) ?? formError(executor?.resources);
    if (error !== undefined) return error;
  }
  return operation.id === undefined ? undefined : 'The `id` field cannot be set on LAUNCH operations';
}

function invalidTask(
  turn: Turn,
  framework: Framework,
  task: TaskInfo,
  message: string,
  reason: 'REASON_TASK_INVALID' | 'REASON_TASK_GROUP_INVALID' | 'REASON_TASK_UNAUTHORIZED',
): void {
  refuseTask(turn, framework, {
    taskId: task.task_id.value,
    agentId: task.agent_id.value,
    state: 'TASK_ERROR',
    message,
    reason,
  });
}

/** An operation with an id gets an answer; one without is dropped, as upstream does. */
function refuseOperation(turn: Turn, framework: Framework, operation: Offer_Operation, message: string): void {
  log(turn, `Dropping ${operation.type ?? 'unknown'} operation of framework ${framework.id}: ${message}`, 'warn');
  if (operation.id === undefined) return;
  sendToFramework(turn, framework, {
    type: 'UPDATE_OPERATION_STATUS',
    update_operation_status: { status: { operation_id: operation.id, state: 'OPERATION_ERROR', message } },
  });
}
