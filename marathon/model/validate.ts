import type { AppDefinition, HealthCheck } from './app.ts';
import { constraintError } from './constraint-rules.ts';
import { isSingleInstance } from './normalise.ts';
import { idErrors, idLengthErrors } from './path-id.ts';
import type { Violation } from './violation.ts';

/** Differs: upstream has no limit. Each instance is an entry in memory and in the store. */
export const MAX_INSTANCES = 100_000;

/** Differs: upstream is limited by its store only. Largest definition in bytes of JSON. */
export const MAX_DEFINITION_BYTES = 512 * 1024;

/** What validation takes from the daemon's configuration. */
export interface ValidateOptions {
  readonly defaultRole: string;
}

type Report = (path: string, error: string, looksAt?: readonly string[]) => void;

const PORTS = ['/ports', '/portDefinitions'];

/**
 * All rules that a normalised definition breaks; empty when it is valid. Texts are upstream's where it has the rule. Its
 * dependencies were judged as they were written.
 */
export function appViolations(app: AppDefinition, options: ValidateOptions): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (path, error, looksAt) => violations.push({ path, error, looksAt });
  checkIds(app, report);
  checkCommand(app, report);
  checkEnvironment(app, report);
  checkNumbers(app, report);
  checkPorts(app, report);
  checkHealthChecks(app, report);
  checkCheck(app, report);
  checkReadinessChecks(app, report);
  checkRoles(app, options, report);
  checkStrategies(app, report);
  checkLabels(app, report);
  app.fetch.forEach((fetch, index) => {
    if (!isUri(fetch.uri)) report(`/fetch(${index})/uri`, 'URI has invalid syntax.');
  });
  app.constraints.forEach((constraint, index) => {
    const error = constraintError(constraint);
    if (error !== undefined) report(`/constraints(${index})`, error);
  });
  const bytes = JSON.stringify(app).length;
  if (bytes > MAX_DEFINITION_BYTES)
    report('/', `the definition is ${bytes} bytes long, ${MAX_DEFINITION_BYTES} are allowed`);
  return violations;
}

function checkIds(app: AppDefinition, report: Report): void {
  if (app.id === '/') report('/id', 'must not be root');
  for (const error of idErrors(app.id)) report('/id', error);
  for (const error of idLengthErrors(app.id)) report('/id', error);
}

function checkCommand(app: AppDefinition, report: Report): void {
  const cmd = app.cmd !== undefined;
  const args = app.args.length > 0;
  if ((cmd && args) || (!cmd && !args))
    report('/', "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.", ['/cmd', '/args']);
  if (app.cmd?.includes('\0')) report('/cmd', 'must not contain a NUL character');
  app.args.forEach((arg, index) => {
    if (arg.includes('\0')) report(`/args(${index})`, 'must not contain a NUL character');
  });
  if (app.args[0] === '') report('/args(0)', 'must not be empty, it names the program');
  if (app.executor !== '' && app.executor !== '//cmd')
    report('/executor', "custom executors are not supported yet; allowed are '' and '//cmd'");
}

/** Differs: upstream takes names and texts that no process can be started with. */
function checkEnvironment(app: AppDefinition, report: Report): void {
  for (const [name, value] of Object.entries(app.env)) {
    if (name === '' || name.includes('=') || name.includes('\0'))
      report(`/env(${JSON.stringify(name)})`, "a name must not be empty and not contain '=' or a NUL character");
    if (value.includes('\0')) report(`/env(${JSON.stringify(name)})`, 'must not contain a NUL character');
  }
  if (app.user !== undefined && !/^[^\0-\x20:/]{1,255}$/.test(app.user))
    report(
      '/user',
      'must be the name of a user: 1 to 255 characters without blanks, control characters, colons and slashes',
    );
}

function checkNumbers(app: AppDefinition, report: Report): void {
  if (app.instances > MAX_INSTANCES) report('/instances', `must be at most ${MAX_INSTANCES}`);
  for (const field of ['cpus', 'mem', 'disk'] as const)
    if (app[field] > 1e9) report(`/${field}`, 'must be at most 1000000000');
}

function checkPorts(app: AppDefinition, report: Report): void {
  const names = app.portDefinitions.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (new Set(names).size < names.length) report('/portDefinitions', 'Port names must be unique.');
  const fixed = app.portDefinitions.map(({ port }) => port).filter((port) => port !== 0);
  if (new Set(fixed).size < fixed.length) report('/portDefinitions', 'Ports must be unique.');
}

function checkHealthChecks(app: AppDefinition, report: Report): void {
  app.healthChecks.forEach((check, index) => {
    const path = `/healthChecks(${index})`;
    if (!portIsKnown(check, app))
      report(path, 'Health check port indices must address an element of the ports array or container port mappings.', [
        `${path}/protocol`,
        `${path}/port`,
        `${path}/portIndex`,
        ...PORTS,
      ]);
    if (check.ipProtocol === 'IPv6')
      report(
        `${path}/ipProtocol`,
        'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks',
      );
    if (check.protocol === 'COMMAND' && check.command === undefined)
      report(`${path}/command`, 'must be given for protocol COMMAND', [`${path}/command`, `${path}/protocol`]);
    if (check.protocol !== 'COMMAND' && check.command !== undefined)
      report(`${path}/command`, `illegal protocol ${check.protocol} specified with command`, [
        `${path}/command`,
        `${path}/protocol`,
      ]);
    if (check.command?.value === '') report(`${path}/command/value`, 'must not be empty');
    if (check.path !== undefined && /[\0-\x20]/.test(check.path))
      report(`${path}/path`, 'must not contain blanks or control characters');
  });
  // Differs: upstream takes several COMMAND checks, of which Mesos runs one.
  const byExecutor = app.healthChecks.filter(isRunByExecutor).length;
  if (byExecutor > 1) report('/', 'AppDefinition can contain at most one Mesos health check', ['/healthChecks']);
}

