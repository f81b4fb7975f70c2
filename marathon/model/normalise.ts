import type { AppDefinition, Constraint, FetchUri, HealthCheck, PortDefinition } from './app.ts';
import { parentId } from './group.ts';
import type { AppInput } from './input.ts';
import { canonicalId } from './path-id.ts';

/** What normalisation takes from the daemon's configuration. */
export interface NormaliseOptions {
  /** The role of apps that name none (`--mesos_role`). */
  readonly defaultRole: string;
}

const HOST_NETWORKS = [{ mode: 'host' }] as const;

/** Seconds; what upstream shows for checks that Marathon itself runs, where it has no effect. */
const DEFAULT_DELAY_SECONDS = 15;

/** Archives that the fetcher extracts (source: upstream's list for the legacy `uris`). */
const EXTRACTED = ['.tar', '.tar.gz', '.tar.bz2', '.tar.xz', '.gz', '.tgz', '.tbz2', '.txz', '.zip'];

/**
 * Makes a definition of an input, on top of `current` when a field keeps its value if absent, else on top of defaults.
 * Relative dependencies start from the group of the app.
 *
 * @param id absolute id; the input's own is ignored.
 */
export function normaliseApp(
  input: AppInput,
  id: string,
  current: AppDefinition | undefined,
  options: NormaliseOptions,
): AppDefinition {
  const start = current ?? defaultApp(id, options);
  const portDefinitions = portDefinitionsOf(input) ?? start.portDefinitions;
  const app: AppDefinition = {
    ...start,
    ...given({
      cmd: input.cmd,
      args: input.args,
      user: input.user,
      env: input.env,
      instances: input.instances,
      cpus: input.cpus,
      mem: input.mem,
      disk: input.disk,
      executor: input.executor,
      constraints: input.constraints?.map(normaliseConstraint),
      acceptedResourceRoles: input.acceptedResourceRoles,
      role: input.role,
      container: input.container,
      networks: input.networks === undefined || input.networks.length === 0 ? undefined : input.networks,
      requirePorts: input.requirePorts,
      check: input.check,
      readinessChecks: input.readinessChecks,
      fetch: fetchOf(input),
      dependencies: input.dependencies?.map((dependency) => canonicalId(dependency, parentId(id))).sort(),
      unreachableStrategy: input.unreachableStrategy,
      killSelection: input.killSelection,
      backoffSeconds: input.backoffSeconds,
      backoffFactor: input.backoffFactor,
      maxLaunchDelaySeconds: input.maxLaunchDelaySeconds,
      taskKillGracePeriodSeconds: input.taskKillGracePeriodSeconds,
      labels: input.labels,
    }),
    id,
    portDefinitions,
    healthChecks: (input.healthChecks ?? start.healthChecks).map((check) =>
      normaliseHealthCheck(check, portDefinitions.length > 0),
    ),
    upgradeStrategy: upgradeStrategyOf(input, current),
  };
  return { ...app, dependencies: [...new Set(app.dependencies)] };
}

/** True for the label that promises that an app never has two instances. */
export function isSingleInstance(labels: Readonly<Record<string, string>>): boolean {
  return labels['MARATHON_SINGLE_INSTANCE_APP'] === 'true';
}

function defaultApp(id: string, options: NormaliseOptions): AppDefinition {
  return {
    id,
    args: [],
    env: {},
    instances: 1,
    cpus: 1,
    mem: 128,
    disk: 0,
    gpus: 0,
    executor: '',
    constraints: [],
    role: options.defaultRole,
    networks: HOST_NETWORKS,
    portDefinitions: [{ port: 0, protocol: 'tcp', name: 'default', labels: {} }],
    requirePorts: false,
    healthChecks: [],
    readinessChecks: [],
    fetch: [],
    dependencies: [],
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    killSelection: 'YOUNGEST_FIRST',
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    labels: {},
    version: '',
    versionInfo: { lastScalingAt: '', lastConfigChangeAt: '' },
  };
}

/** Of both forms the longer one counts, so that nobody is blamed for naming a port that one of them has. */
function portDefinitionsOf({ portDefinitions, ports }: AppInput): readonly PortDefinition[] | undefined {
  if (portDefinitions === undefined) return ports?.map((port) => ({ port, protocol: 'tcp', labels: {} }));
  const more = (ports ?? []).slice(portDefinitions.length);
  return [...portDefinitions, ...more.map((): PortDefinition => ({ port: 0, protocol: 'tcp', labels: {} }))];
}

/** What came as `uris` stands behind what came as `fetch`. */
function fetchOf({ fetch, uris }: AppInput): readonly FetchUri[] | undefined {
  if (uris === undefined) return fetch;
  const legacy = uris.map((uri) => ({ uri, extract: isArchive(uri), executable: false, cache: false }));
  return [...(fetch ?? []), ...legacy];
}

function isArchive(uri: string): boolean {
  const path = uri.replace(/[?#].*$/s, '');
  return EXTRACTED.some((extension) => path.endsWith(extension));
}

/** Still unchecked: `constraintError` judges it. */
function normaliseConstraint(constraint: readonly string[]): Constraint {
  return constraint.map((part, index) => (index === 1 ? part.toUpperCase() : part)) as unknown as Constraint;
}

/** Keeps of a check what its protocol uses, as upstream's model does. */
function normaliseHealthCheck(check: HealthCheck, hasPorts: boolean): HealthCheck {
  const executorRuns = check.protocol === 'COMMAND' || check.protocol.startsWith('MESOS_');
  const http = check.protocol.endsWith('HTTP') || check.protocol.endsWith('HTTPS');
  const portIndex = check.portIndex ?? (check.port === undefined && hasPorts ? 0 : undefined);
  return {
    protocol: check.protocol,
    ...given({
      path: http ? check.path : undefined,
      port: check.protocol === 'COMMAND' ? undefined : check.port,
      portIndex: check.protocol === 'COMMAND' ? undefined : portIndex,
      command: check.command,
    }),
    gracePeriodSeconds: check.gracePeriodSeconds,
    intervalSeconds: check.intervalSeconds,
    timeoutSeconds: check.timeoutSeconds,
    delaySeconds: executorRuns ? check.delaySeconds : DEFAULT_DELAY_SECONDS,
    maxConsecutiveFailures: check.maxConsecutiveFailures,
    ignoreHttp1xx: http && !executorRuns && check.ignoreHttp1xx,
    ipProtocol: check.ipProtocol,
  };
}

/** Differs: upstream refuses a single-instance app that names no strategy; here it gets one that never runs two at once. */
function upgradeStrategyOf(input: AppInput, current: AppDefinition | undefined): AppDefinition['upgradeStrategy'] {
  if (input.upgradeStrategy !== undefined) return input.upgradeStrategy;
  if (current !== undefined) return current.upgradeStrategy;
  return isSingleInstance(input.labels ?? {})
    ? { minimumHealthCapacity: 0, maximumOverCapacity: 0 }
    : { minimumHealthCapacity: 1, maximumOverCapacity: 1 };
}

/** The entries that have a value. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
