import type { z } from 'zod';
import { nearestName } from '../../sdk/daemon/nearest.ts';
import { type Epsilon, JOB_NAME_LENGTH_MAX, JOB_NAME_PATTERN, type JobFetch, type JobRequest } from '../core/job.ts';
import type { ApiRoot } from '../core/job-json.ts';
import { meanPeriodMs, parsePeriod, parseSchedule } from '../core/schedule.ts';
import type { ChronosConfig } from '../core/state.ts';
import { parseZone } from '../core/time-zone.ts';
import { type JobBody, jobSchema } from './job-schema.ts';
import { pathText, VIOLATIONS_MAX, type Violation } from './violation.ts';

/** Which route a job was posted to. */
export type JobKind = 'iso8601' | 'dependency';

/** A job to store, or everything that is wrong with the body. */
export type ParsedJob =
  | { readonly ok: true; readonly request: JobRequest }
  | {
      readonly ok: false;
      readonly violations: readonly Violation[];
      /** What can still be checked against other jobs: the parents by their index, undefined where there is no usable name. */
      readonly family: { readonly name: string; readonly parents: readonly (string | undefined)[] };
    };

/** What a body is read against. */
export interface JobBodyContext {
  readonly kind: JobKind;
  readonly root: ApiRoot;
  readonly defaults: Pick<ChronosConfig, 'cpus' | 'mem' | 'disk' | 'user'>;
}

/** Epsilons shorter than this would skip every run, because none is ever exactly on time. */
const EPSILON_MS_MIN = 1_000;
const RETRIES_DEFAULT = 2;
/** Characters that an answer shows of an unknown key. */
const KEY_LENGTH_SHOWN = 100;
/** Without schedule and parents a job runs once, now. */
const ONE_SHOT = 'R1//PT24H';

/**
 * Reads the body of a POST to `/iso8601` or `/dependency`. What needs other jobs (parents that exist, cycles) is checked where the job is stored.
 */
export function parseJobBody(value: unknown, context: JobBodyContext): ParsedJob {
  const { kind } = context;
  const parsed = jobSchema.safeParse(value);
  if (!parsed.success) {
    const violations = allViolations(value, parsed.error.issues, kind);
    return { ok: false, violations, family: familyOf(value, kind) };
  }
  const body = parsed.data;
  const violations = [...checkTrigger(body, kind), ...checkFields(body)];
  if (violations.length > 0) return { ok: false, violations, family: familyOf(body, kind) };
  return { ok: true, request: { job: jobOf(body, context), trigger: triggerOf(body) } };
}

/** What is wrong with the shape, and what is wrong with the fields whose shape is right: nobody should have to post once per mistake. */
function allViolations(value: unknown, issues: readonly z.core.$ZodIssue[], kind: JobKind): Violation[] {
  const violations = issues.flatMap((issue) => violationsOf(issue, value));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return violations;
  const unusable = new Set(
    issues.flatMap((issue) => (issue.path.length > 0 ? [String(issue.path[0])] : unknownKeys(issue))),
  );
  // An executor needs no command.
  if (unusable.has('executor')) unusable.add('command');
  const usable = Object.entries(value).filter(([key]) => !unusable.has(key));
  const parsed = jobSchema.safeParse({ name: 'x', ...Object.fromEntries(usable) });
  if (!parsed.success) return violations;
  const others = [...checkTrigger(parsed.data, kind), ...checkFields(parsed.data)];
  return [...violations, ...others.filter(({ path }) => !unusable.has(path))];
}

function familyOf(value: unknown, kind: JobKind): Extract<ParsedJob, { ok: false }>['family'] {
  const { name, parents } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const given = kind === 'dependency' && Array.isArray(parents) ? parents : [];
  const isName = (one: unknown): one is string => typeof one === 'string' && JOB_NAME_PATTERN.test(one);
  return {
    name: isName(name) ? name : '',
    parents: given.map((parent: unknown) => (isName(parent) ? parent : undefined)),
  };
}

function unknownKeys(issue: z.core.$ZodIssue): readonly string[] {
  return issue.code === 'unrecognized_keys' ? issue.keys : [];
}

function jobOf(body: JobBody, { root, defaults }: JobBodyContext): JobRequest['job'] {
  const fetch = (body.fetch ?? []).map(
    ({ uri, executable = false, cache = false, extract = true, output_file = '' }): JobFetch => ({
      uri,
      executable,
      cache,
      extract,
      output_file,
    }),
  );
  return {
    name: body.name,
    command: body.command ?? '',
    shell: body.shell ?? true,
    executor: body.executor ?? '',
    executorFlags: body.executorFlags ?? '',
    taskInfoData: body.taskInfoData ?? '',
    retries: body.retries ?? RETRIES_DEFAULT,
    owner: body.owner ?? '',
    ownerName: body.ownerName ?? '',
    description: body.description ?? '',
    cpus: body.cpus || defaults.cpus,
    mem: body.mem || defaults.mem,
    disk: body.disk || defaults.disk,
    disabled: body.disabled ?? false,
    softError: body.softError ?? false,
    dataProcessingJobType: body.dataProcessingJobType ?? false,
    fetch,
    // Our list of jobs shows `uris` in `fetch` too: sent back, they are one and the same.
    uris: fetch.length > 0 ? [] : (body.uris ?? []),
    environmentVariables: (body.environmentVariables ?? []).map(({ name, value }) => ({ name, value: value ?? '' })),
    arguments: body.arguments ?? [],
    highPriority: body.highPriority ?? false,
    runAsUser: body.runAsUser || defaults.user,
    concurrent: body.concurrent ?? false,
    maxCompletionTime: body.maxCompletionTime ?? 0,
    constraints: body.constraints ?? [],
    container:
      body.container === undefined
        ? undefined
        : { type: 'MESOS', network: 'HOST', forcePullImage: body.container.forcePullImage ?? false },
    epsilon: epsilonOf(body.epsilon),
    async: body.async,
    asyncActs: root === 'legacy' && body.async === true,
  };
}

