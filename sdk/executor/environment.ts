import { parseDurationMs } from '../daemon/units.ts';

/** What an agent tells an executor in its environment. */
export interface ExecutorEnvironment {
  readonly frameworkId: string;
  readonly executorId: string;
  /** `host:port` of the agent. */
  readonly agentEndpoint: string;
  /** The executor's sandbox. */
  readonly sandbox: string;
  /** The framework checkpoints: the executor outlives a restart of the agent. */
  readonly checkpoint: boolean;
  /** How long it waits for the agent to come back. */
  readonly recoveryTimeoutMs: number;
  readonly subscriptionBackoffMaxMs: number;
  readonly shutdownGracePeriodMs: number;
}

/**
 * Reads the environment of an executor.
 *
 * @throws Error naming the variable that is missing: the program was not started by an agent.
 */
export function readExecutorEnvironment(env: Readonly<Record<string, string | undefined>>): ExecutorEnvironment {
  const required = (name: string): string => {
    const value = env[name];
    if (value === undefined) throw new Error(`${name} is not set: an executor is started by an agent`);
    return value;
  };
  return {
    frameworkId: required('MESOS_FRAMEWORK_ID'),
    executorId: required('MESOS_EXECUTOR_ID'),
    agentEndpoint: required('MESOS_AGENT_ENDPOINT'),
    sandbox: env['MESOS_SANDBOX'] ?? required('MESOS_DIRECTORY'),
    checkpoint: env['MESOS_CHECKPOINT'] === '1',
    recoveryTimeoutMs: parseDurationMs(env['MESOS_RECOVERY_TIMEOUT'] ?? '15mins'),
    subscriptionBackoffMaxMs: parseDurationMs(env['MESOS_SUBSCRIPTION_BACKOFF_MAX'] ?? '2secs'),
    shutdownGracePeriodMs: parseDurationMs(env['MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD'] ?? '5secs'),
  };
}
