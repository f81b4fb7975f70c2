import { hostname, userInfo } from 'node:os';
import { type FlagSource, type FlagValues, flag } from '../sdk/daemon/flags.ts';
import { parseMasterAddress } from '../sdk/daemon/master-address.ts';
import { DEFAULT_CONFIG, type MarathonConfig } from './core/config.ts';

const PORT = { min: 0, max: 65_535 };
const COUNT = { min: 0, max: 1_000_000 };
const MILLIS = { min: 0, max: 2 ** 31 - 1, unit: 'ms' };
const SECONDS = { min: 0, max: 2 ** 31 - 1, unit: 'seconds' };
const NO_AUTH = 'there is no authentication yet: bind the loopback address, or keep the port behind a firewall';
const NO_TLS = 'TLS is not there yet: put a proxy in front';
const NO_ZK = 'ZooKeeper is not there yet: state lies in --data_dir, and one Marathon runs alone';
const NO_PLUGINS = 'plugins are not there';
const NO_RESIDENCY = 'persistent volumes are not there yet';
const OURS = 'the daemon bounds this by itself';

/** Upstream's flags that this Marathon takes; times in milliseconds where upstream has them so. */
export const MARATHON_FLAGS = {
  master: flag.custom<string | undefined>(
    'HOST:PORT',
    'The Mesos master; must be given.',
    undefined,
    parseMasterAddress,
  ),
  http_port: flag.integer('Port to listen on; 0 takes a free one.', 8080, PORT),
  http_address: flag.string('Address to bind; the loopback address unless told otherwise.', '127.0.0.1'),
  hostname: flag.string('Name under which this Marathon is known.', hostname()),
  allowed_hosts: flag.list('More names under which browsers and clients may call; * for any.', []),
  webui_url: flag.string<string | undefined>(
    'URL of this Marathon that the master shows; default from hostname and port.',
    undefined,
  ),
  data_dir: flag.string('Folder of the state.', '/tmp/marathon'),
  framework_name: flag.string('Name of the framework.', DEFAULT_CONFIG.frameworkName),
  failover_timeout: flag.integer('How long the master keeps tasks of an absent Marathon.', 604_800, SECONDS),
  checkpoint: flag.boolean('Tasks outlive a restart of their agent.', true),
  disable_checkpoint: flag.boolean('The opposite of --checkpoint.', false),
  mesos_role: flag.string('Role of apps that name none.', DEFAULT_CONFIG.mesosRole),
  mesos_user: flag.string('User that tasks run as when the app names none.', userInfo().username),
  mesos_authentication_principal: flag.string<string | undefined>(
    'Principal of the framework; default none.',
    undefined,
  ),
  mesos_leader_ui_url: flag.string<string | undefined>(
    'URL of the master for people, told in /v2/info; default none.',
    undefined,
  ),
  default_accepted_resource_roles: flag.list(
    'Roles of resources that apps take unless they say otherwise; default any.',
    [],
  ),
  accepted_resource_roles_default_behavior: flag.choice('Which resources apps take unless they say otherwise.', 'any', [
    'any',
    'reserved',
    'unreserved',
  ]),
  env_vars_prefix: flag.string<string | undefined>('Put before PORT*, PORTS and HOST; default nothing.', undefined),
  executor: flag.choice('Executor of apps that name none.', '//cmd', ['//cmd']),
  local_port_min: flag.integer('Lowest service port to assign.', DEFAULT_CONFIG.localPortMin, { min: 1, max: 65_535 }),
  local_port_max: flag.integer('Highest service port to assign.', DEFAULT_CONFIG.localPortMax, { min: 1, max: 65_535 }),
  max_apps: flag.integer('Most apps; 0 is no limit.', 0, COUNT),
  max_running_deployments: flag.integer('Most deployments at one time.', 100, { min: 1, max: 100_000 }),
  max_instances_per_offer: flag.integer('Most launches on one offer; 0 is no limit.', 0, COUNT),
  decline_offer_duration: flag.integer(
    'How long offers are refused while nothing waits.',
    DEFAULT_CONFIG.declineOfferMs,
    MILLIS,
  ),
  min_revive_offers_interval: flag.integer(
    'Pause between revives once a burst of 50 is used up.',
    DEFAULT_CONFIG.minReviveIntervalMs,
    MILLIS,
  ),
  suppress_offers: flag.boolean('Ask for no offers while nothing waits.', true),
  disable_suppress_offers: flag.boolean('The opposite of --suppress_offers.', false),
  maintenance_mode: flag.boolean('Leave offers of agents in maintenance alone.', true),
  disable_maintenance_mode: flag.boolean('The opposite of --maintenance_mode.', false),
  draining_seconds: flag.integer('How long before a maintenance offers are left alone.', 0, {
    ...COUNT,
    unit: 'seconds',
  }),
  reconciliation_initial_delay: flag.integer('Time until the first full reconciliation.', 15_000, MILLIS),
  reconciliation_interval: flag.integer('Time between full reconciliations.', 600_000, { ...MILLIS, min: 1 }),
  scale_apps_initial_delay: flag.integer('Time until all apps are counted first.', 15_000, MILLIS),
  scale_apps_interval: flag.integer('Time between counts of all apps.', 300_000, { ...MILLIS, min: 1 }),
  task_launch_confirm_timeout: flag.integer('Time in which a launch must be heard of.', 300_000, {
    ...MILLIS,
    min: 1000,
  }),
  task_launch_timeout: flag.integer('Time in which a staged task must run.', 300_000, { ...MILLIS, min: 1000 }),
  kill_retry_timeout: flag.integer('Longest pause before an unanswered kill is sent again.', 30_000, {
    ...MILLIS,
    min: 100,
  }),
  zk_max_versions: flag.integer('Versions kept of each app and of the root group.', 50, { min: 2, max: 10_000 }),
  max_concurrent_marathon_health_checks: flag.integer('Most checks of Marathon at one time.', 256, {
    min: 1,
    max: 100_000,
  }),
  event_stream_max_outstanding_messages: flag.integer('Events a slow reader may lag behind.', 1024, {
    min: 1,
    max: 1_000_000,
  }),
  enable_features: flag.custom<readonly string[]>(
    'A,B',
    'Optional features; allowed are vips and task_killing.',
    [],
    parseFeatures,
  ),
} as const;

