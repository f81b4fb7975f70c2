import type { SubscriptionEvent } from '../../sdk/scheduler/core.ts';
import type { JobRequest } from './job.ts';

/**
 * Everything that comes into Chronos. Requests carry an id, and are answered by exactly one `http.reply` with it; what only reads is
 * answered from a view of the state and never comes here.
 */
export type ChronosEvent =
  /** First event of a process: subscribes, and takes up what is due. */
  { readonly kind: 'start' } | SubscriptionEvent | ApiEvent;

export type ApiEvent =
  /** POST or PUT of a job: creates or replaces it. */
  | { readonly kind: 'api.put-job'; readonly requestId: string; readonly request: JobRequest }
  | { readonly kind: 'api.delete-job'; readonly requestId: string; readonly name: string }
  | {
      readonly kind: 'api.run-job';
      readonly requestId: string;
      readonly name: string;
      /** Undefined keeps the job's own arguments. */
      readonly arguments: string | undefined;
    }
  /** Kills every task of a job. */
  | { readonly kind: 'api.kill-job'; readonly requestId: string; readonly name: string }
  | { readonly kind: 'api.mark-success'; readonly requestId: string; readonly name: string }
  /** An async job's own word on how it ended; 0 is success. */
  | {
      readonly kind: 'api.report-task';
      readonly requestId: string;
      readonly taskId: string;
      readonly statusCode: number;
    }
  | {
      readonly kind: 'api.task-progress';
      readonly requestId: string;
      readonly name: string;
      readonly taskId: string;
      readonly elements: number;
    }
  /** Drops every run that is queued and has never been launched. */
  | { readonly kind: 'api.purge-queue'; readonly requestId: string };
