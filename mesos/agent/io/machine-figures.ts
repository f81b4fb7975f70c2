import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { systemClock } from '../../../sdk/base/clock.ts';
import type { MachineFigures } from '../views/metrics.ts';
import type { FetchCount } from './fetch-count.ts';
import type { SandboxGc } from './sandbox-gc.ts';

/** Reads the figures of the machine, the fetcher and the sandbox collector. */
export async function machineFigures(gc: SandboxGc, fetches: FetchCount): Promise<MachineFigures> {
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
    fetchesSucceeded: fetches.succeeded,
    fetchesFailed: fetches.failed,
    cacheBytesMax: fetches.cacheBytesMax,
    cacheBytes: await fetches.cacheBytes(),
  };
}
