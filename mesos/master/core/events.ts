import type { TimerFired } from '../../../sdk/base/step.ts';
import type { Calls } from '../../../sdk/v1/generated/agent_link.ts';
import type { Call as OperatorCall } from '../../../sdk/v1/generated/master.ts';
import type { Call as SchedulerCall } from '../../../sdk/v1/generated/scheduler.ts';

/**
 * What the master reacts to. Requests carry a `requestId` of the shell's choice: exactly one `http.reply` or
 * `stream.open` effect answers each of them. `principal` is null until there is authentication.
 */
export type MasterEvent =
  | MasterStarted
  | SchedulerCalled
  | AgentCalled
  | OperatorCalled
  | TeardownPosted
  | StreamClosed
  | TimerFired;

/** First event of a master: it sets its standing timers. */
export interface MasterStarted {
  readonly kind: 'master.started';
}

/** A decoded POST /api/v1/scheduler. */
export interface SchedulerCalled {
  readonly kind: 'scheduler.call';
  readonly requestId: string;
  readonly principal: string | null;
  /** Value of the Mesos-Stream-Id header. */
  readonly streamId: string | undefined;
  /** The client accepts one of our media types; only SUBSCRIBE cares. */
  readonly isAcceptable: boolean;
  readonly call: SchedulerCall;
}

/** A decoded POST /api/meseta/v1/agent. */
export interface AgentCalled {
  readonly kind: 'agent.calls';
  readonly requestId: string;
  readonly principal: string | null;
  /** Value of the Mesos-Stream-Id header: unset only with REGISTER and REREGISTER. */
  readonly streamId: string | undefined;
  /** The address it comes from: where others reach the agent, unless it says better. */
  readonly remoteIp: string;
  readonly calls: Calls;
}

/** A decoded POST /api/v1 that changes something or opens a stream; reads are answered by the shell from a view. */
export interface OperatorCalled {
  readonly kind: 'operator.call';
  readonly requestId: string;
  readonly principal: string | null;
  readonly call: OperatorCall;
}

/** POST /teardown with `frameworkId=` in a form. */
export interface TeardownPosted {
  readonly kind: 'teardown.posted';
  readonly requestId: string;
  readonly principal: string | null;
  readonly frameworkId: string;
}

/** The peer of an open stream is gone, or did not read it fast enough. Not sent for streams that the master closed. */
export interface StreamClosed {
  readonly kind: 'stream.closed';
  readonly streamId: string;
}
