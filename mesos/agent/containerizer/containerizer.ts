/**
 * What the agent asks of the machine: start a process tree, learn its end exactly once, end it, measure it.
 *
 * A container is known by its id for ever: an id is never used twice. What is started outlives the agent; the next agent over
 * the same runtime directory calls `recover` before anything else and then gets the ends of what still runs.
 */

/** Upstream's `CommandInfo.URI`, as the fetcher reads it. */
export interface FetchUri {
  readonly value: string;
  readonly executable?: boolean | undefined;
  /** Default true. */
  readonly extract?: boolean | undefined;
  readonly cache?: boolean | undefined;
  readonly output_file?: string | undefined;
}

/** What is executed: upstream's `CommandInfo` without its environment, user and URIs. */
export interface ContainerCommand {
  /** True: `/bin/sh -c value`. False: `value` is the program, looked up in PATH, `arguments` is argv, argv[0] included. */
  readonly shell: boolean;
  readonly value: string;
  readonly arguments: readonly string[];
}

/** One of upstream's `RLimitInfo.RLimit`; both bounds unset means unlimited. */
export interface ResourceLimit {
  /** `RLMT_NOFILE` and its like. */
  readonly type: string;
  readonly hard?: bigint | undefined;
  readonly soft?: bigint | undefined;
}

export interface LaunchSpec {
  /** Letters, digits, `.`, `_` and `-`; at most 200 of them. */
  readonly containerId: string;
  readonly kind: 'task' | 'executor';
  readonly command: ContainerCommand;
  /** The complete environment: nothing of the agent's own is added, except the marker that finds stray descendants. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path. Created (parents too) when absent, given to `user`. Working directory, and where stdout and stderr are. */
  readonly sandbox: string;
  /** Name beside the sandbox that is made to point to it, before the command starts. */
  readonly link?: string | undefined;
  /** Unset: the agent's own user. Another user than the agent's own needs an agent that is root. */
  readonly user?: string | undefined;
  /** Fetched into the sandbox, as `user`, before the command starts. */
  readonly uris: readonly FetchUri[];
  readonly rlimits?: readonly ResourceLimit[] | undefined;
}

/**
 * How a container ended. `waitStatus` is the raw wait status as upstream has it in FAILURE and WAIT_CONTAINER: exit code << 8, or
 * the signal's number, + 128 if a core was dumped. It is unset when nobody can know it any more: the machine was rebooted, or
 * the supervisor was killed and the process ended after it. The agent then reports what upstream reports of a lost executor.
 */
export interface ContainerExit {
  readonly containerId: string;
  readonly waitStatus?: number | undefined;
}

export type RecoveredContainer =
  | { readonly state: 'running'; readonly containerId: string; readonly pid: number }
  | {
      readonly state: 'exited';
      readonly containerId: string;
      readonly pid: number;
      readonly waitStatus?: number | undefined;
    }
  /** The process never ran and never will under this id. */
  | { readonly state: 'never-started'; readonly containerId: string };

/** Numbers of upstream's ResourceStatistics; sums over the container's process tree. */
export interface ContainerUsage {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly processes: number;
  readonly threads: number;
  readonly cpus_user_time_secs: number;
  readonly cpus_system_time_secs: number;
  readonly mem_rss_bytes: number;
}

export type ContainerFailureReason =
  /** Sandbox could not be made or given to the user: upstream answers TASK_DROPPED, REASON_EXECUTOR_TERMINATED. */
  | 'REASON_EXECUTOR_TERMINATED'
  /** Fetching or starting failed: TASK_FAILED. */
  | 'REASON_CONTAINER_LAUNCH_FAILED'
  /** Destroyed or killed before it ran. */
  | 'REASON_TASK_KILLED_DURING_LAUNCH';

/** Why a launch failed; `message` is upstream's text, for the status update. */
export class ContainerError extends Error {
  readonly reason: ContainerFailureReason;

  constructor(reason: ContainerFailureReason, message: string) {
    super(message);
    this.name = 'ContainerError';
    this.reason = reason;
  }
}

/** A command run beside a container, in its sandbox and its user's name: a COMMAND check. */
export interface SideCommand {
  /** The container that it belongs to: `destroy` of that ends this too. */
  readonly containerId: string;
  readonly command: ContainerCommand;
  readonly environment: Readonly<Record<string, string>>;
  readonly sandbox: string;
  readonly user?: string | undefined;
  /** Then its tree is killed and `outcome` is 'timeout'. */
  readonly timeoutMs: number;
}

export type SideCommandOutcome =
  | { readonly outcome: 'exited'; readonly waitStatus: number }
  | { readonly outcome: 'timeout' }
  | { readonly outcome: 'failed'; readonly message: string };

export interface Containerizer {
  /** Reads what earlier agents left. Called once, before any other call; ends of 'running' ones then arrive in `onExit`. */
  recover(): Promise<readonly RecoveredContainer[]>;
  /**
   * Prepares the sandbox, fetches the URIs, starts the process; resolves once it runs (its exit, however quick, is told later).
   * Rejects with ContainerError: then nothing runs, nothing ever will under this id, and `onExit` is not called.
   */
  launch(spec: LaunchSpec): Promise<{ readonly pid: number }>;
  /** SIGTERM to the whole tree; after the grace SIGKILL. Called again it can only shorten the grace. Unknown or ended: no effect. */
  kill(containerId: string, options: { readonly graceMs: number }): void;
  /** SIGKILL to the whole tree; a launch under way is aborted (rejects). Resolves once no process of it is left. */
  destroy(containerId: string): Promise<void>;
  usage(containerId: string): Promise<ContainerUsage | undefined>;
  /** Runs a command beside a container. Never rejects. */
  run(command: SideCommand): Promise<SideCommandOutcome>;
  /** Forgets an ended container on disk, once its end is recorded elsewhere. Its sandbox stays. */
  remove(containerId: string): Promise<void>;
  /** Ends the helper process and all watching; containers run on. */
  close(): Promise<void>;
}

/** What a Containerizer is made of. */
export interface ContainerizerEvents {
  /** Called exactly once in this process's life for each launched or recovered-as-running container. */
  readonly onExit: (exit: ContainerExit) => void;
}
