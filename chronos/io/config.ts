import { userInfo } from 'node:os';
import type { ChronosConfig } from '../core/state.ts';
import type { ChronosFlagValues } from '../flags.ts';

/** What the core has to know of the flags, and of the port that was bound. */
export function chronosConfig(flags: ChronosFlagValues, port: number): ChronosConfig {
  const host = flags.hostname ?? flags.http_address;
  const leader = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const user = flags.user ?? userInfo().username;
  const epsilonSeconds = flags.task_epsilon;
  return {
    frameworkInfo: {
      user,
      name: flags.mesos_framework_name,
      roles: [flags.mesos_role],
      checkpoint: flags.mesos_checkpoint,
      failover_timeout: flags.failover_timeout,
      hostname: host,
      webui_url: flags.webui_url ?? `http://${leader}`,
      capabilities: [
        { type: 'MULTI_ROLE' },
        { type: 'PARTITION_AWARE' },
        { type: 'TASK_KILLING_STATE' },
        { type: 'RESERVATION_REFINEMENT' },
      ],
    },
    leader,
    clusterName: flags.cluster_name,
    user,
    cpus: flags.mesos_task_cpu,
    mem: flags.mesos_task_mem,
    disk: flags.mesos_task_disk,
    failureRetryMs: flags.failure_retry,
    epsilon:
      epsilonSeconds === undefined ? undefined : { text: `PT${epsilonSeconds}S`, toleranceMs: epsilonSeconds * 1000 },
    disableAfterFailures: flags.disable_after_failures,
    reconciliationIntervalMs: flags.reconciliation_interval * 1000,
    declineOfferMs: flags.decline_offer_duration,
    minReviveIntervalMs: flags.min_revive_offers_interval,
    historyLimit: flags.job_history_limit,
    runsKept: flags.runs_kept,
  };
}
