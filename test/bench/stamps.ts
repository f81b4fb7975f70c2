import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

/**
 * When tasks run their first instruction: each writes its name into a named pipe, the bench reads it and looks at its own clock.
 * What a task does before that is nothing but the start of its shell.
 */
export class Stamps {
  readonly path: string;
  readonly #socket: Socket;
  readonly #at = new Map<string, number>();
  readonly #waiting = new Map<string, (atMs: number) => void>();
  #partial = '';

  constructor(folder: string) {
    this.path = join(folder, 'stamps');
    execFileSync('mkfifo', [this.path]);
    const fd = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK);
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk.toString()));
    this.#socket.on('error', () => closeSync(fd));
  }

  /** Shell text that stamps and then goes on. */
  command(name: string, rest: string): string {
    return `echo ${name} >${this.path}; ${rest}`;
  }

  /** Milliseconds of performance.now() when the task said it. */
  of(name: string): Promise<number> {
    const at = this.#at.get(name);
    if (at !== undefined) return Promise.resolve(at);
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(text: string): void {
    const nowMs = performance.now();
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const name of lines) {
      this.#at.set(name, nowMs);
      this.#waiting.get(name)?.(nowMs);
    }
  }
}
