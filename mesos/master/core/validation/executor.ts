import type { ContainerInfo, ExecutorInfo } from '../../../../sdk/v1/generated/mesos.ts';
import { equalMessages } from '../equal.ts';
import { runnableError } from './command.ts';
import { firstError, prefixed } from './first.ts';
import { idError } from './ids.ts';
import { allocationError, resourcesError } from './resources.ts';

/**
 * What is wrong with the executor of a task, in upstream's words and order.
 *
 * @param existing the executor that the framework has under the same id on the agent.
 */
export function executorError(
  executor: ExecutorInfo,
  frameworkId: string,
  existing: ExecutorInfo | undefined,
): string | undefined {
  return firstError([
    () => typeError(executor),
    () => idError(executor.executor_id.value),
    () =>
      (executor.shutdown_grace_period?.nanoseconds ?? 0n) < 0n
        ? "ExecutorInfo's 'shutdown_grace_period' must be non-negative"
        : undefined,
    () => executor.command && prefixed("Executor's `CommandInfo` is invalid: ", runnableError(executor.command)),
    () => prefixed("Executor's `ContainerInfo` is invalid: ", containerError(executor.container)),
    () => frameworkIdError(executor, frameworkId),
    () => prefixed('Executor uses invalid resources: ', resourcesError(executor.resources)),
    () => prefixed('Invalid executor resources: ', allocationError(executor.resources)),
    () =>
      existing !== undefined && !equalMessages(existing, executor) ? incompatibleText(existing, executor) : undefined,
    () =>
      executor.type !== undefined && executor.type !== 'CUSTOM' ? "'ExecutorInfo.type' must be 'CUSTOM'" : undefined,
    () => (executor.command === undefined ? "'ExecutorInfo.command' must be set" : undefined),
  ]);
}

function typeError(executor: ExecutorInfo): string | undefined {
  switch (executor.type) {
    case 'DEFAULT':
      if (executor.command !== undefined) return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
      if (executor.container !== undefined && executor.container.type !== 'MESOS') {
        return "'ExecutorInfo.container.type' must be 'MESOS' for 'DEFAULT' executor";
      }
      if (executor.container?.mesos?.image !== undefined) {
        return "'ExecutorInfo.container.mesos.image' must not be set for 'DEFAULT' executor";
      }
      return undefined;
    case 'CUSTOM':
      return executor.command === undefined ? "'ExecutorInfo.command' must be set for 'CUSTOM' executor" : undefined;
    default:
      return undefined;
  }
}

function frameworkIdError(executor: ExecutorInfo, frameworkId: string): string | undefined {
  const actual = executor.framework_id?.value;
  if (actual === undefined) return "'ExecutorInfo.framework_id' must be set";
  if (actual === frameworkId) return undefined;
  return `ExecutorInfo has an invalid FrameworkID (Actual: ${actual} vs Expected: ${frameworkId})`;
}

/** What upstream finds wrong with a container. */
export function containerError(container: ContainerInfo | undefined): string | undefined {
  for (const volume of container?.volumes ?? []) {
    const sources = [volume.host_path, volume.image, volume.source].filter((source) => source !== undefined);
    if (sources.length !== 1) {
      return "Invalid volume: Only one of them should be set: 'host_path', 'image' and 'source'";
    }
  }
  if (container?.type === 'DOCKER' && container.docker === undefined) {
    return "DockerInfo 'docker' is not set for DOCKER typed ContainerInfo";
  }
  return undefined;
}

/** Differs: the differing fields are named, where upstream prints both messages whole. */
function incompatibleText(existing: ExecutorInfo, executor: ExecutorInfo): string {
  const keys = new Set([...Object.keys(existing), ...Object.keys(executor)]) as Set<keyof ExecutorInfo>;
  const differing = [...keys].filter((key) => !equalMessages(existing[key], executor[key]));
  return `ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID: it differs in ${differing.join(', ')}`;
}
