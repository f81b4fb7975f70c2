import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { didYouMean } from './nearest.ts';
import { formatDurationMs, formatSizeBytes, parseDurationMs, parseSizeBytes } from './units.ts';

/**
 * Upstream's flags: `--name=value`, `--name value`, `--bool`, `--no-bool`, each also from the environment
 * (`MESOS_WORK_DIR` for `--work_dir`; the command line wins), `file:///path` reads the value from a file, and kebab-case names are
 * taken as snake_case. Unknown flags are fatal; unknown environment variables are not.
 */
export interface Flag<Value> {
  readonly parse: (text: string) => Value;
  /** A value as it is written on the command line; '' for one that stands for nothing. */
  readonly show: (value: Value) => string;
  readonly defaultValue: Value;
  readonly help: string;
  /** Shown in --help: the values that are taken, with their unit; '' when the placeholder or the help says it. */
  readonly allowed: string;
  /** Shown in --help after the name: `VALUE`, `PORT`, nothing for a boolean. */
  readonly placeholder: string;
  readonly isBoolean: boolean;
  /** A `file://` value stays as it is (the flag takes URLs itself). */
  readonly keepsFileUrl: boolean;
  /** The value never appears in logs, views or --help. */
  readonly isSecret: boolean;
}

/** A program's flags by name. */
// biome-ignore lint/suspicious/noExplicitAny: each flag has a value type of its own
export type FlagSpec = Readonly<Record<string, Flag<any>>>;

/** The values that a spec yields. */
export type FlagValues<Spec extends FlagSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Flag<infer Value> ? Value : never;
};

interface FlagOptions<Value> {
  /** Needed where String() does not give back what was parsed. */
  readonly show?: (value: Value) => string;
  readonly keepsFileUrl?: boolean;
  readonly isSecret?: boolean;
  readonly allowed?: string;
}

/** Numbers that a flag takes, both ends included, and what they count. */
interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** `ms`, `seconds` ...; shown in --help. */
  readonly unit?: string;
}

function make<Value>(
  placeholder: string,
  help: string,
  defaultValue: Value,
  parse: (text: string) => Value,
  options: FlagOptions<NonNullable<Value>> = {},
): Flag<Value> {
  const { keepsFileUrl = false, isSecret = false, show = String, allowed = '' } = options;
  const shown = (value: Value): string => (value === undefined || value === null ? '' : show(value));
  const isBoolean = placeholder === '';
  return { parse, show: shown, defaultValue, help, allowed, placeholder, isBoolean, keepsFileUrl, isSecret };
}

/** Builders of flags. A default of undefined makes the flag optional. */
export const flag = {
  string: <Default extends string | undefined>(help: string, defaultValue: Default, options?: FlagOptions<string>) =>
    make<string | Default>('VALUE', help, defaultValue, (text) => text, options),
  /** A file or folder. An empty text, as an unset variable of a script gives it, would mean the current folder. */
  path: <Default extends string | undefined>(help: string, defaultValue: Default) =>
    make<string | Default>('PATH', help, defaultValue, (text) => {
      if (text === '' || text.includes('\0')) throw new Error('expected a path, which is not empty');
      return text;
    }),
  /** An IPv4 or IPv6 address; names are not looked up. */
  ip: <Default extends string | undefined>(help: string, defaultValue: Default) =>
    make<string | Default>('IP', help, defaultValue, (text) => {
      if (isIP(text) === 0) throw new Error(`'${text}' is not an IP address such as 127.0.0.1`);
      return text;
    }),
  integer: (help: string, defaultValue: number, range: NumberRange) =>
    make<number>('N', help, defaultValue, (text) => parseNumber(text, range, true), { allowed: rangeText(range) }),
  number: (help: string, defaultValue: number, range: NumberRange) =>
    make<number>('N', help, defaultValue, (text) => parseNumber(text, range, false), { allowed: rangeText(range) }),
  boolean: (help: string, defaultValue: boolean) => make<boolean>('', help, defaultValue, parseBoolean),
  /** A duration in upstream's units; the value is in milliseconds. */
  durationMs: <Default extends number | undefined>(help: string, defaultValue: Default) =>
    make<number | Default>('DURATION', help, defaultValue, parseDurationMs, { show: formatDurationMs }),
  sizeBytes: (help: string, defaultValue: number) =>
    make<number>('SIZE', help, defaultValue, parseSizeBytes, { show: formatSizeBytes }),
  choice: <Choice extends string>(help: string, defaultValue: Choice, choices: readonly Choice[]) =>
    make<Choice>(choices.join('|'), help, defaultValue, (text) => {
      const found = choices.find((choice) => choice === text);
      if (found === undefined) throw new Error(`'${text}' is not one of ${choices.join(', ')}`);
      return found;
    }),
  /** Comma-separated words. */
  list: (help: string, defaultValue: readonly string[]) =>
    make<readonly string[]>('A,B', help, defaultValue, (text) =>
      text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    ),
  /** Anything with a parser of its own; `parse` throws an Error that tells what is allowed. */
  custom: <Value>(
    placeholder: string,
    help: string,
    defaultValue: Value,
    parse: (text: string) => Value,
    show?: (value: NonNullable<Value>) => string,
  ) => make<Value>(placeholder, help, defaultValue, parse, show === undefined ? {} : { show }),
};