/** Values of {@link MARATHON_FLAGS}. */
export type MarathonFlagValues = FlagValues<typeof MARATHON_FLAGS>;

/** Upstream's flags that are refused, with what to do instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  access_control_allow_origin: 'pages of other origins get no access; put a proxy in front',
  assets_path: 'the page at /ui/ is built in',
  backup_location: NO_ZK,
  default_network_name: 'container networks are not there yet',
  deprecated_features: 'there is no deprecated feature to turn on',
  disable_ha: NO_ZK,
  disable_http: NO_TLS,
  disable_http_compression: 'answers are not compressed',
  disable_mesos_offer_constraints: 'offer constraints are not there yet',
  disable_metrics_prometheus: 'metrics are always there',
  disable_store_cache: OURS,
  disable_zk_compression: NO_ZK,
  gpu_scheduling_behavior: 'GPUs are not there yet; agents with GPUs are left to those who need them',
  graceful_shutdown_timeout: OURS,
  ha: NO_ZK,
  http_compression: 'answers are not compressed',
  http_credentials: NO_AUTH,
  http_max_concurrent_requests: OURS,
  http_realm: NO_AUTH,
  https_address: NO_TLS,
  https_port: NO_TLS,
  kill_chunk_size: 'kills are not throttled',
  launch_token_refresh_interval: 'launches are not throttled',
  launch_tokens: 'launches are not throttled',
  leader_election_backend: NO_ZK,
  leader_proxy_connection_timeout: NO_ZK,
  leader_proxy_max_open_connections: NO_ZK,
  leader_proxy_read_timeout: NO_ZK,
  leader_proxy_ssl_ignore_hostname: NO_ZK,
  logging_level: 'set MESETA_LOG_LEVEL',
  logstash: 'logs go to stderr',
  max_parallel_offers: OURS,
  max_parallel_status_updates: OURS,
  max_queued_offers: OURS,
  max_queued_root_group_updates: OURS,
  max_queued_status_updates: OURS,
  max_tasks_per_offer: 'use --max_instances_per_offer',
  mesos_authentication: NO_AUTH,
  mesos_authentication_secret: NO_AUTH,
  mesos_authentication_secret_file: NO_AUTH,
  mesos_authentication_secrets_file: NO_AUTH,
  mesos_bridge_name: 'container networks are not there yet',
  mesos_heartbeat_failure_threshold:
    'the master says how often it sends heartbeats; three missed ones end a connection',
  mesos_heartbeat_interval: 'the master says how often it sends heartbeats; three missed ones end a connection',
  mesos_offer_constraints: 'offer constraints are not there yet',
  metrics_datadog: 'scrape /metrics/prometheus',
  metrics_name_prefix: 'names start with marathon',
  metrics_prometheus: 'metrics are always there',
  metrics_statsd: 'scrape /metrics/prometheus',
  new_group_enforce_role: 'roles of groups are not there yet; apps have --mesos_role',
  offer_matching_timeout: OURS,
  on_elected_prepare_timeout: NO_ZK,
  plugin_conf: NO_PLUGINS,
  plugin_dir: NO_PLUGINS,
  revive_offers_for_new_apps: 'offers are asked for as soon as anything waits',
  sentry_tags: 'logs go to stderr',
  sentry_url: 'logs go to stderr',
  ssl_keystore_password: NO_TLS,
  ssl_keystore_path: NO_TLS,
  storage_compaction_interval: OURS,
  storage_compaction_scan_batch_size: OURS,
  store_cache: OURS,
  task_lost_expunge_gc: 'see unreachableStrategy of the app',
  task_lost_expunge_initial_delay: 'instances are given up exactly when their unreachableStrategy says so',
  task_lost_expunge_interval: 'instances are given up exactly when their unreachableStrategy says so',
  task_reservation_timeout: NO_RESIDENCY,
  zk: NO_ZK,
  zk_compression: NO_ZK,
  zk_compression_threshold: NO_ZK,
  zk_connection_timeout: NO_ZK,
  zk_hosts: NO_ZK,
  zk_max_node_size: NO_ZK,
  zk_session_timeout: NO_ZK,
  zk_timeout: NO_ZK,
};

/** What the parser needs. */
export const MARATHON_FLAG_SOURCE: Omit<FlagSource<typeof MARATHON_FLAGS>, 'argv' | 'env'> = {
  spec: MARATHON_FLAGS,
  envPrefix: 'MARATHON_',
  unsupported: UNSUPPORTED,
  check: (values) => {
    const problems: string[] = [];
    if (values.master === undefined)
      problems.push('flag --master is missing: --master=127.0.0.1:5050 names the master');
    if (values.local_port_min > values.local_port_max) {
      problems.push(`flag --local_port_min: ${values.local_port_min} is above --local_port_max`);
    }
    if (values.accepted_resource_roles_default_behavior === 'reserved' && values.mesos_role === '*') {
      problems.push('flag --accepted_resource_roles_default_behavior: reserved needs --mesos_role to be a role');
    }
    return problems;
  },
};

