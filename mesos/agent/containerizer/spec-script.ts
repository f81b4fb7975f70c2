import type { ContainerCommand, ResourceLimit } from './containerizer.ts';

/** Names the container in the environment of everything that runs in it; how stray descendants are found. */
export const CONTAINER_MARKER = 'MESETA_CONTAINER_ID';

/** Absolute paths of the small programs that a task is started through; unset where the machine has none. */
export interface Tools {
  readonly sh: string;
  readonly env: string;
  readonly envResetsSignals: boolean;
  readonly setsid?: string | undefined;
  readonly setpriv?: string | undefined;
  readonly prlimit?: string | undefined;
  readonly bash?: string | undefined;
}

/** A user as numbers. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface SpecScript {
  readonly containerId: string;
  readonly command: ContainerCommand;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Files that output is appended to; relative ones lie in `directory`. */
  readonly stdout: string;
  readonly stderr: string;
  /** Set only when the task runs as another user than the agent. */
  readonly user?: UserIds | undefined;
  readonly rlimits?: readonly ResourceLimit[] | undefined;
}

/** A text as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The `spec` file of a container: a script that turns the shell that sources it into the task, by one exec.
 *
 * The chain is setsid, prlimit, setpriv, env, command. env comes last, so that nothing in the task's environment (LD_PRELOAD, PATH)
 * reaches a program that still runs with the agent's rights; it also restores SIGINT and SIGQUIT, which shells ignore in background jobs.
 *
 * @throws Error with a text for the task's status, when a value cannot be expressed.
 */
export function specScript(spec: SpecScript, tools: Tools): string {
  const environment: Record<string, string> = { ...spec.environment, [CONTAINER_MARKER]: spec.containerId };
  const words: string[] = [];
  if (tools.setsid !== undefined) words.push(tools.setsid);
  words.push(...limitWords(spec.rlimits ?? [], tools));
  words.push(...userWords(spec.user, tools));
  words.push(tools.env, ...(tools.envResetsSignals ? ['--default-signal=INT,QUIT'] : []), '-i');
  for (const [name, value] of Object.entries(environment)) {
    if (name === '' || name.includes('=')) throw new Error(`Environment variable name '${name}' is not valid`);
    words.push(`${name}=${value}`);
  }
  words.push(...commandWords(spec.command, tools));
  const unsafe = [spec.directory, spec.stdout, spec.stderr, ...words].find((word) => word.includes('\0'));
  if (unsafe !== undefined) throw new Error('A NUL character is not allowed in a command, environment or path');
  const lines = [
    '# meseta container spec 1',
    `cd ${quote(spec.directory)} || exit 1`,
    `exec >>${quote(spec.stdout)} 2>>${quote(spec.stderr)} || exit 1`,
    ...programCheck(spec.command, environment['PATH']),
    `exec ${words.map(quote).join(' ')}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Upstream's answer to a program that does not exist: a line in stderr and exit status 1, where a shell would say 127. */
function programCheck(command: ContainerCommand, path: string | undefined): string[] {
  if (command.shell) return [];
  const assign = path === undefined ? [] : [`PATH=${quote(path)}`];
  const complain = `{ echo "Failed to execute command: No such file or directory" >&2; exit 1; }`;
  return [...assign, `command -v ${quote(command.value)} >/dev/null 2>&1 || ${complain}`];
}

function commandWords(command: ContainerCommand, tools: Tools): string[] {
  if (command.shell) return [tools.sh, '-c', command.value];
  const [name = command.value, ...rest] = command.arguments;
  if (command.value.startsWith('-') || command.value === '') throw new Error(`Command '${command.value}' is not valid`);
  const renamed = lastSegment(name) !== lastSegment(command.value);
  // Differs: without bash on the machine, argv[0] is the program's path instead of arguments[0].
  if (renamed && tools.bash !== undefined) return [tools.bash, '-c', 'exec -a "$0" "$@"', name, command.value, ...rest];
  // env would take a program with '=' in its name for a variable.
  if (command.value.includes('=')) return [tools.sh, '-c', 'exec "$0" "$@"', command.value, ...rest];
  return [command.value, ...rest];
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function userWords(user: UserIds | undefined, tools: Tools): string[] {
  if (user === undefined) return [];
  if (tools.setpriv === undefined)
    throw new Error('Running as another user needs setpriv (util-linux) on this machine');
  const groups = user.groups.length === 0 ? '--clear-groups' : `--groups=${user.groups.join(',')}`;
  return [tools.setpriv, `--reuid=${user.uid}`, `--regid=${user.gid}`, groups];
}

const LIMIT_NAMES = new Set(
  'AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK'.split(' '),
);

function limitWords(limits: readonly ResourceLimit[], tools: Tools): string[] {
  if (limits.length === 0) return [];
  if (tools.prlimit === undefined) throw new Error('Resource limits need prlimit (util-linux) on this machine');
  return [tools.prlimit, ...limits.map(limitWord)];
}

function limitWord(limit: ResourceLimit): string {
  const name = limit.type.replace(/^RLMT_/, '');
  if (!LIMIT_NAMES.has(name)) throw new Error(`Unknown resource limit type '${limit.type}'`);
  if ((limit.hard === undefined) !== (limit.soft === undefined)) {
    throw new Error(`Resource limit '${limit.type}' needs both soft and hard, or neither`);
  }
  return `--${name.toLowerCase()}=${limit.soft ?? 'unlimited'}:${limit.hard ?? 'unlimited'}`;
}