function triggerOf(body: JobBody): JobRequest['trigger'] {
  if (body.parents !== undefined) return { kind: 'parents', parents: body.parents };
  return { kind: 'schedule', text: body.schedule ?? ONE_SHOT, timeZone: body.scheduleTimeZone ?? '' };
}

function checkTrigger({ schedule, scheduleTimeZone = '', parents }: JobBody, kind: JobKind): Violation[] {
  if (kind === 'dependency') {
    if (parents === undefined || parents.length === 0) {
      return [wrong('parents', 'must name at least one job; jobs with a schedule are posted to iso8601')];
    }
    return schedule === undefined ? [] : [wrong('schedule', 'excludes parents: a job has one or the other')];
  }
  const violations: Violation[] = [];
  if (parents !== undefined) violations.push(wrong('parents', 'belongs to jobs that are posted to dependency'));
  const isZone = scheduleTimeZone === '' || parseZone(scheduleTimeZone) !== undefined;
  if (!isZone) {
    const allowed = 'allowed are IANA names such as Europe/Berlin, UTC, or offsets such as +02:00';
    violations.push(wrong('scheduleTimeZone', `'${scheduleTimeZone}' is not a time zone: ${allowed}`));
  }
  const parsed = parseSchedule(schedule ?? ONE_SHOT, isZone ? scheduleTimeZone : '', EPSILON_MS_MIN);
  return parsed.ok ? violations : [...violations, wrong('schedule', parsed.problem)];
}

function checkFields(body: JobBody): Violation[] {
  const violations: Violation[] = [];
  if (body.name.length > JOB_NAME_LENGTH_MAX) {
    const message = `has ${body.name.length} characters: allowed are ${JOB_NAME_LENGTH_MAX}, so that task ids stay within 255 bytes`;
    violations.push({ path: 'name', message, status: 422 });
  }
  if ((body.command ?? '').trim() === '' && (body.executor ?? '') === '') {
    violations.push(wrong('command', 'must not be empty'));
  }
  const { uris = [], fetch = [] } = body;
  const areSame = uris.length === fetch.length && uris.every((uri, index) => fetch[index]?.uri === uri);
  if (uris.length > 0 && fetch.length > 0 && !areSame) {
    violations.push(wrong('uris', 'excludes fetch: give one of them'));
  }
  if (body.epsilon !== undefined && body.epsilon !== '') {
    const period = parsePeriod(body.epsilon);
    if (!period.ok) violations.push(wrong('epsilon', period.problem));
    else if (meanPeriodMs(period.value) < EPSILON_MS_MIN) violations.push(wrong('epsilon', 'must be at least PT1S'));
  }
  return violations;
}

function epsilonOf(text: string | undefined): Epsilon | undefined {
  if (text === undefined || text === '') return undefined;
  const period = parsePeriod(text);
  return period.ok ? { text, toleranceMs: meanPeriodMs(period.value) } : undefined;
}

function wrong(path: string, message: string): Violation {
  return { path, message, status: 400 };
}

function violationsOf(issue: z.core.$ZodIssue, body: unknown): Violation[] {
  if (issue.code === 'unrecognized_keys') {
    const aliases = issue.path.length === 0 ? ALIASES : {};
    const names = [...Object.keys(aliases), ...knownKeys(issue.path)];
    return issue.keys.map((key, index) => {
      // Looking for names is not for nothing, and nobody reads more hints.
      const nearest = index < VIOLATIONS_MAX ? nearestName(key, names) : undefined;
      const meant = nearest !== undefined && Object.hasOwn(aliases, nearest) ? aliases[nearest] : nearest;
      const hint = meant === undefined ? '' : ` Did you mean '${meant}'?`;
      return wrong(pathText([...issue.path, key.slice(0, KEY_LENGTH_SHOWN)]), `is not a known key.${hint}`);
    });
  }
  const isMissing = issue.path.length > 0 && valueAt(body, issue.path) === undefined;
  return [wrong(pathText(issue.path), isMissing ? `${issue.message} and is required` : issue.message)];
}

const NESTED_KEYS: Readonly<Record<string, readonly string[]>> = {
  fetch: ['uri', 'executable', 'cache', 'extract', 'output_file'],
  environmentVariables: ['name', 'value'],
  container: ['type', 'image', 'network', 'networkName', 'networkInfos', 'volumes', 'parameters', 'forcePullImage'],
};

/** Names that other schedulers give to our keys. */
const ALIASES: Readonly<Record<string, string>> = {
  args: 'arguments',
  cmd: 'command',
  env: 'environmentVariables',
  id: 'name',
  user: 'runAsUser',
};

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], body);
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const [first] = path;
  if (first === undefined) return Object.keys(jobSchema.shape);
  return NESTED_KEYS[String(first)] ?? [];
}
