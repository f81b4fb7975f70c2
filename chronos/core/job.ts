import type { Schedule } from './schedule.ts';

/**
 * A job's definition: validated, defaults filled in, as it is stored. Replaced whole by every POST.
 *
 * Field names are upstream's JSON keys; sizes are in its units (cpus, MB, seconds).
 */
export interface Job {
  readonly name: string;
  readonly command: string;
  /** False: `command` is an executable, `arguments` its arguments. */
  readonly shell: boolean;
  readonly executor: string;
  readonly executorFlags: string;
  readonly taskInfoData: string;
  /** Attempts after the first failed one. */
  readonly retries: number;
  readonly owner: string;
  readonly ownerName: string;
  readonly description: string;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly disabled: boolean;
  /** A failed run releases dependents all the same. */
  readonly softError: boolean;
  readonly dataProcessingJobType: boolean;
  readonly fetch: readonly JobFetch[];
  readonly uris: readonly string[];
  readonly environmentVariables: readonly JobVariable[];
  readonly arguments: readonly string[];
  readonly highPriority: boolean;
  readonly runAsUser: string;
  /** Runs of the job may overlap. */
  readonly concurrent: boolean;
  /** Longest time of an attempt in seconds; 0 is no limit. */
  readonly maxCompletionTime: number;
  readonly constraints: readonly JobConstraint[];
  /** Only ever of type MESOS without an image, which is a plain task; kept to be shown again. */
  readonly container: JobContainer | undefined;
  /** Lateness allowed; undefined allows any. */
  readonly epsilon: Epsilon | undefined;
  /** As posted; undefined when the key was absent. */
  readonly async: boolean | undefined;
  /** `async` was posted where it acts: a run ends when it is reported, not when its task ends. */
  readonly asyncActs: boolean;
  readonly trigger: Trigger;
}

/** What makes a job run: its schedule, or the success of all its parents. */
export type Trigger =
  | { readonly kind: 'schedule'; readonly schedule: Schedule }
  | { readonly kind: 'parents'; readonly parents: readonly string[] };

export interface JobFetch {
  readonly uri: string;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly extract: boolean;
  readonly output_file: string;
}

export interface JobVariable {
  readonly name: string;
  readonly value: string;
}

/** Attribute, operator, value. */
export type JobConstraint = readonly [attribute: string, operator: ConstraintOperator, value: string];

/** Operators of constraints; upstream ignores any other, here it is refused. */
export const CONSTRAINT_OPERATORS = ['EQUALS', 'LIKE', 'UNLIKE'] as const;

export type ConstraintOperator = (typeof CONSTRAINT_OPERATORS)[number];

export interface JobContainer {
  readonly type: 'MESOS';
  readonly network: 'HOST';
  readonly forcePullImage: boolean;
}

export interface Epsilon {
  readonly text: string;
  readonly toleranceMs: number;
}

/** What a client asks to store: a definition whose schedule is not yet bound to a time. */
export interface JobRequest {
  readonly job: Omit<Job, 'trigger'>;
  readonly trigger:
    | { readonly kind: 'schedule'; readonly text: string; readonly timeZone: string }
    | { readonly kind: 'parents'; readonly parents: readonly string[] };
}

/** Characters of a job name. */
export const JOB_NAME_PATTERN = /^[\w .#-]+$/;

/**
 * Longest job name: `ct:<due>:<attempt>:<name>:` with 15 digits of due time and 6 of attempt must stay within the 255 bytes of a task id.
 */
export const JOB_NAME_LENGTH_MAX = 228;

/** Largest definition, as the JSON that we would answer, in bytes. */
export const JOB_SIZE_BYTES_MAX = 512 * 1024;