/** What a program gives the parser. */
export interface FlagSource<Spec extends FlagSpec> {
  readonly spec: Spec;
  /** `MESOS_`, `MARATHON_` or `CHRONOS_`. */
  readonly envPrefix: string;
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags of upstream that are refused by name, with what to do instead. Their environment variables are refused too. */
  readonly unsupported: Readonly<Record<string, string>>;
  /** Checks that involve several flags: answers problems. */
  readonly check?: (values: FlagValues<Spec>) => readonly string[];
}

/** Parsed flags; `help` and `version` ask the program to print and end. */
export interface ParsedFlags<Spec extends FlagSpec> {
  readonly values: FlagValues<Spec>;
  /** Names that were given, on the command line or in the environment. */
  readonly given: ReadonlySet<string>;
  readonly help: boolean;
  readonly version: boolean;
}

/** Every problem of a command line, one a line. */
export class FlagError extends Error {
  override name = 'FlagError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Parses command line and environment.
 *
 * @throws FlagError with every problem found, not only the first.
 */
export function parseFlags<Spec extends FlagSpec>(source: FlagSource<Spec>): ParsedFlags<Spec> {
  const { spec, unsupported } = source;
  const problems: string[] = [];
  const texts = new Map<string, { text: string; origin: string }>();
  for (const name of [...Object.keys(spec), ...Object.keys(unsupported)]) {
    const variable = source.envPrefix + name.toUpperCase();
    const text = source.env[variable];
    if (text !== undefined) texts.set(name, { text, origin: `environment variable ${variable}` });
  }
  const { help, version } = readArguments(source, texts, problems);
  const values: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(spec)) values[name] = one.defaultValue;
  for (const [name, { text, origin }] of texts) {
    const reason = unsupported[name];
    const known = spec[name];
    if (known === undefined) {
      if (reason !== undefined) problems.push(`${origin} is not supported: ${reason}`);
      continue;
    }
    try {
      values[name] = known.parse(known.keepsFileUrl ? text : readFileValue(text));
    } catch (error) {
      problems.push(`${origin}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const parsed = values as FlagValues<Spec>;
  if (problems.length === 0 && !help && !version && source.check) problems.push(...source.check(parsed));
  if (problems.length > 0) throw new FlagError(problems);
  return { values: parsed, given: new Set(texts.keys()), help, version };
}

function readArguments<Spec extends FlagSpec>(
  source: FlagSource<Spec>,
  texts: Map<string, { text: string; origin: string }>,
  problems: string[],
): { help: boolean; version: boolean } {
  const asked = { help: false, version: false };
  const names = [...Object.keys(source.spec), 'help', 'version'];
  for (let index = 0; index < source.argv.length; index++) {
    const argument = source.argv[index] ?? '';
    const match = /^--([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(argument);
    if (match === null) {
      problems.push(`'${argument}' is not a flag: flags are written --name=value. --help lists them.`);
      continue;
    }
    const name = (match[1] ?? '').replaceAll('-', '_');
    let text = match[2];
    if (name === 'help' || name === 'version') {
      asked[name] = true;
      continue;
    }
    const negated = name.startsWith('no_') ? name.slice(3) : undefined;
    const target = source.spec[name] ?? source.unsupported[name] ?? undefined;
    if (
      target === undefined &&
      negated !== undefined &&
      (source.spec[negated]?.isBoolean || negated in source.unsupported)
    ) {
      texts.set(negated, { text: 'false', origin: `flag --no-${negated}` });
      continue;
    }
    if (target === undefined) {
      problems.push(`unknown flag --${name}.${didYouMean(name, names)} --help lists all flags.`);
      continue;
    }
    const known = source.spec[name];
    if (text === undefined && known !== undefined) {
      const next = source.argv[index + 1];
      if (known.isBoolean) text = 'true';
      else if (next !== undefined && !next.startsWith('--')) {
        text = next;
        index++;
      } else {
        problems.push(`flag --${name} needs a value: --${name}=${known.placeholder}`);
        continue;
      }
    }
    texts.set(name, { text: text ?? '', origin: `flag --${name}` });
  }
  return asked;
}

function readFileValue(text: string): string {
  if (!text.startsWith('file://')) return text;
  const path = text.slice('file://'.length);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Error(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function rangeText({ min, max, unit }: NumberRange): string {
  return `${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`;
}

function parseNumber(text: string, range: NumberRange, isInteger: boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const valid =
    Number.isFinite(value) && (!isInteger || Number.isInteger(value)) && value >= range.min && value <= range.max;
  if (!valid) throw new Error(`'${text}' is not ${isInteger ? 'an integer' : 'a number'} from ${rangeText(range)}`);
  return value;
}

function parseBoolean(text: string): boolean {
  if (['true', '1', ''].includes(text)) return true;
  if (['false', '0'].includes(text)) return false;
  throw new Error(`'${text}' is not true or false`);
}

/** The text of --help. */
export function helpText(usage: string, spec: FlagSpec): string {
  const rows = Object.entries(spec).map(([name, one]) => {
    const left = one.isBoolean ? `--[no-]${name}` : `--${name}=${one.placeholder}`;
    const text = one.isSecret ? '' : one.show(one.defaultValue);
    const notes = [one.allowed, text === '' ? '' : `default: ${text}`].filter((note) => note !== '').join('; ');
    return `  ${left.padEnd(44)} ${one.help}${notes === '' ? '' : ` (${notes})`}`;
  });
  return `${usage}\n\n${rows.join('\n')}\n`;
}
