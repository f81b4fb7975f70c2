import { isSubscribed, sendCall } from '../../sdk/scheduler/core.ts';
import { hasLaunchable } from './launch.ts';
import { REVIVE_TOKENS_MAX, type Turn } from './state.ts';

/**
 * Tells the allocator whether we want offers: SUPPRESS when nothing can be launched, so that our share goes to others; REVIVE at once when there is
 * something new, which also lifts our refusals. A bucket of tokens keeps a flood of new runs from becoming a flood of REVIVEs.
 *
 * @returns milliseconds after which to look again, or undefined.
 */
export function updateDemand(turn: Turn): number | undefined {
  const { state, ctx, frame } = turn;
  const { demand, subscription, config } = state;
  if (!isSubscribed(subscription)) return undefined;
  if (!hasLaunchable(turn)) {
    demand.needsRevive = false;
    if (!demand.isSuppressed) {
      demand.isSuppressed = true;
      sendCall(subscription, { type: 'SUPPRESS', suppress: {} }, frame);
    }
    return undefined;
  }
  if (!demand.needsRevive && !demand.isSuppressed) return undefined;
  const refillMs = Math.max(1, config.minReviveIntervalMs);
  const earned = (ctx.monoMs - demand.countedMonoMs) / refillMs;
  demand.tokens = Math.min(REVIVE_TOKENS_MAX, demand.tokens + Math.max(0, earned));
  demand.countedMonoMs = ctx.monoMs;
  if (demand.tokens < 1) return (1 - demand.tokens) * refillMs;
  demand.tokens -= 1;
  demand.needsRevive = false;
  demand.isSuppressed = false;
  sendCall(subscription, { type: 'REVIVE', revive: {} }, frame);
  return undefined;
}
