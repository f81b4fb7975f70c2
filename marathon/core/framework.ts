import type { StepContext } from '../../sdk/base/step.ts';
import { forgetFrameworkId, type Signal, sendCall, startSubscription } from '../../sdk/scheduler/core.ts';
import type { Event } from '../../sdk/v1/generated/scheduler.ts';
import { busEvent } from './bus-events.ts';
import { type Instance, isActive } from './instance.ts';
import { putInstance, removeInstance } from './instances.ts';
import { retryKills } from './kills.ts';
import { onOffers } from './offers.ts';
import { forgetDemand } from './queue.ts';
import { recordKey } from './records.ts';
import type { MarathonFrame, MarathonState } from './state.ts';
import { onStatusUpdate } from './updates.ts';

/** Timer of the periodic reconciliation. */
export const RECONCILE_TIMER = 'reconcile';
/** Tasks per RECONCILE call. */
const RECONCILE_CHUNK = 5000;

/** What the subscription tells. */
export function onSignal(state: MarathonState, signal: Signal, ctx: StepContext, frame: MarathonFrame): void {
  switch (signal.kind) {
    case 'subscribed':
      onSubscribed(state, signal, ctx, frame);
      return;
    case 'disconnected':
      frame.emit({ kind: 'event', event: busEvent.schedulerDisconnected(ctx.wallMs) });
      frame.emit({
        kind: 'log',
        level: 'warn',
        message: 'disconnected from the master',
        fields: { reason: signal.reason },
      });
      return;
    case 'refused':
      onRefused(state, signal, ctx, frame);
      return;
    case 'event':
      onMasterEvent(state, signal.event, ctx, frame);
      return;
  }
}

/** Asks the master for the truth of all tasks that may be alive, and with `implicit` for tasks that nobody here knows. */
export function reconcile(state: MarathonState, implicit: boolean, frame: MarathonFrame): void {
  askAbout(state, [...state.instances.values()].filter(isAlive), frame);
  if (implicit) sendCall(state.subscription, { type: 'RECONCILE', reconcile: { tasks: [] } }, frame);
}

/** Asks the master for the truth of the tasks of instances. */
export function askAbout(state: MarathonState, instances: readonly Instance[], frame: MarathonFrame): void {
  const tasks = instances.flatMap(({ task, agent }) => {
    if (task === undefined) return [];
    return [{ task_id: { value: task.id }, ...(agent === undefined ? {} : { agent_id: { value: agent.agentId } }) }];
  });
  for (let start = 0; start < tasks.length; start += RECONCILE_CHUNK) {
    const chunk = tasks.slice(start, start + RECONCILE_CHUNK);
    sendCall(state.subscription, { type: 'RECONCILE', reconcile: { tasks: chunk } }, frame);
  }
}

function isAlive(instance: Instance): boolean {
  return isActive(instance.condition) || instance.condition === 'UnreachableInactive';
}

function onSubscribed(
  state: MarathonState,
  signal: Extract<Signal, { kind: 'subscribed' }>,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const { frameworkId, isNew, masterInfo } = signal;
  const master = masterInfo === undefined ? '' : `${masterInfo.hostname ?? ''}:${masterInfo.port}`;
  if (isNew) {
    frame.put(recordKey.framework, { id: frameworkId });
    frame.emit({ kind: 'event', event: busEvent.schedulerRegistered(ctx.wallMs, frameworkId, master) });
  } else frame.emit({ kind: 'event', event: busEvent.schedulerReregistered(ctx.wallMs, master) });
  frame.emit({ kind: 'log', level: 'info', message: 'subscribed', fields: { frameworkId, master } });
  forgetDemand(state);
  retryKills(state, true, ctx, frame);
  reconcile(state, false, frame);
  // A master that has just started says nothing of tasks whose agents are not back yet: it is asked again soon.
  frame.emit({ kind: 'timer.set', key: RECONCILE_TIMER, delayMs: state.config.reconciliationInitialDelayMs });
}

/** A removed framework lost all its tasks with its id: it comes back under a new id and launches everything anew. */
function onRefused(
  state: MarathonState,
  signal: Extract<Signal, { kind: 'refused' }>,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const { message, removed } = signal;
  frame.emit({ kind: 'log', level: 'error', message: 'the master refused the framework', fields: { reason: message } });
  if (message.includes('failed over')) {
    frame.emit({ kind: 'fatal', message: 'another Marathon took over this framework id: this one ends' });
    return;
  }
  if (!removed) return;
  forgetFrameworkId(state.subscription);
  frame.delete(recordKey.framework);
  state.kills.clear();
  for (const instance of [...state.instances.values()]) {
    if (!isAlive(instance)) continue;
    const { healthy: _healthy, readiness: _readiness, unreachableSinceMs: _since, ...rest } = instance;
    putInstance(state, { ...rest, condition: 'Gone', sinceMs: ctx.wallMs, health: [] }, ctx, frame);
    if (instance.goal !== 'Running') removeInstance(state, instance.id, ctx);
  }
  startSubscription(state.subscription, ctx, frame);
}

function onMasterEvent(state: MarathonState, event: Event, ctx: StepContext, frame: MarathonFrame): void {
  if (event.type === 'OFFERS') onOffers(state, event.offers?.offers ?? [], ctx, frame);
  else if (event.type === 'UPDATE' && event.update !== undefined)
    onStatusUpdate(state, event.update.status, ctx, frame);
  else if (event.type === 'MESSAGE' && event.message !== undefined) {
    const { executor_id: executorId, agent_id: agentId, data } = event.message;
    const text = String.fromCharCode(...data.subarray(0, 10_000));
    const told = busEvent.frameworkMessage(ctx.wallMs, executorId.value, agentId.value, text);
    frame.emit({ kind: 'event', event: told });
  }
  // RESCIND needs nothing: offers are answered in the frame in which they come. FAILURE is told again by status updates.
}
