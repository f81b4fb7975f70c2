import { fileURLToPath } from 'node:url';
import type { LaunchSpec, SideCommand, SideCommandOutcome } from '../containerizer/containerizer.ts';
import { describeWaitStatus } from '../containerizer/wait-status.ts';
import { type CacheLease, FetcherCache } from './cache.ts';
import { type FetchItem, type FetchPlan, PLAN_VARIABLE } from './plan.ts';
import { validateUri } from './uri.ts';

const PROCESS = fileURLToPath(new URL('./fetch-process.ts', import.meta.url));

export interface FetcherOptions {
  /** Upstream's --fetcher_cache_dir; emptied before its first use. */
  readonly cacheDirectory: string;
  /** Upstream's --fetcher_cache_size; default 2 GiB. */
  readonly cacheBytesMax?: number | undefined;
  /** Upstream's --fetcher_stall_timeout; default one minute. */
  readonly stallTimeoutMs?: number | undefined;
  /** Upstream's --frameworks_home: where relative paths begin. */
  readonly frameworksHome?: string | undefined;
  /** The largest download; default 16 GiB. */
  readonly bytesMax?: number | undefined;
}

/** What a containerizer calls before a start. Rejects with upstream's text; then nothing may be started. */
export type Fetch = (spec: LaunchSpec, run: (command: SideCommand) => Promise<SideCommandOutcome>) => Promise<void>;

/** Fetches URIs into sandboxes, each container's in a process of its own. */
export function createFetcher(options: FetcherOptions): Fetch {
  const cache = new FetcherCache(options.cacheDirectory, options.cacheBytesMax ?? 2 * 1024 ** 3);
  return async (spec, run) => {
    for (const uri of spec.uris) {
      const problem = validateUri(uri);
      if (problem !== undefined) throw new Error(`Could not fetch: ${problem}`);
    }
    const leases: CacheLease[] = [];
    let ok = false;
    try {
      const items = await leaseItems(spec, cache, leases);
      const outcome = await run(processCommand(spec, items, options));
      ok = outcome.outcome === 'exited' && outcome.waitStatus === 0;
      if (!ok)
        throw new Error(`Failed to fetch all URIs for container '${spec.containerId}': ${describeOutcome(outcome)}`);
    } finally {
      for (const lease of leases) await lease.release(ok);
    }
  };
}

/** In one order for all containers, so that none waits for another that waits for it. */
async function leaseItems(spec: LaunchSpec, cache: FetcherCache, leases: CacheLease[]): Promise<FetchItem[]> {
  const cached = [...new Set(spec.uris.filter((uri) => uri.cache === true).map((uri) => uri.value))].sort();
  const paths = new Map<string, string>();
  for (const value of cached) {
    const lease = await cache.lease(spec.user, value);
    leases.push(lease);
    paths.set(value, lease.path);
  }
  return spec.uris.map((uri) => ({ uri, cachePath: uri.cache === true ? paths.get(uri.value) : undefined }));
}

function processCommand(spec: LaunchSpec, items: readonly FetchItem[], options: FetcherOptions): SideCommand {
  const plan: FetchPlan = {
    sandbox: spec.sandbox,
    user: process.getuid?.() === 0 ? spec.user : undefined,
    frameworksHome: options.frameworksHome,
    stallTimeoutMs: options.stallTimeoutMs ?? 60_000,
    bytesMax: options.bytesMax ?? 16 * 1024 ** 3,
    items,
  };
  return {
    containerId: spec.containerId,
    command: { shell: false, value: process.execPath, arguments: [process.execPath, PROCESS] },
    environment: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      [PLAN_VARIABLE]: JSON.stringify(plan),
    },
    sandbox: spec.sandbox,
    // Starts as the agent and takes on the user's rights itself: the user may not be able to read the program.
    user: undefined,
    timeoutMs: Number.POSITIVE_INFINITY,
  };
}

function describeOutcome(outcome: SideCommandOutcome): string {
  switch (outcome.outcome) {
    case 'exited':
      return describeWaitStatus(outcome.waitStatus);
    case 'timeout':
      return 'timed out';
    case 'failed':
      return outcome.message;
  }
}
