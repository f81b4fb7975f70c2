import type { Logger } from '../../../sdk/daemon/log.ts';
import type { StartChecks } from '../core/effects.ts';

/** Runs the checks of tasks. */
export interface CheckDesk {
  start(effect: StartChecks): void;
  stop(containerId: string): void;
  close(): void;
}

/** Checks are refused until there is a runner. */
export function createCheckDesk(log: Logger): CheckDesk {
  return {
    start: ({ taskId }) => log.error(`task ${taskId} has checks: they are not run yet`),
    stop: () => undefined,
    close: () => undefined,
  };
}
