import type { AppDefinition } from '../model/app.ts';

const VALUE_LENGTH_MAX = 512;
const LABEL_PREFIX = 'MARATHON_APP_LABEL_';

/**
 * The environment of a task; later wins: what Marathon says of app and task, then ports and host, then the user's own.
 *
 * @param prefix put before the names of ports and HOST (`--env_vars_prefix`).
 */
export function taskEnvironment(
  app: AppDefinition,
  taskId: string,
  host: string,
  hostPorts: readonly number[],
  prefix: string,
): Readonly<Record<string, string>> {
  const prefixed = Object.entries({ ...portVariables(app, hostPorts), HOST: host }).map(([name, value]) => {
    return [prefix + name, value] as const;
  });
  return {
    MESOS_TASK_ID: taskId,
    MARATHON_APP_ID: app.id,
    MARATHON_APP_VERSION: app.version,
    MARATHON_APP_RESOURCE_CPUS: doubleText(app.cpus),
    MARATHON_APP_RESOURCE_MEM: doubleText(app.mem),
    MARATHON_APP_RESOURCE_DISK: doubleText(app.disk),
    MARATHON_APP_RESOURCE_GPUS: String(app.gpus),
    MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
    ...labelVariables(app.labels),
    ...Object.fromEntries(prefixed),
    ...app.env,
  };
}

/** PORT, PORT0.., PORTS, PORT_<asked port>, PORT_<NAME>; nothing without ports. */
export function portVariables(app: AppDefinition, hostPorts: readonly number[]): Record<string, string> {
  const variables: Record<string, string> = {};
  if (hostPorts.length === 0) return variables;
  for (const [index, port] of hostPorts.entries()) {
    const definition = app.portDefinitions[index];
    variables[`PORT${index}`] = String(port);
    const asked = definition?.port ?? 0;
    variables[`PORT_${asked === 0 ? port : asked}`] = String(port);
    if (definition?.name !== undefined) variables[`PORT_${definition.name.toUpperCase()}`] = String(port);
  }
  variables['PORT'] = String(hostPorts[0]);
  variables['PORTS'] = hostPorts.join(',');
  return variables;
}

/** Names and values of the labels that are short enough. */
export function labelVariables(labels: Readonly<Record<string, string>>): Record<string, string> {
  const short = Object.entries(labels).filter(([name, value]) => {
    return name.length < VALUE_LENGTH_MAX - LABEL_PREFIX.length && value.length < VALUE_LENGTH_MAX;
  });
  const named = short.map(([name, value]) => [name.replace(/[^a-zA-Z0-9_]+/g, '_').toUpperCase(), value] as const);
  return {
    MARATHON_APP_LABELS: named.map(([name]) => name).join(' '),
    ...Object.fromEntries(named.map(([name, value]) => [LABEL_PREFIX + name, value])),
  };
}

/** A double as the JVM prints it: `1.0`, `0.1`. */
export function doubleText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
