import type { StepContext } from '../../sdk/base/step.ts';
import type { Instance } from './instance.ts';
import { putInstance, removeInstance } from './instances.ts';
import { settleKill } from './kills.ts';
import type { MarathonFrame, MarathonState } from './state.ts';

/** Timer of the next instance that becomes inactive or is given up. */
export const UNREACHABLE_TIMER = 'unreachable';

/**
 * Applies the unreachable strategy of an instance whose agent is unreachable:
 *
 *     after inactiveAfterSeconds   UnreachableInactive: a replacement is launched, this one may come back
 *     after expungeAfterSeconds    forgotten; if its task comes back it is unknown, and killed
 *     disabled                     waited for without end
 */
export function settleUnreachable(state: MarathonState, id: string, ctx: StepContext, frame: MarathonFrame): void {
  const instance = state.instances.get(id);
  if (instance === undefined || instance.unreachableSinceMs === undefined) return;
  const strategy = instance.app.unreachableStrategy;
  if (strategy === 'disabled') return;
  const elapsedMs = ctx.wallMs - instance.unreachableSinceMs;
  const inactiveMs = strategy.inactiveAfterSeconds * 1000;
  const expungeMs = strategy.expungeAfterSeconds * 1000;
  if (elapsedMs >= inactiveMs && instance.condition !== 'UnreachableInactive') {
    putInstance(state, { ...instance, condition: 'UnreachableInactive', sinceMs: ctx.wallMs }, ctx, frame);
  }
  if (elapsedMs >= expungeMs) {
    if (instance.task !== undefined) settleKill(state, instance.task.id, frame);
    removeInstance(state, id, ctx);
    return;
  }
  const nextMs = elapsedMs >= inactiveMs ? expungeMs : inactiveMs;
  setTimer(state, ctx, frame, nextMs - elapsedMs);
}

/** The timer fired: looks at every unreachable instance and sets the timer for the next. */
export function settleAllUnreachable(state: MarathonState, ctx: StepContext, frame: MarathonFrame): void {
  state.unreachableDueMonoMs = undefined;
  for (const instance of [...state.instances.values()]) {
    if (isWaiting(instance)) settleUnreachable(state, instance.id, ctx, frame);
  }
}

function isWaiting(instance: Instance): boolean {
  return instance.condition === 'Unreachable' || instance.condition === 'UnreachableInactive';
}

/** One timer for all: it is only ever moved forward. */
function setTimer(state: MarathonState, ctx: StepContext, frame: MarathonFrame, delayMs: number): void {
  const dueMonoMs = ctx.monoMs + delayMs;
  if (state.unreachableDueMonoMs !== undefined && state.unreachableDueMonoMs <= dueMonoMs) return;
  state.unreachableDueMonoMs = dueMonoMs;
  frame.emit({ kind: 'timer.set', key: UNREACHABLE_TIMER, delayMs: Math.ceil(delayMs) });
}