/** The flags as the core sees them. */
export function configOf(values: MarathonFlagValues, webuiUrl: string | undefined): MarathonConfig {
  return {
    frameworkName: values.framework_name,
    principal: values.mesos_authentication_principal,
    user: values.mesos_user,
    hostname: values.hostname,
    webuiUrl,
    failoverTimeoutMs: values.failover_timeout * 1000,
    checkpoint: values.checkpoint && !values.disable_checkpoint,
    mesosRole: values.mesos_role,
    defaultAcceptedResourceRoles: acceptedRoles(values),
    envVarsPrefix: values.env_vars_prefix,
    localPortMin: values.local_port_min,
    localPortMax: values.local_port_max,
    maxRunningDeployments: values.max_running_deployments,
    maxApps: values.max_apps === 0 ? undefined : values.max_apps,
    maxVersions: values.zk_max_versions,
    maxInstancesPerOffer: values.max_instances_per_offer,
    declineOfferMs: values.decline_offer_duration,
    minReviveIntervalMs: values.min_revive_offers_interval,
    suppressOffers: values.suppress_offers && !values.disable_suppress_offers,
    maintenanceMode: values.maintenance_mode && !values.disable_maintenance_mode,
    drainingMs: values.draining_seconds * 1000,
    reconciliationInitialDelayMs: values.reconciliation_initial_delay,
    reconciliationIntervalMs: values.reconciliation_interval,
    scaleAppsInitialDelayMs: values.scale_apps_initial_delay,
    scaleAppsIntervalMs: values.scale_apps_interval,
    launchConfirmTimeoutMs: values.task_launch_confirm_timeout,
    launchTimeoutMs: values.task_launch_timeout,
    killRetryMs: values.kill_retry_timeout,
  };
}

function acceptedRoles(values: MarathonFlagValues): readonly string[] | undefined {
  if (values.default_accepted_resource_roles.length > 0) return values.default_accepted_resource_roles;
  if (values.accepted_resource_roles_default_behavior === 'reserved') return [values.mesos_role];
  return values.accepted_resource_roles_default_behavior === 'unreserved' ? ['*'] : undefined;
}

function parseFeatures(text: string): readonly string[] {
  const features = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  for (const feature of features) {
    if (feature !== 'vips' && feature !== 'task_killing') {
      throw new Error(`the feature '${feature}' is not there; allowed are vips and task_killing`);
    }
  }
  return features;
}
