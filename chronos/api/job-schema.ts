import { z } from 'zod';
import { expressionProblem } from '../../sdk/base/full-match.ts';
import { CONSTRAINT_OPERATORS, JOB_NAME_PATTERN } from '../core/job.ts';

/**
 * The JSON of a job as clients send it: upstream's keys, numbers and booleans also as text, null for unset. Read-only keys of upstream's own
 * answers are taken and dropped, so that a client may GET, edit and PUT.
 *
 * Source: JobDeserializer.scala (3.x) with `epsilon` and `async` of 2.x.
 */
const AMOUNT_MAX = 1e9;
const RETRIES_MAX = 1_000_000;
const COMPLETION_SECONDS_MAX = 1e9;
const LIST_MAX = 10_000;

const text = z
  .string({ error: 'must be a string' })
  .refine((value) => !value.includes('\0'), { error: 'must not contain the NUL character' });
const filledText = text.refine((value) => value !== '', { error: 'must not be empty', abort: true });

const boolean = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean({ error: 'must be true or false' }),
);

function number(min: number, max: number) {
  const error = `must be a number from ${min} to ${max}`;
  return z.preprocess(toNumber, z.number({ error }).min(min, { error }).max(max, { error }));
}

function integer(min: number, max: number) {
  const error = `must be an integer from ${min} to ${max}`;
  return z.preprocess(toNumber, z.number({ error }).int({ error }).min(min, { error }).max(max, { error }));
}

/** Upstream takes numbers as text too. */
function toNumber(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

/** Absent and null are the same. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === null ? undefined : value), schema.optional()).optional();
}

function list<Schema extends z.ZodType>(schema: Schema) {
  return z.array(schema, { error: 'must be an array' }).max(LIST_MAX, { error: `must have at most ${LIST_MAX} items` });
}

const amount = number(0, AMOUNT_MAX).refine((value) => value <= 0 || value >= 0.001, {
  error: 'must be 0 (the default) or at least 0.001',
});

const name = filledText.refine((value) => JOB_NAME_PATTERN.test(value) && value !== '__proto__', {
  error: "must consist of letters, digits, and '_', ' ', '.', '#', '-' only",
});

/** Differs: upstream takes any text, and launches a run that no agent can start. Empty stands for the default. */
const user = text.refine((value) => value === '' || /^[^\0-\x20:/]{1,255}$/.test(value), {
  error: 'must be the name of a user: 1 to 255 characters without blanks, control characters, colons and slashes',
});

const objectError = { error: 'must be an object' };

const fetch = z.strictObject(
  {
    uri: filledText,
    executable: optional(boolean),
    cache: optional(boolean),
    extract: optional(boolean),
    output_file: optional(text),
  },
  objectError,
);

const variable = z.strictObject(
  {
    name: filledText.refine((value) => !value.includes('='), { error: "must not contain '='" }),
    value: optional(text),
  },
  objectError,
);

const constraint = z
  .tuple(
    [filledText, z.enum(CONSTRAINT_OPERATORS, { error: `must be one of ${CONSTRAINT_OPERATORS.join(', ')}` }), text],
    {
      error: 'must be an array of three strings: attribute, operator, value',
    },
  )
  .superRefine(([, operator, value], context) => {
    if (operator === 'EQUALS') return;
    const problem = expressionProblem(value);
    if (problem !== undefined)
      context.addIssue({
        code: 'custom',
        path: [2],
        message: `must be a regular expression in RE2's syntax: ${problem}`,
      });
  });

const noContainerFeature = (feature: string) =>
  optional(
    z.unknown().refine((value) => (Array.isArray(value) && value.length === 0) || value === '', {
      error: `${feature} is not supported yet: leave it out; only type MESOS without an image is, which is a plain task`,
    }),
  );

const container = z.strictObject(
  {
    type: z.preprocess(
      (type) => type ?? 'DOCKER (the default)',
      z.string({ error: 'must be a string' }).refine((type) => type.toUpperCase() === 'MESOS', {
        error: ({ input }) =>
          `${String(input).slice(0, 100)} is not supported yet: allowed is MESOS (without an image), which is a plain task`,
      }),
    ),
    image: noContainerFeature('image'),
    network: optional(z.literal('HOST', { error: 'is not supported yet: allowed is HOST' })),
    networkName: noContainerFeature('networkName'),
    networkInfos: noContainerFeature('networkInfos'),
    volumes: noContainerFeature('volumes'),
    parameters: noContainerFeature('parameters'),
    forcePullImage: optional(boolean),
  },
  objectError,
);

/** Keys that only our answers carry. */
const readOnly = optional(z.unknown());

export const jobSchema = z.strictObject(
  {
    name,
    command: optional(text),
    shell: optional(boolean),
    epsilon: optional(text),
    executor: optional(text),
    executorFlags: optional(text),
    taskInfoData: optional(text),
    retries: optional(integer(0, RETRIES_MAX)),
    owner: optional(text),
    ownerName: optional(text),
    description: optional(text),
    async: optional(boolean),
    cpus: optional(amount),
    mem: optional(amount),
    disk: optional(amount),
    disabled: optional(boolean),
    softError: optional(boolean),
    dataProcessingJobType: optional(boolean),
    fetch: optional(list(fetch)),
    uris: optional(list(filledText)),
    environmentVariables: optional(list(variable)),
    arguments: optional(list(text)),
    highPriority: optional(boolean),
    runAsUser: optional(user),
    concurrent: optional(boolean),
    maxCompletionTime: optional(integer(0, COMPLETION_SECONDS_MAX)),
    container: optional(container),
    constraints: optional(list(constraint)),
    schedule: optional(text),
    scheduleTimeZone: optional(text),
    parents: optional(list(name)),
    successCount: readOnly,
    errorCount: readOnly,
    errorsSinceLastSuccess: readOnly,
    lastSuccess: readOnly,
    lastError: readOnly,
  },
  { error: 'the body must be a JSON object' },
);

export type JobBody = z.output<typeof jobSchema>;
