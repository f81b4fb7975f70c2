import { FlagError, type FlagSource, type FlagValues, flag } from '../../sdk/daemon/flags.ts';
import { parseMasterAddress } from '../../sdk/daemon/master-address.ts';
import { flatAttributes, parseAttributes } from '../../sdk/v1/attributes.ts';
import { CodecError, messageType, readJson } from '../../sdk/v1/codec.ts';
import type { Attribute, DomainInfo } from '../../sdk/v1/generated/mesos.ts';
import { parseResources, ResourceTextError } from '../../sdk/v1/resources-parse.ts';
import { ISOLATION_LATER, NO_DOCKER, UNSUPPORTED_FLAGS } from './unsupported-flags.ts';

const PORT = { min: 0, max: 65_535 };
/** Upstream's bound for the time that executors get to subscribe again. */
const REREGISTRATION_MS_MAX = 15_000;
/** Upstream's flags that this agent takes. */
export const AGENT_FLAGS = {
  master: flag.custom<string | undefined>('HOST:PORT', 'The master.', undefined, parseMasterAddress),
  work_dir: flag.path("Where sandboxes and the agent's memory (meta/) lie.", '/tmp/mesos'),
  runtime_dir: flag.path<string | undefined>(
    'Where running containers are recorded. Default: runtime/ in --work_dir.',
    undefined,
  ),
  ip: flag.ip('Address to bind and to be reached at.', '127.0.0.1'),
  port: flag.integer('Port to listen on.', 5051, PORT),
  hostname: flag.string<string | undefined>('Name that frameworks see; by default looked up from --ip.', undefined),
  hostname_lookup: flag.boolean('Look the hostname up; otherwise it is the address.', true),
  allowed_hosts: flag.list('More names under which browsers and clients may call this agent; * for any.', []),
  resources: flag.string<string | undefined>(
    'What may be offered: cpus:4;mem:2048;disk:8192;ports:[31000-32000]. What is not named is detected.',
    undefined,
  ),
  default_role: flag.string('Role that resources without one are reserved for.', '*'),
  attributes: flag.custom<readonly Attribute[]>(
    'RACK:R1;ZONE:Z1',
    'Attributes of this agent.',
    [],
    parseAttributes,
    attributesText,
  ),
  domain: flag.custom<DomainInfo | undefined>('JSON', 'Fault domain of this agent.', undefined, parseDomain, (domain) =>
    JSON.stringify(domain),
  ),
  isolation: flag.list('Isolators; process groups are what there is.', ['posix/cpu', 'posix/mem']),
  launcher: flag.choice('How containers are started.', 'posix', ['posix']),
  containerizers: flag.list('Containerizers.', ['mesos']),
  registration_backoff_factor: flag.durationMs('First bound of the random pause between registrations.', 1_000),
  executor_registration_timeout: flag.durationMs('Time in which a custom executor must subscribe.', 60_000),
  executor_reregistration_timeout: flag.durationMs('Time in which it must subscribe again after our restart.', 2_000),
  executor_shutdown_grace_period: flag.durationMs('Time in which an executor must end when told to.', 5_000),
  recovery_timeout: flag.durationMs('How long executors wait for a lost agent.', 900_000),
  recover: flag.choice('Adopt what runs, or end it, forget who we are, and end.', 'reconnect', [
    'reconnect',
    'cleanup',
  ]),
  reconfiguration_policy: flag.choice('What may differ from the last start: nothing, or additions.', 'equal', [
    'equal',
    'additive',
  ]),
  switch_user: flag.boolean('Run tasks as their own user.', true),
  executor_environment_variables: flag.custom<Readonly<Record<string, string>> | undefined>(
    'JSON',
    'Environment that every task gets.',
    undefined,
    parseVariables,
    (variables) => (Object.keys(variables).length === 0 ? '' : JSON.stringify(variables)),
  ),
  fetcher_cache_dir: flag.path<string | undefined>('Cache of fetched files. Default: fetch/ in --work_dir.', undefined),
  fetcher_cache_size: flag.sizeBytes('Largest size of that cache.', 2 * 2 ** 30),
  fetcher_stall_timeout: flag.durationMs('A download without progress for this long has failed.', 60_000),
  frameworks_home: flag.string('Folder that relative paths of URIs start from.', ''),
  gc_delay: flag.durationMs('Age at which unused sandboxes are deleted.', 604_800_000),
  gc_disk_headroom: flag.number(
    'Share of the disk to keep free: sandboxes are deleted the earlier the fuller it is.',
    0.1,
    {
      min: 0,
      max: 1,
    },
  ),
  disk_watch_interval: flag.durationMs('How often old sandboxes are looked for.', 60_000),
  max_completed_executors_per_framework: flag.integer('Ended executors kept for /state.', 150, {
    min: 0,
    max: 100_000,
  }),
} as const;

/** Values of {@link AGENT_FLAGS}. */
export type AgentFlagValues = FlagValues<typeof AGENT_FLAGS>;

/** What the parser needs. */
export const AGENT_FLAG_SOURCE: Omit<FlagSource<typeof AGENT_FLAGS>, 'argv' | 'env'> = {
  spec: AGENT_FLAGS,
  envPrefix: 'MESOS_',
  unsupported: UNSUPPORTED_FLAGS,
  check: (values) => {
    const problems: string[] = [];
    if (values.master === undefined)
      problems.push('flag --master is missing: --master=127.0.0.1:5050 names the master');
    const isolators = values.isolation.filter((name) => !['posix/cpu', 'posix/mem', 'filesystem/posix'].includes(name));
    if (isolators.length > 0)
      problems.push(
        `flag --isolation: ${isolators.join(', ')} is not supported: ${ISOLATION_LATER} (posix/cpu, posix/mem)`,
      );
    if (values.containerizers.some((name) => name !== 'mesos'))
      problems.push(`flag --containerizers: allowed is mesos: ${NO_DOCKER}`);
    try {
      parseResources(values.resources ?? '', { defaultRole: values.default_role });
    } catch (error) {
      if (!(error instanceof ResourceTextError)) throw error;
      problems.push(`flag --resources: ${error.message}`);
    }
    if (values.executor_reregistration_timeout > REREGISTRATION_MS_MAX)
      problems.push('flag --executor_reregistration_timeout: at most 15secs');
    return problems;
  },
};

function attributesText(attributes: readonly Attribute[]): string {
  return Object.entries(flatAttributes(attributes))
    .map(([name, value]) => `${name}:${value}`)
    .join(';');
}

function parseDomain(text: string): DomainInfo {
  try {
    return readJson(messageType('mesos.v1.DomainInfo'), text);
  } catch (error) {
    if (error instanceof CodecError) throw new Error(`${error.message}; a fault domain looks like ${DOMAIN_EXAMPLE}`);
    throw error;
  }
}

const DOMAIN_EXAMPLE = '{"fault_domain":{"region":{"name":"eu"},"zone":{"name":"eu-1"}}}';

function parseVariables(text: string): Readonly<Record<string, string>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('expected a JSON object');
  for (const [name, value] of Object.entries(json))
    if (typeof value !== 'string') throw new Error(`the value of ${name} is not a string`);
  return json as Record<string, string>;
}

/** A start that cannot go on, for a reason that the user can mend. */
export function refuseStart(problem: string): never {
  throw new FlagError([problem]);
}
