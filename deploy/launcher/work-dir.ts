import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

/** A refusal to start, as one line for the user. */
export class LaunchError extends Error {
  override name = 'LaunchError';
}

/** What of a daemon is written down, so that a later start can end what an earlier one left. */
export interface DaemonNote extends ProcessIdentity {
  readonly name: string;
}

/**
 * The launcher's folder:
 *
 *     launcher.json          the launcher that is using the folder
 *     daemons/<name>.json    each daemon's process
 *     logs/<name>.log        what each daemon says
 *     <name>/                each daemon's own data
 */
export class WorkDir {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Takes the folder for this process.
   *
   * @throws LaunchError naming the pid of a launcher that is using it.
   */
  claim(): void {
    for (const folder of ['', 'daemons', 'logs']) mkdirSync(join(this.path, folder), { recursive: true, mode: 0o700 });
    const own = identify(process.pid);
    const draft = `${this.#claimPath}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(own));
    try {
      for (let attempt = 0; attempt < 3; attempt++) {
        // Linking is atomic and fails when the name exists: two launchers cannot both win.
        if (this.#tryLink(draft)) return;
        const holder = readNote<ProcessIdentity>(this.#claimPath);
        if (holder !== undefined && isRunning(holder)) {
          throw new LaunchError(
            `${this.path} is in use by the launcher with pid ${holder.pid}: stop it (kill ${holder.pid}), or choose another folder with --work-dir`,
          );
        }
        rmSync(this.#claimPath, { force: true });
      }
      throw new LaunchError(`cannot claim ${this.path}: other launchers keep taking it`);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Gives the folder back. */
  release(): void {
    rmSync(this.#claimPath, { force: true });
  }

  /** Where a daemon keeps its data. */
  dataPath(name: string): string {
    return join(this.path, name);
  }

  logPath(name: string): string {
    return join(this.path, 'logs', `${name}.log`);
  }

  noteDaemon(name: string, identity: ProcessIdentity): void {
    writeFileSync(this.#notePath(name), JSON.stringify({ name, ...identity } satisfies DaemonNote));
  }

  forgetDaemon(name: string): void {
    rmSync(this.#notePath(name), { force: true });
  }

  /** Daemons of an earlier launcher that still run. */
  leftovers(): DaemonNote[] {
    return readdirSync(join(this.path, 'daemons'))
      .map((file) => readNote<DaemonNote>(join(this.path, 'daemons', file)))
      .filter((note) => note !== undefined)
      .filter(isRunning);
  }

  get #claimPath(): string {
    return join(this.path, 'launcher.json');
  }

  #notePath(name: string): string {
    return join(this.path, 'daemons', `${name}.json`);
  }

  #tryLink(draft: string): boolean {
    try {
      linkSync(draft, this.#claimPath);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }
}

function readNote<Note>(path: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}
