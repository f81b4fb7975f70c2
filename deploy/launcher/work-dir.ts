import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from '../../sdk/daemon/process-identity.ts';

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
   * @throws LaunchError naming the pid of a launcher that is using it, or why it cannot be used.
   */
  claim(): void {
    try {
      this.#make();
      this.#take();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (error instanceof LaunchError || code === undefined) throw error;
      throw new LaunchError(`cannot keep data in ${this.path} (${code}): choose another folder with --work-dir`);
    }
  }

  #make(): void {
    makeFolder(this.path);
    const [stranger] = existsSync(join(this.path, 'daemons')) ? [] : readdirSync(this.path);
    if (stranger !== undefined) {
      throw new LaunchError(
        `${this.path} holds other files, such as ${stranger}: choose an empty or new folder with --work-dir, for a reset removes all of it`,
      );
    }
    for (const folder of ['daemons', 'logs']) makeFolder(join(this.path, folder));
  }

  #take(): void {
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

/** Each level by itself: Node's own recursive mkdir never ends below /proc. */
function makeFolder(path: string): void {
  if (!existsSync(path)) {
    makeFolder(dirname(path));
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      // Another launcher may have made it meanwhile; which of them takes it is decided later.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  } else if (!statSync(path).isDirectory()) {
    throw Object.assign(new Error(`${path} is not a folder`), { code: 'ENOTDIR' });
  }
}

function readNote<Note>(path: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}
