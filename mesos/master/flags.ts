import { type FlagSpec, type FlagValues, flag } from '../../sdk/daemon/flags.ts';
import { fromJson, messageType } from '../../sdk/v1/codec.ts';
import type { DomainInfo } from '../../sdk/v1/generated/mesos.ts';
import { parseJson } from '../../sdk/v1/json-text.ts';
import { parseResources } from '../../sdk/v1/resources-parse.ts';
import { roleError } from '../../sdk/v1/resources-roles.ts';
import type { Quantities } from './allocator/allocator.ts';

/** A flag's value together with the text that it was read from, for `/flags`. */
interface Texted<Value> {
  readonly text: string;
  readonly value: Value;
}

/** Work directory when none is given, as the classic tutorials assume. */
export const DEFAULT_WORK_DIR = '/tmp/mesos';

const COUNT = { min: 0, max: 1_000_000 };
const PORT = { min: 0, max: 65_535 };

/** The master's flags: upstream's names and defaults; ours are marked so. */
export const masterFlags = {
  ip: flag.ip('Address to listen on', '127.0.0.1'),
  port: flag.integer('Port to listen on; 0 takes a free one', 5050, PORT),
  advertise_ip: flag.ip('Address that others are told, when it is not the one listened on', undefined),
  advertise_port: flag.integer('Port that others are told, when it is not the one listened on (0: the same)', 0, PORT),
  hostname: flag.string('Name that others are told', undefined),
  hostname_lookup: flag.boolean('Look the name up from the address when --hostname is not given', true),
  allowed_hosts: flag.list("More names that a request's Host header may carry (ours; * for any)", []),
  work_dir: flag.path('Folder of the registry', DEFAULT_WORK_DIR),
  registry: flag.choice('Where admitted agents are recorded', 'sqlite', ['sqlite', 'in_memory'] as const),
  cluster: flag.string('Name of the cluster, for people', undefined),
  allocation_interval: flag.durationMs('Time between periodic allocations', 1_000),
  offer_timeout: flag.durationMs('Time after which an unanswered offer is rescinded', undefined),
  role_sorter: flag.choice('How roles share', 'drf', ['drf', 'random'] as const),
  framework_sorter: flag.choice('How frameworks of a role share', 'drf', ['drf', 'random'] as const),
  fair_sharing_excluded_resource_names: flag.list('Resources that do not count for fair shares', []),
  filter_gpu_resources: flag.boolean('Offer agents with GPUs to frameworks with GPU_RESOURCES only', true),
  min_allocatable_resources: flag.custom(
    'CPUS|MEM',
    'Least that an offer holds: alternatives by |, amounts by ;',
    minimums('cpus:0.01|mem:32'),
    minimums,
    textOf,
  ),
  roles: flag.list('Roles that frameworks may have besides *; none: any', []),
  weights: flag.custom('ROLE=WEIGHT,..', 'Weights of roles', weights(''), weights, textOf),
  domain: flag.custom('JSON', 'Fault domain of the master', domain(''), domain, textOf),
  agent_ping_timeout: flag.durationMs('Time within which an agent answers a ping', 15_000),
  max_agent_ping_timeouts: flag.integer('Unanswered pings until an agent is unreachable', 5, { min: 1, max: 1_000 }),
  agent_reregister_timeout: flag.durationMs('Time for agents to come back after a restart of the master', 600_000),
  root_submissions: flag.boolean('Take frameworks of user root', true),
  max_frameworks: flag.integer('Frameworks held at once (ours)', 10_000, { min: 1, max: 1_000_000 }),
  max_completed_frameworks: flag.integer('Completed frameworks kept to look at', 50, COUNT),
  max_completed_tasks_per_framework: flag.integer('Completed tasks kept to look at', 1_000, COUNT),
  max_unreachable_tasks_per_framework: flag.integer('Unreachable tasks kept', 1_000, COUNT),
  max_operator_event_stream_subscribers: flag.integer('Streams of operator events at once', 1_000, {
    min: 1,
    max: 100_000,
  }),
  offer_constraints_re2_max_program_size: flag.integer('Size of a compiled pattern in offer constraints', 100, {
    min: 1,
    max: 100_000,
  }),
  registry_max_agent_age: flag.durationMs('Time that unreachable and gone agents are kept', 1_209_600_000),
  registry_max_agent_count: flag.integer('Unreachable and gone agents kept', 102_400, { min: 0, max: 10_000_000 }),
  publish_per_framework_metrics: flag.boolean('Metrics of each framework', true),
  max_request_body_bytes: flag.sizeBytes('Largest request body (ours)', 10 * 2 ** 20),
  max_stream_buffer_bytes: flag.sizeBytes('Unread events of a stream until it is closed (ours)', 64 * 2 ** 20),
} satisfies FlagSpec;

/** Parsed values of {@link masterFlags}. */
export type MasterFlagValues = FlagValues<typeof masterFlags>;

const LATER_AUTHENTICATION = 'authentication is not there yet; leave it out';
const NO_MODULES = 'there are no modules; leave it out';
const LATER = 'it is not there yet; leave it out';

