import {
  type ContainerRoot,
  findProcess,
  type KnownSessions,
  membersOf,
  type ProcessEntry,
  readProcessTable,
} from './process-table.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends signals to whole process trees. Readings of the machine's processes are shared by all who ask at the same time. */
export class ProcessTrees {
  #next: Promise<Map<number, ProcessEntry>> | undefined;
  #current: Promise<unknown> = Promise.resolve();
  #recent: { readonly table: Promise<ReadonlyMap<number, ProcessEntry>>; readonly untilMs: number } | undefined;

  readonly #known: () => KnownSessions;

  constructor(known: () => KnownSessions) {
    this.#known = known;
  }

  /** A reading of all processes that begins after this call. */
  read(): Promise<ReadonlyMap<number, ProcessEntry>> {
    if (this.#next === undefined) {
      const next = this.#current.then(() => {
        this.#next = undefined;
        return readProcessTable(this.#known());
      });
      this.#next = next;
      this.#current = next.catch(() => {});
    }
    return this.#next;
  }

  /** A reading that may be a tenth of a second old: for statistics of many containers at once. */
  readRecent(): Promise<ReadonlyMap<number, ProcessEntry>> {
    const nowMs = performance.now();
    if (this.#recent === undefined || this.#recent.untilMs < nowMs) {
      this.#recent = { table: this.read(), untilMs: nowMs + 100 };
    }
    return this.#recent.table;
  }

  /** Sends one signal to every process of the tree: the leader's group at once, everything else after a reading. */
  async signal(root: ContainerRoot, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const leader = await findProcess(root.pid);
    const leads = leader !== undefined && leader.start === root.start && !leader.zombie;
    const asGroup = leads && leader.group === root.pid;
    if (leads) send(asGroup ? -root.pid : root.pid, signal);
    const table = await this.read();
    for (const member of membersOf(table, root)) {
      const reached = member.pid === root.pid || (asGroup && member.group === root.pid);
      if (signal === 'SIGKILL' || !reached) await sendChecked(member, signal);
    }
  }

  /** SIGKILL until no process of any of the trees is left. Resolves then, even if that takes for ever. */
  async destroy(roots: readonly ContainerRoot[]): Promise<void> {
    for (let round = 0; ; round++) {
      const table = await this.read();
      const members = roots.flatMap((root) => membersOf(table, root));
      if (members.length === 0) return;
      for (const member of members) await sendChecked(member, 'SIGKILL');
      // A process in an uninterruptible wait ends when the kernel lets it: look ever more rarely.
      await wait(Math.min(2 ** round, 1_000));
    }
  }
}

/** The number may belong to somebody else since the reading. */
async function sendChecked(member: ProcessEntry, signal: NodeJS.Signals): Promise<void> {
  if ((await findProcess(member.pid))?.start === member.start) send(member.pid, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended meanwhile.
  }
}
