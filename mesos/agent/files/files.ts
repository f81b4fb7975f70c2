import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileInfo } from '../../../sdk/v1/generated/mesos.ts';
import { resolveVirtual, type VirtualRoots } from './virtual-paths.ts';

/** Upstream's statuses and texts; the text may be empty. */
export class FilesError extends Error {
  readonly status: 400 | 403 | 404 | 500;

  constructor(status: FilesError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** At most this much is read at once: upstream's 16 pages. */
export const READ_BYTES_MAX = 65_536;

/** A file opened for a download. Whoever gets it closes the handle, or streams it to its end. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly name: string;
  readonly size: number;
}

/** Lists and reads sandboxes and the agent's log by virtual path. No link and no `..` leads out of what a path names. */
export class Files {
  readonly #roots: () => VirtualRoots;
  readonly #names = new OwnerNames();

  /** @param roots asked anew each time: the agent's directory changes with its id. */
  constructor(roots: () => VirtualRoots) {
    this.#roots = roots;
  }

  /**
   * What a directory holds, in order of path; nothing for a file, as upstream.
   *
   * @throws FilesError
   */
  async browse(path: string): Promise<FileInfo[]> {
    const directory = await this.#resolve(path);
    const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTDIR') return [];
      throw unexpected('list', directory, error);
    });
    const infos: FileInfo[] = [];
    const base = path.replace(/\/+$/, '');
    for (const name of names.sort()) {
      // A dangling link is not shown, as upstream.
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (found !== undefined) infos.push(await this.#info(`${base}/${name}`, found));
    }
    return infos;
  }

  /**
   * Reads a part of a file.
   *
   * @param length at most; undefined is as much as allowed, 0 only asks for the size
   * @throws FilesError
   */
  async read(path: string, offset: number, length: number | undefined): Promise<{ size: number; data: Uint8Array }> {
    const { handle, size } = await this.open(path, 'read');
    try {
      const bytes = Math.min(length ?? READ_BYTES_MAX, READ_BYTES_MAX, Math.max(0, size - offset));
      if (bytes === 0) return { size, data: new Uint8Array() };
      const buffer = Buffer.alloc(bytes);
      const { bytesRead } = await handle.read(buffer, 0, bytes, offset);
      return { size, data: buffer.subarray(0, bytesRead) };
    } catch (error) {
      throw unexpected('read', path, error as Error);
    } finally {
      await handle.close();
    }
  }

  /**
   * Opens a file.
   *
   * @param verb for the text about a directory
   * @throws FilesError
   */
  async open(path: string, verb: 'read' | 'download'): Promise<OpenedFile> {
    const target = await this.#resolve(path);
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
    const handle = await open(target, flags).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw notFound();
      throw unexpected('open', target, error);
    });
    try {
      // A task may have exchanged a directory for a link since the path was resolved.
      const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => target);
      if (opened !== target) throw inaccessible(path);
      const found = await handle.stat();
      if (found.isDirectory()) throw new FilesError(400, `Cannot ${verb} a directory.\n`);
      if (!found.isFile()) throw new FilesError(400, `Cannot ${verb} what is not a regular file.\n`);
      return { handle, name: target.slice(target.lastIndexOf('/') + 1), size: found.size };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Upstream's /files/debug: what is attached, and where. */
  async attached(): Promise<Record<string, string>> {
    const { agentDirectory, logFile } = this.#roots();
    const attached: Record<string, string> = {};
    if (logFile !== undefined) attached['/slave/log'] = logFile;
    if (agentDirectory === undefined) return attached;
    for (const framework of await list(`${agentDirectory}/frameworks`)) {
      for (const executor of await list(`${agentDirectory}/frameworks/${framework}/executors`)) {
        const virtual = `/frameworks/${framework}/executors/${executor}/runs`;
        for (const run of await list(`${agentDirectory}${virtual}`)) {
          const real = await realpath(`${agentDirectory}${virtual}/${run}`).catch(() => undefined);
          if (real !== undefined)
            attached[run === 'latest' ? `${virtual}/latest` : `${agentDirectory}${virtual}/${run}`] = real;
        }
      }
    }
    return attached;
  }

  async #resolve(path: string): Promise<string> {
    if (path.includes('\0'))
      throw new FilesError(400, `Path '${path.replaceAll('\0', '\\0')}' holds a NUL character.\n`);
    const roots = this.#roots();
    const target = resolveVirtual(path, roots);
    if (target === undefined) throw notFound();
    const root = await resolveLinks(target.root);
    const base =
      roots.agentDirectory === undefined ? undefined : await realpath(roots.agentDirectory).catch(() => undefined);
    // The tree above the sandboxes is the agent's own; still, nothing there leads elsewhere.
    if (target.root !== roots.logFile && (base === undefined || !root.startsWith(`${base}/`))) throw notFound();
    if (target.suffix === '') return root;
    const resolved = await resolveLinks(join(root, target.suffix));
    // Differs: upstream compares without the slash, so `runs/1` reaches `runs/12` through a link.
    if (resolved !== root && !resolved.startsWith(`${root}/`)) throw inaccessible(join(root, target.suffix));
    return resolved;
  }

  async #info(path: string, found: Stats): Promise<FileInfo> {
    const { uid, gid } = await this.#names.of(found);
    return {
      path,
      nlink: found.nlink,
      size: BigInt(found.size),
      mtime: { nanoseconds: BigInt(Math.floor(found.mtimeMs / 1_000)) * 1_000_000_000n },
      mode: found.mode,
      uid,
      gid,
    };
  }
}

function resolveLinks(path: string): Promise<string> {
  return realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw notFound();
    throw new FilesError(400, `Failed to determine canonical path of '${path}': ${error.message}.\n`);
  });
}

function list(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

function notFound(): FilesError {
  return new FilesError(404, '');
}

function inaccessible(path: string): FilesError {
  return new FilesError(400, `'${path}' is inaccessible.\n`);
}

function unexpected(verb: string, path: string, error: Error): Error {
  return error instanceof FilesError
    ? error
    : new FilesError(500, `Failed to ${verb} file at '${path}': ${error.message}.\n`);
}

/** Names of users and groups, read once a minute at most; a number without a name stays a number. */
class OwnerNames {
  #tables: Promise<readonly [ReadonlyMap<number, string>, ReadonlyMap<number, string>]> | undefined;
  #untilMs = 0;

  async of(found: Stats): Promise<{ readonly uid: string; readonly gid: string }> {
    const nowMs = performance.now();
    if (this.#tables === undefined || nowMs > this.#untilMs) {
      this.#tables = Promise.all([readNames('/etc/passwd'), readNames('/etc/group')]);
      this.#untilMs = nowMs + 60_000;
    }
    const [users, groups] = await this.#tables;
    return { uid: users.get(found.uid) ?? String(found.uid), gid: groups.get(found.gid) ?? String(found.gid) };
  }
}

async function readNames(path: string): Promise<Map<number, string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':');
    if (name !== undefined && number !== undefined && !names.has(Number(number))) names.set(Number(number), name);
  }
  return names;
}
