import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerRead, answerText, startDownload } from '../../../sdk/daemon/http-answer.ts';
import type { FileInfo } from '../../../sdk/v1/generated/mesos.ts';
import { type LegacyJson, writeLegacyJson } from '../../../sdk/v1/legacy/json.ts';
import { type Files, FilesError } from './files.ts';

/**
 * Adds /files/browse, /files/read, /files/download and /files/debug. Like upstream's other GET endpoints they answer any method.
 *
 * @param prefix for example `/slave(1)`
 */
export function addFilesRoutes(server: FastifyInstance, files: Files, prefix = ''): void {
  const add = (path: string, handle: (query: Query, reply: FastifyReply) => Promise<unknown>): void => {
    server.all(`${prefix}${path}`, async (request, reply) => {
      const query = new Query(request);
      try {
        await handle(query, reply);
      } catch (error) {
        if (!(error instanceof FilesError)) throw error;
        const text = error.status === 404 && path.endsWith('download') ? '404 Not Found.' : error.message;
        reply.hijack();
        answerText(reply.raw, error.status, text);
      }
      return reply;
    });
  };
  add('/files/browse', async (query, reply) =>
    sendJson(reply, query, (await files.browse(query.path())).map(browseModel)),
  );
  add('/files/read', async (query, reply) => {
    const path = query.path();
    const offset = query.integer('offset') ?? -1;
    const length = query.integer('length');
    // An offset of -1 only asks for the size.
    const { size, data } = await files.read(
      path,
      Math.max(0, offset),
      offset === -1 ? 0 : length === -1 ? undefined : length,
    );
    return sendJson(reply, query, { data: wholeCharacters(data), offset: BigInt(offset === -1 ? size : offset) });
  });
  add('/files/download', async (query, reply) => {
    const { handle, name, size } = await files.open(query.path(), 'download');
    reply.hijack();
    startDownload(reply.raw, size, `attachment; filename=${headerSafe(name)}`, mimeType(name));
    // A file that grows meanwhile still matches its Content-Length.
    if (size > 0 && reply.request.method !== 'HEAD') {
      await pipeline(handle.createReadStream({ start: 0, end: size - 1 }), reply.raw).catch(() => reply.raw.destroy());
      return;
    }
    await handle.close();
    reply.raw.end();
  });
  add('/files/debug', async (query, reply) => sendJson(reply, query, await files.attached()));
}

/** The query of one request. */
class Query {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(request: FastifyRequest) {
    this.#values = request.query as Record<string, unknown>;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    return typeof last === 'string' ? last : undefined;
  }

  path(): string {
    const path = this.text('path');
    if (path === undefined || path === '') throw new FilesError(400, "Expecting 'path=value' in query.\n");
    return path;
  }

  /** An integer of at least -1. */
  integer(name: 'offset' | 'length'): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^[-+]?\d+$/.test(text) || !Number.isSafeInteger(value)) {
      throw new FilesError(400, `Failed to parse ${name}: Failed to convert '${text}' to number.\n`);
    }
    if (value < -1) throw new FilesError(400, `Negative ${name} provided: ${value}.\n`);
    return value;
  }
}

async function sendJson(reply: FastifyReply, query: Query, body: LegacyJson): Promise<void> {
  reply.hijack();
  const answer = { text: writeLegacyJson(body), type: 'application/json', callback: query.text('jsonp') };
  await answerRead(reply.request.raw, reply.raw, answer);
}

/** The legacy form of a file's facts. */
function browseModel(info: FileInfo): LegacyJson {
  return {
    gid: info.gid,
    mode: modeText(info.mode ?? 0),
    mtime: Number((info.mtime?.nanoseconds ?? 0n) / 1_000_000_000n),
    nlink: BigInt(info.nlink ?? 0),
    path: info.path,
    size: info.size ?? 0n,
    uid: info.uid,
  };
}

const FILE_TYPES: ReadonlyMap<number, string> = new Map([
  [0o040000, 'd'],
  [0o120000, 'l'],
  [0o020000, 'c'],
  [0o060000, 'b'],
  [0o010000, 'p'],
  [0o140000, 's'],
]);

/** `drwxr-xr-x` and its like. */
export function modeText(mode: number): string {
  const type = FILE_TYPES.get(mode & 0o170000) ?? '-';
  const letters = [6, 3, 0].map((shift) => {
    const bits = mode >> shift;
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
  });
  return type + letters.join('');
}

/** As text, without a character that the end of the part cuts in two: the next part will have it. */
export function wholeCharacters(data: Uint8Array): string {
  let end = data.length;
  for (let back = 1; back <= 3 && back < data.length; back++) {
    const byte = data[data.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (needed > back) end = data.length - back;
    break;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(data.subarray(0, end));
}

function headerSafe(name: string): string {
  return /^[\w.+@,=~-]+$/.test(name)
    ? name
    : `"${name.replace(/[^ -~]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}

/** Types that a browser may show; everything a task wrote as markup is downloaded as bytes. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  bmp: 'image/bmp',
  css: 'text/css',
  csv: 'text/csv',
  gif: 'image/gif',
  gz: 'application/x-gzip',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  log: 'text/plain',
  pdf: 'application/pdf',
  png: 'image/png',
  tar: 'application/x-tar',
  txt: 'text/plain',
  zip: 'application/zip',
};

function mimeType(name: string): string {
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  return MIME_TYPES[extension] ?? 'application/octet-stream';
}
