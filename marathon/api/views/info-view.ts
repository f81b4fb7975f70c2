import { COMPATIBLE_MARATHON_VERSION } from '../../../sdk/daemon/version.ts';
import type { MarathonState } from '../../core/state.ts';
import type { JsonObject } from '../../model/answer.ts';

/** What the daemon knows and the core does not. */
export interface ServerInfo {
  /** `host:port` of this server, as `/v2/leader` answers it. */
  readonly leader: string;
  readonly httpPort: number;
  /** The master's address as it was given. */
  readonly master: string;
  /** Where a person sees the master. */
  readonly mesosLeaderUiUrl?: string | undefined;
  /** `--enable_features` */
  readonly features: readonly string[];
}

/** `GET /v2/info`. marathon-python refuses keys beyond upstream's: none may be added. */
export function infoAnswer(state: MarathonState, server: ServerInfo): JsonObject {
  const { config } = state;
  const frameworkId = state.subscription.frameworkInfo.id?.value;
  return {
    name: 'marathon',
    version: COMPATIBLE_MARATHON_VERSION,
    buildref: 'unknown',
    elected: true,
    leader: server.leader,
    ...(frameworkId === undefined ? {} : { frameworkId }),
    marathon_config: {
      checkpoint: config.checkpoint,
      decline_offer_duration: config.declineOfferMs,
      ...(config.envVarsPrefix === undefined ? {} : { env_vars_prefix: config.envVarsPrefix }),
      executor: '//cmd',
      failover_timeout: config.failoverTimeoutMs / 1000,
      // Always there, asked for or not.
      features: [...new Set(['task_killing', ...server.features])],
      framework_name: config.frameworkName,
      ha: false,
      hostname: config.hostname,
      local_port_max: config.localPortMax,
      local_port_min: config.localPortMin,
      maintenance_mode: config.maintenanceMode,
      master: server.master,
      max_instances_per_offer: config.maxInstancesPerOffer,
      ...(server.mesosLeaderUiUrl === undefined ? {} : { mesos_leader_ui_url: server.mesosLeaderUiUrl }),
      mesos_role: config.mesosRole,
      mesos_user: config.user,
      min_revive_offers_interval: config.minReviveIntervalMs,
      new_group_enforce_role: 'off',
      reconciliation_initial_delay: config.reconciliationInitialDelayMs,
      reconciliation_interval: config.reconciliationIntervalMs,
      scale_apps_initial_delay: config.scaleAppsInitialDelayMs,
      scale_apps_interval: config.scaleAppsIntervalMs,
      task_launch_confirm_timeout: config.launchConfirmTimeoutMs,
      task_launch_timeout: config.launchTimeoutMs,
      ...(config.webuiUrl === undefined ? {} : { webui_url: config.webuiUrl }),
    },
    zookeeper_config: { zk_max_versions: config.maxVersions },
    http_config: { http_port: server.httpPort },
  };
}
