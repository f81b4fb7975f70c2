import type { TimerEffect } from '../../../sdk/base/step.ts';
import type { Event as AgentEvent } from '../../../sdk/v1/generated/agent_link.ts';
import type { Event as OperatorEvent } from '../../../sdk/v1/generated/master.ts';
import type { Event as SchedulerEvent } from '../../../sdk/v1/generated/scheduler.ts';

/** What the master wants done outside, in order. */
export type MasterEffect = HttpReply | OpenStream | SendToStream | CloseStream | WriteLog | TimerEffect;

/** Answers a request; `text` is plain text (an error's reason). */
export interface HttpReply {
  readonly kind: 'http.reply';
  readonly requestId: string;
  readonly status: number;
  readonly text?: string | undefined;
}

/** Answers a request with 200 and a RecordIO stream, which stays open until `stream.close` or the peer leaves. */
export interface OpenStream {
  readonly kind: 'stream.open';
  readonly requestId: string;
  readonly streamId: string;
  readonly channel: Channel;
}

export type Channel = 'scheduler' | 'agent' | 'operator';

/** One record on an open stream; lost without a word when the stream is gone. */
export type SendToStream =
  | {
      readonly kind: 'stream.send';
      readonly channel: 'scheduler';
      readonly streamId: string;
      readonly event: SchedulerEvent;
    }
  | { readonly kind: 'stream.send'; readonly channel: 'agent'; readonly streamId: string; readonly event: AgentEvent }
  | {
      readonly kind: 'stream.send';
      readonly channel: 'operator';
      /** The same record for many subscribers, encoded once. */
      readonly streamIds: readonly string[];
      readonly event: OperatorEvent;
    };

/** Ends a stream properly after what was sent on it. */
export interface CloseStream {
  readonly kind: 'stream.close';
  readonly streamId: string;
}

/** A line for the daemon's log. */
export interface WriteLog {
  readonly kind: 'log';
  readonly level: 'info' | 'warn';
  readonly text: string;
}