/** Upstream's flags that are refused, with what to do instead. */
export const unsupportedMasterFlags: Readonly<Record<string, string>> = {
  zk: 'there is no election yet; start one master, with --registry=sqlite',
  quorum: 'there is no replicated log; use --registry=sqlite',
  zk_session_timeout: 'there is no election yet; leave it out',
  registry_strict: LATER,
  registry_fetch_timeout: 'the registry is local; leave it out',
  registry_store_timeout: 'the registry is local; leave it out',
  registry_gc_interval: 'the registry is cleaned every 15 minutes; leave it out',
  log_auto_initialize: 'there is no replicated log; use --registry=sqlite',
  recovery_agent_removal_limit: LATER,
  agent_removal_rate_limit: LATER,
  webui_dir: 'the page at / is built in; leave it out',
  whitelist: LATER,
  authenticate_frameworks: LATER_AUTHENTICATION,
  authenticate_agents: LATER_AUTHENTICATION,
  authenticate_http_readwrite: LATER_AUTHENTICATION,
  authenticate_http_readonly: LATER_AUTHENTICATION,
  authenticate_http_frameworks: LATER_AUTHENTICATION,
  authentication_v0_timeout: LATER_AUTHENTICATION,
  credentials: LATER_AUTHENTICATION,
  authenticators: LATER_AUTHENTICATION,
  http_authenticators: LATER_AUTHENTICATION,
  http_framework_authenticators: LATER_AUTHENTICATION,
  authorizers: 'there is no access control yet; leave it out',
  acls: 'there is no access control yet; leave it out',
  firewall_rules: LATER,
  rate_limits: LATER,
  max_executors_per_agent: LATER,
  modules: NO_MODULES,
  modules_dir: NO_MODULES,
  hooks: NO_MODULES,
  allocator: 'the hierarchical DRF allocator is built in; leave it out',
  allocator_agent_recovery_factor: 'it matters for quota, which is not there yet; leave it out',
  allocator_recovery_timeout: 'it matters for quota, which is not there yet; leave it out',
  master_contender: NO_MODULES,
  master_detector: NO_MODULES,
  memory_profiling: LATER,
  ip_discovery_command: 'give --ip',
  require_agent_domain: LATER,
  offer_constraints_re2_max_mem: 'patterns are bounded by --offer_constraints_re2_max_program_size',
  log_dir: 'lines go to stderr; redirect it',
  logging_level: 'set MESETA_LOG_LEVEL=trace|debug|info|warn|error',
  logbufsecs: 'lines are written at once; leave it out',
  quiet: 'set MESETA_LOG_LEVEL=error',
  external_log_file: 'lines go to stderr; redirect it',
  initialize_driver_logging: 'leave it out',
  slave_reregister_timeout: 'it is called --agent_reregister_timeout',
  slave_ping_timeout: 'it is called --agent_ping_timeout',
  max_slave_ping_timeouts: 'it is called --max_agent_ping_timeouts',
  user_sorter: 'it is called --role_sorter',
};

/** Checks over several flags. */
export function masterFlagProblems(values: MasterFlagValues): string[] {
  const problems: string[] = [];
  if (values.agent_reregister_timeout < 600_000) {
    problems.push('--agent_reregister_timeout must be at least 10mins: agents need the time to come back');
  }
  if (values.allocation_interval <= 0) problems.push('--allocation_interval must be longer than 0');
  for (const role of values.roles) {
    const error = roleError(role);
    if (error !== undefined) problems.push(`--roles: ${error}`);
  }
  return problems;
}

/** Every flag that has a value, in its text form and in the order of names. */
export function masterFlagTexts(values: MasterFlagValues): { readonly name: string; readonly value: string }[] {
  const spec: FlagSpec = masterFlags;
  return Object.entries(values as Readonly<Record<string, unknown>>)
    .map(([name, value]) => ({ name, value: spec[name]?.show(value) ?? '' }))
    .filter(({ value }) => value !== '')
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function textOf({ text }: Texted<unknown>): string {
  return text;
}

function minimums(text: string): Texted<readonly Quantities[]> {
  const value = text
    .split('|')
    .filter((part) => part.trim() !== '')
    .map((part) => parseResources(part).quantities());
  return { text, value };
}

function weights(text: string): Texted<ReadonlyMap<string, number>> {
  const value = new Map<string, number>();
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const at = pair.lastIndexOf('=');
    const role = pair.slice(0, Math.max(0, at)).trim();
    const weight = Number(pair.slice(at + 1));
    const error = at === -1 ? `'${pair}' is not ROLE=WEIGHT` : roleError(role);
    if (error !== undefined) throw new Error(error);
    if (!Number.isFinite(weight) || weight <= 0) throw new Error(`the weight of '${role}' must be a number above 0`);
    value.set(role, weight);
  }
  return { text, value };
}

function domain(text: string): Texted<DomainInfo | undefined> {
  if (text === '') return { text, value: undefined };
  return { text, value: fromJson(messageType('mesos.v1.DomainInfo'), parseJson(text)) };
}
