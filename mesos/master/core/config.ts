import type { Flag, MasterInfo, VersionInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { AllocatorOptions } from '../allocator/allocator.ts';

/** What a master is told at its start and never changes. Durations in milliseconds. */
export interface MasterConfig {
  /** Id, address and capabilities, as schedulers and agents are told. A new id at each start. */
  readonly info: MasterInfo;
  /** Grows with each start on the same store; agents refuse an older one than they have seen. */
  readonly epoch: bigint;
  /** Wall clock, when the process started and when it became the leader. */
  readonly startedAtMs: number;
  readonly electedAtMs: number;
  readonly version: VersionInfo;
  /** `--cluster`, shown in `/state`. */
  readonly cluster: string | undefined;
  /** Every flag in its text form, as `/flags` shows them. */
  readonly flags: readonly Flag[];
  readonly allocator: AllocatorOptions;
  /** `--offer_constraints_re2_max_program_size` */
  readonly constraintProgramSizeMax: number;
  /** Undefined: offers stay until answered. */
  readonly offerTimeoutMs: number | undefined;
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  readonly agentReregisterTimeoutMs: number;
  /** Scheduler and operator streams. */
  readonly heartbeatIntervalMs: number;
  /** `--roles`: undefined allows every role. */
  readonly roleWhitelist: ReadonlySet<string> | undefined;
  readonly weights: ReadonlyMap<string, number>;
  readonly rootSubmissions: boolean;
  readonly maxFrameworks: number;
  readonly maxCompletedFrameworks: number;
  readonly maxCompletedTasksPerFramework: number;
  readonly maxUnreachableTasksPerFramework: number;
  readonly maxOperatorStreams: number;
  /** Unreachable and gone agents that the store keeps at most, and how long. */
  readonly registryMaxAgentCount: number;
  readonly registryMaxAgentAgeMs: number;
}
