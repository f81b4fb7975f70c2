import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { systemClock } from '../../../sdk/base/clock.ts';
import type { MachineFigures } from '../views/metrics.ts';
import type { SandboxGc } from './sandbox-gc.ts';

/** Reads the figures of the machine and the sandbox collector. */
export function machineFigures(gc: SandboxGc): MachineFigures {
  return {
    wallMs: systemClock.wallMs(),
    cpus: cpus().length,
    load: loadavg(),
    memTotalBytes: totalmem(),
    memFreeBytes: freemem(),
    gcAllowedAgeMs: gc.allowedAgeMs,
    gcPending: gc.pending,
    gcSucceeded: gc.succeeded,
    gcFailed: gc.failed,
  };
}
