import { type FlagSource, type FlagValues, flag } from '../sdk/daemon/flags.ts';
import { parseMasterAddress } from '../sdk/daemon/master-address.ts';

const PORT = { min: 0, max: 65_535 };
const MILLISECONDS = { min: 0, max: 2 ** 31 - 1, unit: 'ms' };
const SECONDS = { min: 0, max: 1e9, unit: 'seconds' };
const AMOUNT = { min: 0.001, max: 1e9 };

/** Where state goes when nobody says where. */
export const DEFAULT_DATA_DIR = '/tmp/chronos';

const NO_ZOOKEEPER = 'ZooKeeper is not there yet; state lies in --data_dir, and one Chronos runs at a time';
const NO_AUTH = 'there is no authentication yet: bind the loopback address, or keep the port behind a firewall';
const NO_TLS = 'TLS is not there yet: put a proxy in front';
const NO_NOTIFICATION = 'notifications are not there yet: watch job/NAME/runs, or alert on /metrics/prometheus';
const NO_CASSANDRA = 'history is built in: see job/stat/NAME and job/NAME/runs';
const NO_GRAPHITE = 'Graphite is not there: scrape /metrics/prometheus';
const HORIZON = 'nothing is queued ahead of its time';

/** Upstream's flags that this Chronos takes; units are upstream's (seconds, or milliseconds where it says so). */
export const CHRONOS_FLAGS = {
  master: flag.custom<string>('HOST:PORT', 'The Mesos master.', '127.0.0.1:5050', parseMasterAddress),
  http_address: flag.string('Address to bind.', '127.0.0.1'),
  http_port: flag.integer('Port to listen on; 0 takes a free one.', 4400, PORT),
  hostname: flag.string<string | undefined>('Name under which we are known; default the bound address.', undefined),
  allowed_hosts: flag.list('More names under which browsers and clients may call us; * for any.', []),
  data_dir: flag.string('Folder where jobs, runs and history are stored.', DEFAULT_DATA_DIR),
  webui_url: flag.string<string | undefined>(
    'URL that the master shows for us; default from hostname and port.',
    undefined,
  ),
  cluster_name: flag.string<string | undefined>('Name of the cluster, for display; default none.', undefined),
  user: flag.string<string | undefined>('User that tasks run as; default the one that runs Chronos.', undefined),
  mesos_framework_name: flag.string('Name of the framework.', 'chronos'),
  mesos_role: flag.string('Role whose resources are used.', '*'),
  mesos_checkpoint: flag.boolean('Tasks outlive a restart of their agent.', true),
  failover_timeout: flag.integer('Time after which the master ends our tasks while we are away.', 604_800, SECONDS),
  mesos_task_cpu: flag.number('CPUs of a job that does not say.', 0.1, { ...AMOUNT, unit: 'CPUs' }),
  mesos_task_mem: flag.number('Memory of a job that does not say.', 128, { ...AMOUNT, unit: 'MB' }),
  mesos_task_disk: flag.number('Disk of a job that does not say.', 256, { ...AMOUNT, unit: 'MB' }),
  task_epsilon: flag.custom<number | undefined>(
    'SECONDS',
    'Lateness allowed to a job that does not say, 1 to 1000000000 seconds; default any.',
    undefined,
    parseSeconds,
  ),
  failure_retry: flag.integer('Time between a failure and its retry.', 60_000, MILLISECONDS),
  disable_after_failures: flag.integer('Failed runs in a row after which a job is disabled; 0 never.', 0, {
    min: 0,
    max: 1e9,
  }),
  reconciliation_interval: flag.integer('Time between reconciliations of all tasks.', 600, {
    min: 1,
    max: 1e6,
    unit: 'seconds',
  }),
  decline_offer_duration: flag.integer('How long an unfit offer is declined.', 5_000, MILLISECONDS),
  min_revive_offers_interval: flag.integer('Pause between REVIVEs once a burst of ten is used up.', 100, MILLISECONDS),
  revive_offers_for_new_jobs: flag.boolean('Offers are always revived for new runs; only true is taken.', true),
  job_history_limit: flag.integer('Rows of taskStatHistory in job/stat.', 5, { min: 0, max: 1_000 }),
  runs_kept: flag.integer('Ended runs that are kept per job.', 20, { min: 1, max: 10_000 }),
} as const;

/** Values of {@link CHRONOS_FLAGS}. */
export type ChronosFlagValues = FlagValues<typeof CHRONOS_FLAGS>;

/** Upstream's flags that are refused, with what to do instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  cassandra_consistency: NO_CASSANDRA,
  cassandra_contact_points: NO_CASSANDRA,
  cassandra_keyspace: NO_CASSANDRA,
  cassandra_password: NO_CASSANDRA,
  cassandra_port: NO_CASSANDRA,
  cassandra_stat_count_table: NO_CASSANDRA,
  cassandra_table: NO_CASSANDRA,
  cassandra_ttl: NO_CASSANDRA,
  cassandra_user: NO_CASSANDRA,
  disable_http: NO_TLS,
  graphite_group_prefix: NO_GRAPHITE,
  graphite_host_port: NO_GRAPHITE,
  graphite_reporting_interval: NO_GRAPHITE,
  http_compression: 'answers are not compressed',
  http_credentials: NO_AUTH,
  http_notification_credentials: NO_NOTIFICATION,
  http_notification_url: NO_NOTIFICATION,
  http_realm: NO_AUTH,
  https_address: NO_TLS,
  https_port: NO_TLS,
  leader_max_idle_time: HORIZON,
  mail_from: NO_NOTIFICATION,
  mail_password: NO_NOTIFICATION,
  mail_server: NO_NOTIFICATION,
  mail_ssl: NO_NOTIFICATION,
  mail_user: NO_NOTIFICATION,
  mattermost_url: NO_NOTIFICATION,
  mesos_authentication_principal: NO_AUTH,
  mesos_authentication_secret_file: NO_AUTH,
  raven_dsn: NO_NOTIFICATION,
  schedule_horizon: HORIZON,
  slack_url: NO_NOTIFICATION,
  ssl_keystore_password: NO_TLS,
  ssl_keystore_path: NO_TLS,
  zk_auth: NO_ZOOKEEPER,
  zk_hosts: NO_ZOOKEEPER,
  zk_path: NO_ZOOKEEPER,
  zk_timeout: NO_ZOOKEEPER,
};

/** What the parser needs. */
export const CHRONOS_FLAG_SOURCE: Omit<FlagSource<typeof CHRONOS_FLAGS>, 'argv' | 'env'> = {
  spec: CHRONOS_FLAGS,
  envPrefix: 'CHRONOS_',
  unsupported: UNSUPPORTED,
  check: ({ revive_offers_for_new_jobs: revives }) =>
    revives ? [] : ['flag --revive_offers_for_new_jobs: false is not supported: new runs always ask for offers'],
};

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > SECONDS.max) {
    throw new Error(`'${text}' is not a whole number of seconds from 1 to ${SECONDS.max}`);
  }
  return seconds;
}
