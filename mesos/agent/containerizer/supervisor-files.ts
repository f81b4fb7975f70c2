/** The supervisor's contract on disk, version 1, as texts: see supervisor.sh. */

/** Who runs, as the `pid` file says it. */
export interface StartedProcess {
  readonly pid: number;
  /** Clock ticks between the machine's boot and the process' start: with the boot id this tells a reused pid. */
  readonly start: string;
  readonly supervisor: number;
  readonly boot: string;
}

/** What an agent writes into `pid` to cancel a start for ever. */
export const CANCELLED_PID_FILE = '1 cancelled\n';

/** Reads a `pid` file: undefined while it is incomplete, 'cancelled' when no process will ever run. */
export function parsePidFile(text: string): StartedProcess | 'cancelled' | undefined {
  if (!text.endsWith('\n')) return undefined;
  if (text === CANCELLED_PID_FILE) return 'cancelled';
  const [version, pid, start, supervisor, boot] = text.trimEnd().split(' ');
  if (version !== '1' || start === undefined || boot === undefined) return undefined;
  return { pid: Number(pid), start, supervisor: Number(supervisor), boot };
}

/** Reads an `exit` file into a raw wait status; undefined while it is incomplete. */
export function parseExitFile(text: string): number | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [version, ...words] = text.trimEnd().split(' ');
  return version === '1' ? waitStatusOf(words) : undefined;
}

/** One line of the events pipe. */
export type SupervisorEvent =
  | {
      readonly kind: 'pid';
      readonly id: string;
      readonly pid: number;
      readonly start: string;
      readonly supervisor: number;
    }
  | { readonly kind: 'exit'; readonly id: string; readonly waitStatus: number };

/** Reads a line of the events pipe; undefined for anything else. */
export function parseEvent(line: string): SupervisorEvent | undefined {
  const [kind, id, ...words] = line.split(' ');
  if (id === undefined) return undefined;
  if (kind === 'exit') {
    const waitStatus = waitStatusOf(words);
    return waitStatus === undefined ? undefined : { kind, id, waitStatus };
  }
  const [pid, start, supervisor] = words;
  if (kind !== 'pid' || start === undefined || supervisor === undefined) return undefined;
  return { kind, id, pid: Number(pid), start, supervisor: Number(supervisor) };
}

function waitStatusOf([how, number, core]: readonly string[]): number | undefined {
  const value = Number(number);
  if (number === undefined || !Number.isInteger(value) || value < 0 || value > 255) return undefined;
  if (how === 'exit') return value << 8;
  if (how === 'signal') return value | (core === 'core' ? 128 : 0);
  return undefined;
}
