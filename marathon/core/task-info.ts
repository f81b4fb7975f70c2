import type {
  CheckInfo,
  CommandInfo,
  CommandInfo_URI,
  HealthCheck as MesosHealthCheck,
  Port,
  TaskInfo,
} from '../../sdk/v1/generated/mesos.ts';
import type { AppCheck, AppDefinition, FetchUri, HealthCheck } from '../model/app.ts';
import { taskEnvironment } from './environment.ts';
import type { Match } from './matching.ts';

/** Where a task is launched. */
export interface LaunchSite {
  readonly agentId: string;
  readonly host: string;
}

/**
 * The TaskInfo of an app's task, field for field as upstream's TaskBuilder makes it.
 *
 * @param envPrefix see `--env_vars_prefix`.
 */
export function buildTaskInfo(
  app: AppDefinition,
  taskId: string,
  site: LaunchSite,
  match: Match,
  envPrefix: string,
): TaskInfo {
  const name = mesosName(app.id);
  const { hostPorts } = match;
  const graceSeconds = app.taskKillGracePeriodSeconds;
  const healthCheck = app.healthChecks.map((check) => mesosHealthCheck(check, hostPorts)).find(isPresent);
  const check = app.check === undefined ? undefined : mesosCheck(app.check, hostPorts);
  return {
    name,
    task_id: { value: taskId },
    agent_id: { value: site.agentId },
    resources: match.resources,
    command: commandInfo(app, taskEnvironment(app, taskId, site.host, hostPorts, envPrefix)),
    discovery: { visibility: 'FRAMEWORK', name, ports: { ports: discoveryPorts(app, hostPorts) } },
    ...(app.container === undefined ? {} : { container: { type: 'MESOS', mesos: {} } }),
    ...(Object.keys(app.labels).length === 0 ? {} : { labels: labelsOf(app.labels) }),
    ...(graceSeconds === undefined
      ? {}
      : { kill_policy: { grace_period: { nanoseconds: BigInt(graceSeconds) * 1_000_000_000n } } }),
    ...(healthCheck === undefined ? {} : { health_check: healthCheck }),
    ...(check === undefined ? {} : { check }),
  };
}

/** The app id reversed and dot-joined, `/a/b/c` -> `c.b.a`: what DNS names are built from. */
export function mesosName(appId: string): string {
  return appId.slice(1).split('/').reverse().join('.');
}

/** Port of a check: `port` wins over `portIndex`; undefined when the app has no such port. */
export function checkPort(
  check: { readonly port?: number | undefined; readonly portIndex?: number | undefined },
  hostPorts: readonly number[],
): number | undefined {
  return check.port ?? hostPorts[check.portIndex ?? 0];
}

function commandInfo(app: AppDefinition, environment: Readonly<Record<string, string>>): CommandInfo {
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const hasCmd = app.cmd !== undefined && app.cmd !== '';
  const first = app.args[0];
  return {
    environment: { variables },
    ...(hasCmd ? { value: app.cmd } : { shell: false }),
    // The command executor takes the program from `value`, and all words, that one too, from `arguments`.
    ...(first === undefined ? {} : { shell: false, value: first, arguments: app.args }),
    ...(app.fetch.length === 0 ? {} : { uris: app.fetch.map(uriInfo) }),
    ...(app.user === undefined ? {} : { user: app.user }),
  };
}

function uriInfo(fetch: FetchUri): CommandInfo_URI {
  return {
    value: fetch.uri,
    executable: fetch.executable,
    extract: fetch.extract,
    cache: fetch.cache,
    ...(fetch.destPath === undefined ? {} : { output_file: fetch.destPath }),
  };
}

/** One port per definition and protocol, with the number that this task got. */
function discoveryPorts(app: AppDefinition, hostPorts: readonly number[]): Port[] {
  return app.portDefinitions.flatMap((definition, index) => {
    const number = hostPorts[index];
    if (number === undefined) return [];
    return definition.protocol.split(',').map((protocol) => ({
      number,
      ...(definition.name === undefined ? {} : { name: definition.name }),
      protocol,
      ...(Object.keys(definition.labels).length === 0 ? {} : { labels: labelsOf(definition.labels) }),
    }));
  });
}

function labelsOf(labels: Readonly<Record<string, string>>): { labels: { key: string; value: string }[] } {
  return { labels: Object.entries(labels).map(([key, value]) => ({ key, value })) };
}

/** The check as the executor runs it; undefined for those that Marathon runs. */
function mesosHealthCheck(check: HealthCheck, hostPorts: readonly number[]): MesosHealthCheck | undefined {
  const timing = {
    interval_seconds: check.intervalSeconds,
    timeout_seconds: check.timeoutSeconds,
    consecutive_failures: check.maxConsecutiveFailures,
    grace_period_seconds: check.gracePeriodSeconds,
    delay_seconds: check.delaySeconds,
  };
  if (check.protocol === 'COMMAND') {
    return { type: 'COMMAND', ...timing, command: { value: check.command?.value ?? '' } };
  }
  const port = checkPort(check, hostPorts);
  if (port === undefined) return undefined;
  const protocol = check.ipProtocol === 'IPv6' ? 'IPv6' : 'IPv4';
  if (check.protocol === 'MESOS_TCP') return { type: 'TCP', ...timing, tcp: { port, protocol } };
  if (check.protocol !== 'MESOS_HTTP' && check.protocol !== 'MESOS_HTTPS') return undefined;
  const scheme = check.protocol === 'MESOS_HTTP' ? 'http' : 'https';
  const path = check.path === undefined ? {} : { path: check.path };
  return { type: 'HTTP', ...timing, http: { scheme, port, protocol, ...path } };
}

function mesosCheck(check: AppCheck, hostPorts: readonly number[]): CheckInfo | undefined {
  const timing = {
    interval_seconds: check.intervalSeconds,
    timeout_seconds: check.timeoutSeconds,
    delay_seconds: check.delaySeconds,
  };
  if (check.exec !== undefined) {
    const { command } = check.exec;
    const info: CommandInfo =
      'shell' in command ? { value: command.shell } : { shell: false, value: command.argv[0], arguments: command.argv };
    return { type: 'COMMAND', ...timing, command: { command: info } };
  }
  const { http, tcp } = check;
  const port = checkPort(http ?? tcp ?? {}, hostPorts);
  if (port === undefined) return undefined;
  if (tcp !== undefined) return { type: 'TCP', ...timing, tcp: { port } };
  return { type: 'HTTP', ...timing, http: { port, ...(http?.path === undefined ? {} : { path: http.path }) } };
}

function isPresent<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
