import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CONTAINER_MARKER } from './spec-script.ts';

/** One process of the machine. */
export interface ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  readonly group: number;
  readonly session: number;
  /** As in the supervisor's `pid` file. */
  readonly start: string;
  /** Ended, but not yet waited for. */
  readonly zombie: boolean;
  /** Raw wait status of a zombie, if this agent may see it. */
  readonly waitStatus?: number | undefined;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly threads: number;
  readonly rssPages: number;
  /** The container that the environment names. */
  readonly container?: string | undefined;
}

/** The longest time that reading processes keeps the event loop. */
const SLICE_MS = 2;
const LINUX = process.platform === 'linux';
const MARKER = Buffer.from(`\0${CONTAINER_MARKER}=`);

/**
 * Sessions whose members need no look at their environment, which costs more than all the rest: that of the spawn helper and its
 * supervisors (undefined), and those led by a container's first process (its id).
 */
export type KnownSessions = ReadonlyMap<number, string | undefined>;

/** Reads one process now; undefined if there is none. Costs some 10 microseconds on Linux. */
export function readProcess(pid: number, known?: KnownSessions): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name may hold spaces and parentheses: fields are counted from its end, field 3 is words[0].
  const words = stat
    .slice(stat.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ');
  const field = (number: number): number => Number(words[number - 3]);
  const zombie = words[0] === 'Z' || words[0] === 'X';
  const status = words[49] === undefined ? Number.NaN : field(52);
  return {
    pid,
    ppid: field(4),
    group: field(5),
    session: field(6),
    start: words[19] ?? '',
    zombie,
    waitStatus: zombie && Number.isInteger(status) && process.getuid?.() === 0 ? status : undefined,
    userTicks: field(14) + field(16),
    systemTicks: field(15) + field(17),
    threads: field(20),
    rssPages: field(24),
    container: known === undefined || zombie ? undefined : containerOf(pid, field(6), known),
  };
}

/** Reads one process now, wherever the machine keeps that. */
export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  return LINUX ? readProcess(pid) : (await readWithPs()).get(pid);
}

function containerOf(pid: number, session: number, known: KnownSessions): string | undefined {
  // Session 0: a thread of the kernel, or a process outside of our pid namespace.
  return session === 0 || known.has(session) ? known.get(session) : readMarker(pid);
}

function readMarker(pid: number): string | undefined {
  let environ: Buffer;
  try {
    environ = readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined;
  }
  const direct = MARKER.subarray(1);
  const at = environ.subarray(0, direct.length).equals(direct) ? 0 : environ.indexOf(MARKER) + 1;
  if (at === 0 && !environ.subarray(0, direct.length).equals(direct)) return undefined;
  const end = environ.indexOf(0, at);
  return environ.toString('utf8', at + direct.length, end === -1 ? undefined : end);
}

/** Reads all processes, in slices so that nothing else has to wait. */
export async function readProcessTable(known: KnownSessions): Promise<Map<number, ProcessEntry>> {
  if (!LINUX) return readWithPs();
  const table = new Map<number, ProcessEntry>();
  let sliceEndMs = performance.now() + SLICE_MS;
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const entry = readProcess(pid, known);
    if (entry !== undefined) table.set(pid, entry);
    if (performance.now() > sliceEndMs) {
      await new Promise((resolve) => setImmediate(resolve));
      sliceEndMs = performance.now() + SLICE_MS;
    }
  }
  return table;
}

/** Where there is no /proc: start times and parents, no environments. */
async function readWithPs(): Promise<Map<number, ProcessEntry>> {
  const columns = 'pid=,ppid=,pgid=,stat=,rss=,lstart=';
  const { stdout } = await promisify(execFile)('ps', ['-axo', columns], { maxBuffer: 64 * 1024 * 1024 });
  const table = new Map<number, ProcessEntry>();
  for (const line of stdout.split('\n')) {
    const [pid, ppid, group, state, rss, ...started] = line.trim().split(/\s+/);
    if (pid === undefined || rss === undefined) continue;
    table.set(Number(pid), {
      pid: Number(pid),
      ppid: Number(ppid),
      group: Number(group),
      session: Number(group),
      start: started.join('_'),
      zombie: state?.startsWith('Z') === true,
      userTicks: 0,
      systemTicks: 0,
      threads: 1,
      rssPages: Number(rss) / 4,
    });
  }
  return table;
}

/** Which process leads a container. */
export interface ContainerRoot {
  readonly containerId: string;
  readonly pid: number;
  readonly start: string;
}

/**
 * All live processes of a container: its first process, that one's session and group, everything marked in its environment, and
 * all descendants of these. A process that clears its environment, leaves the session and loses its parent escapes.
 *
 * @param table what {@link readProcessTable} gave
 */
export function membersOf(table: ReadonlyMap<number, ProcessEntry>, root: ContainerRoot): ProcessEntry[] {
  const leader = table.get(root.pid);
  // A pid is not given out again while it names a session or group, so these stay valid after the leader's end,
  // unless the number now belongs to another process altogether.
  const reused = leader !== undefined && leader.start !== root.start;
  const isMember = new Map<number, boolean>();
  const decide = (entry: ProcessEntry): boolean => {
    const known = isMember.get(entry.pid);
    if (known !== undefined) return known;
    isMember.set(entry.pid, false);
    const own =
      entry.container === root.containerId ||
      (!reused && (entry.pid === root.pid || entry.session === root.pid || entry.group === root.pid));
    const parent = own ? undefined : table.get(entry.ppid);
    const member = own || (parent !== undefined && entry.ppid > 1 && decide(parent));
    isMember.set(entry.pid, member);
    return member;
  };
  return [...table.values()].filter((entry) => decide(entry) && !entry.zombie);
}
