import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Tools, UserIds } from './spec-script.ts';

const run = promisify(execFile);

/** Where the programs of {@link Tools} are looked for; the agent's own PATH has no say in what runs as root. */
const TOOL_DIRECTORIES = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Finds the small programs that tasks are started through. */
export async function findTools(): Promise<Tools> {
  const [sh, env, setsid, setpriv, prlimit, bash] = await Promise.all(
    ['sh', 'env', 'setsid', 'setpriv', 'prlimit', 'bash'].map(findTool),
  );
  if (sh === undefined || env === undefined)
    throw new Error('No sh or env in /usr/bin or /bin: tasks cannot be started');
  const envResetsSignals = await run(env, ['--default-signal=INT', sh, '-c', ':']).then(
    () => true,
    () => false,
  );
  return { sh: '/bin/sh', env, envResetsSignals, setsid, setpriv, prlimit, bash };
}

async function findTool(name: string): Promise<string | undefined> {
  for (const directory of TOOL_DIRECTORIES) {
    const path = `${directory}/${name}`;
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** An id that changes with every boot, without spaces. */
export async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    const { stdout } = await run('sysctl', ['-n', 'kern.boottime']);
    return stdout.replace(/\W+/g, '_');
  }
}

/** Size of a memory page. */
export async function pageBytes(): Promise<number> {
  try {
    return Number((await run('getconf', ['PAGESIZE'])).stdout) || 4_096;
  } catch {
    return 4_096;
  }
}

/** Looks users up by the machine's own name service, and remembers each for a minute. */
export class Users {
  readonly #known = new Map<string, { readonly ids: Promise<UserIds | undefined>; readonly untilMs: number }>();

  /** The user's numbers; undefined for a user that does not exist. */
  lookUp(name: string): Promise<UserIds | undefined> {
    const nowMs = performance.now();
    const known = this.#known.get(name);
    if (known !== undefined && known.untilMs > nowMs) return known.ids;
    const ids = askId(name);
    this.#known.set(name, { ids, untilMs: nowMs + 60_000 });
    return ids;
  }
}

async function askId(name: string): Promise<UserIds | undefined> {
  // A leading dash would be an option; numbers are uids to `id`, but names upstream.
  if (!/^[^-\d\s][^\s:]*$/.test(name)) return undefined;
  try {
    const [uid, gid, groups] = await Promise.all(
      ['-u', '-g', '-G'].map(async (flag) => (await run('id', [flag, name])).stdout),
    );
    return { uid: Number(uid), gid: Number(gid), groups: (groups ?? '').trim().split(/\s+/).map(Number) };
  } catch {
    return undefined;
  }
}
