import type { TimerEffect } from '../../../sdk/base/step.ts';
import type { Call as LinkCall } from '../../../sdk/v1/generated/agent_link.ts';
import type { Event as ExecutorEvent } from '../../../sdk/v1/generated/executor.ts';
import type { CheckedTask } from '../checks/checks.ts';
import type { LaunchSpec } from '../containerizer/containerizer.ts';

/** Everything that an agent does. Effects are performed in order, after the records of their step are durable. */
export type AgentEffect =
  | TimerEffect
  | ConnectLink
  | SendOnLink
  | CloseLink
  | LaunchContainer
  | KillContainer
  | DestroyContainer
  | RemoveContainer
  | StartChecks
  | StopChecks
  | AcceptExecutor
  | SendToExecutor
  | CloseExecutor
  | HttpReply
  | RetireSandbox
  | WriteLog
  | ExitProcess;

/** Opens a stream with a REGISTER or REREGISTER; an open one is closed first, without an event. */
export interface ConnectLink {
  readonly kind: 'link.connect';
  readonly generation: number;
  readonly call: LinkCall;
}

/** Calls for the open stream, in order. Void when it is gone: `link.closed` tells. */
export interface SendOnLink {
  readonly kind: 'link.send';
  readonly generation: number;
  readonly calls: readonly LinkCall[];
}

/** Closes the stream; no event follows. */
export interface CloseLink {
  readonly kind: 'link.close';
}

export interface LaunchContainer {
  readonly kind: 'container.launch';
  readonly spec: LaunchSpec;
}

/** SIGTERM to the tree, SIGKILL after the grace; again: can only shorten the grace. */
export interface KillContainer {
  readonly kind: 'container.kill';
  readonly containerId: string;
  readonly graceMs: number;
}

/** SIGKILL to the tree at once; a launch under way is given up. */
export interface DestroyContainer {
  readonly kind: 'container.destroy';
  readonly containerId: string;
}

/** Its end is recorded: the runtime directory may forget it. */
export interface RemoveContainer {
  readonly kind: 'container.remove';
  readonly containerId: string;
}

/** Begins the checks of a running task; results come as `health.reported` and `check.reported`. */
export interface StartChecks {
  readonly kind: 'checks.start';
  readonly task: CheckedTask;
}

export interface StopChecks {
  readonly kind: 'checks.stop';
  readonly containerId: string;
}

/** The answer to a good SUBSCRIBE: 200, and from now on events on this stream. */
export interface AcceptExecutor {
  readonly kind: 'executor.accept';
  /** The `reply` of the call; it is also the stream's number. */
  readonly stream: number;
}

export interface SendToExecutor {
  readonly kind: 'executor.send';
  readonly stream: number;
  readonly event: ExecutorEvent;
}

export interface CloseExecutor {
  readonly kind: 'executor.close';
  readonly stream: number;
}

export interface HttpReply {
  readonly kind: 'http.reply';
  readonly reply: number;
  readonly status: number;
  readonly text: string;
}

/** A sandbox is no longer used: the collector deletes it when its time has come. */
export interface RetireSandbox {
  readonly kind: 'sandbox.retire';
  readonly directory: string;
}

export interface WriteLog {
  readonly kind: 'log';
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** The agent is done. */
export interface ExitProcess {
  readonly kind: 'process.exit';
  readonly code: number;
  readonly message: string;
}
