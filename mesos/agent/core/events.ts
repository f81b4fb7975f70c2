import type { TimerFired } from '../../../sdk/base/step.ts';
import type { Event as LinkEvent } from '../../../sdk/v1/generated/agent_link.ts';
import type { Call as ExecutorCall } from '../../../sdk/v1/generated/executor.ts';
import type { CheckStatusInfo } from '../../../sdk/v1/generated/mesos.ts';

/**
 * Everything that can happen to an agent.
 *
 * The shell (or the simulator) answers each `container.launch` with one of `container.started` and `container.failed`, and each
 * started container, also a recovered one, with one `container.exited`. Events of the link name the stream
 * (`generation`) that the `link.connect` effect gave them.
 */
export type AgentEvent =
  | TimerFired
  | StartEvent
  | LinkEventArrived
  | LinkClosed
  | ContainerStarted
  | ContainerFailed
  | ContainerExited
  | HealthReported
  | CheckReported
  | ExecutorCalled
  | ExecutorStreamClosed
  | StopRequested;

/** The first event: looks after recovered containers and calls the master. */
export interface StartEvent {
  readonly kind: 'start';
  /** How long it took to find what earlier agents left, for the metrics. */
  readonly recoverySecs?: number | undefined;
}

export interface LinkEventArrived {
  readonly kind: 'link.event';
  readonly generation: number;
  readonly event: LinkEvent;
}

/** The stream ended, could not be opened, or a POST on it failed for good. */
export interface LinkClosed {
  readonly kind: 'link.closed';
  readonly generation: number;
  readonly reason: string;
}

export interface ContainerStarted {
  readonly kind: 'container.started';
  readonly containerId: string;
  readonly pid: number;
}

/** Nothing runs and nothing ever will under this id. No `container.exited` follows. */
export interface ContainerFailed {
  readonly kind: 'container.failed';
  readonly containerId: string;
  readonly reason: 'REASON_EXECUTOR_TERMINATED' | 'REASON_CONTAINER_LAUNCH_FAILED' | 'REASON_TASK_KILLED_DURING_LAUNCH';
  readonly message: string;
}

export interface ContainerExited {
  readonly kind: 'container.exited';
  readonly containerId: string;
  /** Raw wait status; unset when nobody can know it. */
  readonly waitStatus?: number | undefined;
}

/** A health check has news: a change, or another failure. */
export interface HealthReported {
  readonly kind: 'health.reported';
  readonly containerId: string;
  readonly healthy: boolean;
  /** Enough failures in a row: the task is to be killed. */
  readonly kill: boolean;
}

/** The result of a check changed. */
export interface CheckReported {
  readonly kind: 'check.reported';
  readonly containerId: string;
  readonly status: CheckStatusInfo;
}

/**
 * A valid call of the executor API. `stream` numbers the response of a SUBSCRIBE, `reply` any request: it gets one `http.reply`, or
 * for a good SUBSCRIBE one `executor.accept`.
 */
export interface ExecutorCalled {
  readonly kind: 'executor.called';
  readonly reply: number;
  readonly call: ExecutorCall;
}

export interface ExecutorStreamClosed {
  readonly kind: 'executor.closed';
  readonly stream: number;
}

/** SIGUSR1: end all tasks, record their ends, then end the process. */
export interface StopRequested {
  readonly kind: 'stop.requested';
}
