import type { AgentInfo, AgentInfo_Capability_Type, Flag, VersionInfo } from '../../../sdk/v1/generated/mesos.ts';

/** What an agent is told at its start and never changes. Durations in milliseconds. */
export interface AgentConfig {
  /** Hostname, port, resources, attributes, domain; never the id, which the state holds. */
  readonly info: AgentInfo;
  /** Where others reach it. */
  readonly ip: string;
  /** Absolute. */
  readonly workDir: string;
  readonly version: VersionInfo;
  readonly capabilities: readonly AgentInfo_Capability_Type[];
  /** Changes with each boot of the machine. */
  readonly bootId: string;
  /** Wall clock of the process' start. */
  readonly startedAtMs: number;
  /** Every flag in its text form, as `/flags` shows them. */
  readonly flags: readonly Flag[];
  /** `cleanup`: ends what earlier agents left, forgets its identity, and ends. */
  readonly recover: 'reconnect' | 'cleanup';
  readonly registrationBackoffMs: number;
  readonly executorRegistrationTimeoutMs: number;
  readonly executorReregistrationTimeoutMs: number;
  readonly executorShutdownGraceMs: number;
  readonly recoveryTimeoutMs: number;
  /** Tasks run as their own user; needs root for any other than the agent's. */
  readonly switchUser: boolean;
  /** First layer of every task's environment: PATH and `--executor_environment_variables`. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly maxCompletedFrameworks: number;
  readonly maxCompletedExecutorsPerFramework: number;
  readonly maxCompletedTasksPerExecutor: number;
}

/** Capabilities that an agent reports, in upstream's order. */
export const AGENT_CAPABILITIES: readonly AgentInfo_Capability_Type[] = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'TASK_RESOURCE_LIMITS',
];

/** Where the agent answers, as `host:port`. */
export function agentEndpoint({ ip, info }: AgentConfig): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${info.port ?? 5051}`;
}

/** The address that upstream's agents are known by: `slave(1)@127.0.0.1:5051`. */
export function agentPid(config: AgentConfig): string {
  return `slave(1)@${agentEndpoint(config)}`;
}
