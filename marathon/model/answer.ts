import type { AppDefinition, Constraint, FetchUri, HealthCheck, PortDefinition } from './app.ts';

/** A JSON object of the REST API. */
export type JsonObject = { readonly [key: string]: unknown };

/**
 * The JSON of an app as Marathon 1.11 writes it: unset fields are left out, and so are empty lists and maps where upstream
 * leaves them out. Clients such as marathon-python refuse unknown keys: never add one.
 */
export function appAnswer(app: AppDefinition): JsonObject {
  return {
    id: app.id,
    ...(app.acceptedResourceRoles === undefined ? {} : { acceptedResourceRoles: app.acceptedResourceRoles }),
    ...(app.args.length === 0 ? {} : { args: app.args }),
    backoffFactor: app.backoffFactor,
    backoffSeconds: app.backoffSeconds,
    ...(app.cmd === undefined ? {} : { cmd: app.cmd }),
    ...(app.constraints.length === 0 ? {} : { constraints: app.constraints.map(constraintAnswer) }),
    ...(app.container === undefined ? {} : { container: { type: app.container.type, volumes: [] } }),
    cpus: app.cpus,
    ...(app.dependencies.length === 0 ? {} : { dependencies: app.dependencies }),
    disk: app.disk,
    ...(Object.keys(app.env).length === 0 ? {} : { env: app.env }),
    executor: app.executor,
    ...(app.fetch.length === 0 ? {} : { fetch: app.fetch.map(fetchAnswer) }),
    ...(app.healthChecks.length === 0 ? {} : { healthChecks: app.healthChecks.map(healthCheckAnswer) }),
    ...(app.check === undefined ? {} : { check: app.check }),
    instances: app.instances,
    labels: app.labels,
    maxLaunchDelaySeconds: app.maxLaunchDelaySeconds,
    mem: app.mem,
    gpus: app.gpus,
    networks: app.networks,
    portDefinitions: app.portDefinitions.map(portDefinitionAnswer),
    ...(app.readinessChecks.length === 0 ? {} : { readinessChecks: app.readinessChecks }),
    requirePorts: app.requirePorts,
    ...(app.taskKillGracePeriodSeconds === undefined
      ? {}
      : { taskKillGracePeriodSeconds: app.taskKillGracePeriodSeconds }),
    upgradeStrategy: {
      maximumOverCapacity: app.upgradeStrategy.maximumOverCapacity,
      minimumHealthCapacity: app.upgradeStrategy.minimumHealthCapacity,
    },
    ...(app.user === undefined ? {} : { user: app.user }),
    version: app.version,
    versionInfo: app.versionInfo,
    killSelection: app.killSelection,
    unreachableStrategy: app.unreachableStrategy,
    role: app.role,
  };
}

/** A health check as apps and events show it. */
export function healthCheckAnswer(check: HealthCheck): JsonObject {
  const http = check.protocol === 'HTTP' || check.protocol === 'HTTPS';
  return {
    ...(check.command === undefined ? {} : { command: check.command }),
    gracePeriodSeconds: check.gracePeriodSeconds,
    ...(http ? { ignoreHttp1xx: check.ignoreHttp1xx } : {}),
    intervalSeconds: check.intervalSeconds,
    maxConsecutiveFailures: check.maxConsecutiveFailures,
    ...(check.path === undefined ? {} : { path: check.path }),
    ...(check.port === undefined ? {} : { port: check.port }),
    ...(check.portIndex === undefined ? {} : { portIndex: check.portIndex }),
    protocol: check.protocol,
    ipProtocol: check.ipProtocol,
    timeoutSeconds: check.timeoutSeconds,
    delaySeconds: check.delaySeconds,
  };
}

function constraintAnswer(constraint: Constraint): readonly string[] {
  return constraint.filter((part): part is string => part !== undefined);
}

function fetchAnswer(fetch: FetchUri): JsonObject {
  return {
    uri: fetch.uri,
    extract: fetch.extract,
    executable: fetch.executable,
    cache: fetch.cache,
    ...(fetch.destPath === undefined ? {} : { destPath: fetch.destPath }),
  };
}

function portDefinitionAnswer(definition: PortDefinition): JsonObject {
  return {
    port: definition.port,
    ...(Object.keys(definition.labels).length === 0 ? {} : { labels: definition.labels }),
    ...(definition.name === undefined ? {} : { name: definition.name }),
    protocol: definition.protocol,
  };
}
