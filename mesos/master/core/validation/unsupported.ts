import type {
  CommandInfo,
  ContainerInfo,
  ExecutorInfo,
  NetworkInfo,
  Resource,
  TaskInfo,
} from '../../../../sdk/v1/generated/mesos.ts';

/** Differs: what this version cannot do yet is refused with the field's path; upstream would start a container for it. */
export function unsupportedTaskField(task: TaskInfo): string | undefined {
  const field =
    containerField('container', task.container) ??
    commandField('command', task.command) ??
    resourcesField('resources', task.resources) ??
    (Object.keys(task.limits ?? {}).length > 0 ? 'limits' : undefined) ??
    executorField(task.executor);
  return field === undefined ? undefined : notSupported(field);
}

/** The text of a refusal by name. */
export function notSupported(field: string): string {
  return `Field '${field}' is not supported by this version of Meseta: leave it out`;
}

function executorField(executor: ExecutorInfo | undefined): string | undefined {
  if (executor === undefined) return undefined;
  return (
    containerField('executor.container', executor.container) ??
    commandField('executor.command', executor.command) ??
    resourcesField('executor.resources', executor.resources)
  );
}

/** A container of type MESOS without an image is a plain task; only what would need a real container is not taken. */
function containerField(path: string, container: ContainerInfo | undefined): string | undefined {
  if (container === undefined) return undefined;
  if (container.type !== 'MESOS') return container.docker === undefined ? `${path}.type` : `${path}.docker`;
  if (container.mesos?.image !== undefined) return `${path}.mesos.image`;
  if ((container.volumes ?? []).length > 0) return `${path}.volumes[0]`;
  const infos = container.network_infos ?? [];
  const named = infos.findIndex(needsNetwork);
  if (named !== -1) return `${path}.network_infos[${named}]`;
  for (const field of ['docker', 'hostname', 'linux_info', 'rlimit_info', 'tty_info'] as const) {
    if (container[field] !== undefined) return `${path}.${field}`;
  }
  return undefined;
}

/** An empty NetworkInfo asks for the host's network, which every task has. */
function needsNetwork(info: NetworkInfo): boolean {
  return (
    info.name !== undefined ||
    (info.port_mappings ?? []).length > 0 ||
    (info.groups ?? []).length > 0 ||
    (info.ip_addresses ?? []).some((address) => address.ip_address !== undefined)
  );
}

function commandField(path: string, command: CommandInfo | undefined): string | undefined {
  const secret = (command?.environment?.variables ?? []).findIndex((variable) => variable.type === 'SECRET');
  return secret === -1 ? undefined : `${path}.environment.variables[${secret}].secret`;
}

function resourcesField(path: string, resources: readonly Resource[] | undefined): string | undefined {
  for (const [index, resource] of (resources ?? []).entries()) {
    for (const field of ['disk', 'revocable', 'shared', 'provider_id'] as const) {
      if (resource[field] !== undefined) return `${path}[${index}].${field}`;
    }
  }
  return undefined;
}