/** COMMAND and the MESOS_ protocols: a task can carry one such check. */
function isRunByExecutor({ protocol }: HealthCheck): boolean {
  return protocol === 'COMMAND' || protocol.startsWith('MESOS_');
}

function portIsKnown(check: Pick<HealthCheck, 'port' | 'portIndex' | 'protocol'>, app: AppDefinition): boolean {
  if (check.protocol === 'COMMAND') return true;
  if (check.portIndex !== undefined) return check.portIndex < app.portDefinitions.length;
  return check.port !== undefined;
}

function checkCheck(app: AppDefinition, report: Report): void {
  const { check } = app;
  if (check === undefined) return;
  const kinds = [check.http, check.tcp, check.exec].filter((kind) => kind !== undefined).length;
  if (kinds !== 1)
    report('/check', 'must have exactly one of http, tcp and exec', ['/check/http', '/check/tcp', '/check/exec']);
  const portly = check.http ?? check.tcp;
  if (portly === undefined) return;
  const { port, portIndex } = portly;
  const count = app.portDefinitions.length;
  if (portIndex !== undefined ? portIndex >= count : port === undefined && count !== 1)
    report('/check', 'check port index must address an element of the ports array or container port mappings.', [
      '/check/http',
      '/check/tcp',
      ...PORTS,
    ]);
}

function checkReadinessChecks(app: AppDefinition, report: Report): void {
  const names = app.portDefinitions.map(({ name }) => name);
  if (app.readinessChecks.length > 1)
    report('/readinessChecks', `got ${app.readinessChecks.length}, expected 1 or less`);
  app.readinessChecks.forEach((check, index) => {
    const path = `/readinessChecks(${index})`;
    if (!names.includes(check.portName))
      report(`${path}/portName`, `No port definition reference for portName ${check.portName}`, [
        `${path}/portName`,
        ...PORTS,
      ]);
    if (check.timeoutSeconds >= check.intervalSeconds)
      report(`${path}/timeoutSeconds`, `got ${check.timeoutSeconds}, expected less than ${check.intervalSeconds}`, [
        `${path}/timeoutSeconds`,
        `${path}/intervalSeconds`,
      ]);
  });
}

function checkRoles(app: AppDefinition, options: ValidateOptions, report: Report): void {
  if (app.role !== options.defaultRole)
    report(
      '/role',
      `must be '${options.defaultRole}', the role of this framework; roles of groups are not supported yet`,
    );
  if (app.acceptedResourceRoles === undefined) return;
  if (app.acceptedResourceRoles.length === 0) report('/acceptedResourceRoles', 'must not be empty');
  const allowed = [...new Set(['*', app.role])].sort();
  if (app.acceptedResourceRoles.some((role) => !allowed.includes(role)))
    report('/acceptedResourceRoles', `acceptedResourceRoles can only contain ${allowed.join(' and ')}`, [
      '/acceptedResourceRoles',
      '/role',
    ]);
}

function checkStrategies(app: AppDefinition, report: Report): void {
  const unreachable = app.unreachableStrategy;
  if (unreachable !== 'disabled' && unreachable.inactiveAfterSeconds > unreachable.expungeAfterSeconds)
    report(
      '/unreachableStrategy/inactiveAfterSeconds',
      `inactiveAfterSeconds (${unreachable.inactiveAfterSeconds}) must be less or equal to expungeAfterSeconds, which is ${unreachable.expungeAfterSeconds}`,
      ['/unreachableStrategy'],
    );
  if (!isSingleInstance(app.labels)) return;
  if (app.instances > 1) report('/', 'Single instance app may only have one instance', ['/labels', '/instances']);
  for (const field of ['minimumHealthCapacity', 'maximumOverCapacity'] as const)
    if (app.upgradeStrategy[field] !== 0)
      report(`/upgradeStrategy/${field}`, `got ${app.upgradeStrategy[field]}, expected 0.0`, [
        '/labels',
        `/upgradeStrategy/${field}`,
      ]);
}

function checkLabels(app: AppDefinition, report: Report): void {
  const version = app.labels['DCOS_MIGRATION_API_VERSION'];
  if (version === undefined || version === '') return;
  if (version !== 'v1' || !app.labels['DCOS_PACKAGE_FRAMEWORK_NAME'] || !app.labels['DCOS_MIGRATION_API_PATH'])
    report(
      '/',
      'DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION',
      ['/labels'],
    );
}

/** Characters of RFC 2396 as java.net.URI takes them, with complete percent escapes. */
function isUri(uri: string): boolean {
  return uri !== '' && /^(?:[^\0-\x20"<>\\^`{|}\x7f%]|%[0-9A-Fa-f]{2})+$/.test(uri) && !/^:/.test(uri);
}
