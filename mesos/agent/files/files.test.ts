import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Files, FilesError, READ_BYTES_MAX } from './files.ts';
import { addFilesRoutes, modeText, wholeCharacters } from './routes.ts';
import { resolveVirtual } from './virtual-paths.ts';

let directory: string;
let agentDirectory: string;
let sandbox: string;
let server: FastifyInstance;
let files: Files;
const LATEST = '/frameworks/f1/executors/e1/runs/latest';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'meseta-files-'));
  agentDirectory = join(directory, 'slaves', 'S0');
  const runs = join(agentDirectory, 'frameworks/f1/executors/e1/runs');
  sandbox = join(runs, 'c1');
  mkdirSync(join(sandbox, 'sub'), { recursive: true });
  symlinkSync(sandbox, join(runs, 'latest'));
  writeFileSync(join(sandbox, 'stdout'), 'hello\n');
  writeFileSync(join(directory, 'secret'), 'secret');
  writeFileSync(join(directory, 'agent.log'), 'log line\n');
  files = new Files(() => ({ agentDirectory, logFile: join(directory, 'agent.log') }));
  server = fastify();
  addFilesRoutes(server, files);
});

afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function get(path: string, query: Record<string, string>) {
  const response = await server.inject({ url: `/files/${path}`, query });
  return {
    status: response.statusCode,
    body: response.body,
    type: response.headers['content-type'],
    headers: response.headers,
  };
}

describe('browse', () => {
  test('lists a sandbox by its place and as the latest run', async () => {
    for (const base of [sandbox, LATEST, `${LATEST}/`]) {
      const { status, body } = await get('browse', { path: base });
      expect(status).toBe(200);
      const shown = base.replace(/\/$/, '');
      expect(JSON.parse(body)).toMatchObject([
        { path: `${shown}/stdout`, mode: '-rw-r--r--', nlink: 1, size: 6 },
        { path: `${shown}/sub`, mode: 'drwxr-xr-x', nlink: 2 },
      ]);
      expect(Object.keys(JSON.parse(body)[0])).toEqual(['gid', 'mode', 'mtime', 'nlink', 'path', 'size', 'uid']);
    }
  });

  test('finds nothing in a file', async () => {
    expect(await get('browse', { path: `${sandbox}/stdout` })).toMatchObject({ status: 200, body: '[]' });
    expect(await get('browse', { path: '/slave/log' })).toMatchObject({ status: 200, body: '[]' });
  });

  test.each([
    ['/nope', 404, ''],
    ['', 400, "Expecting 'path=value' in query.\n"],
  ])('answers %j with %i', async (path, status, body) => {
    expect(await get('browse', { path })).toMatchObject({ status, body, type: 'text/plain; charset=utf-8' });
  });
});

describe('read', () => {
  test.each([
    [
      { offset: '0', length: '100' },
      { data: 'hello\n', offset: 0 },
    ],
    [
      { offset: '1', length: '3' },
      { data: 'ell', offset: 1 },
    ],
    [{ offset: '-1' }, { data: '', offset: 6 }],
    [{}, { data: '', offset: 6 }],
    [{ offset: '100' }, { data: '', offset: 100 }],
    [
      { offset: '0', length: '-1' },
      { data: 'hello\n', offset: 0 },
    ],
  ])('%j', async (query, expected) => {
    const { status, body } = await get('read', { path: `${sandbox}/stdout`, ...query });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual(expected);
  });

  test('wraps the answer for a script', async () => {
    const { body, type } = await get('read', { path: `${sandbox}/stdout`, offset: '0', jsonp: 'cb' });
    expect(body).toBe('cb({"data":"hello\\n","offset":0})');
    expect(type).toBe('text/javascript');
  });

  test.each([
    [{ path: '' }, 400, "Expecting 'path=value' in query.\n"],
    [{ path: '/nope' }, 404, ''],
    [{ path: LATEST, offset: '0' }, 400, 'Cannot read a directory.\n'],
    [{ path: `${LATEST}/stdout`, offset: '-2' }, 400, 'Negative offset provided: -2.\n'],
    [{ path: `${LATEST}/stdout`, offset: '0', length: '-7' }, 400, 'Negative length provided: -7.\n'],
    [{ path: `${LATEST}/stdout`, offset: 'x' }, 400, "Failed to parse offset: Failed to convert 'x' to number.\n"],
  ])('refuses %j', async (query, status, body) => {
    expect(await get('read', query)).toMatchObject({ status, body });
  });

  test('gives 64 KiB at most, so that a huge length is harmless', async () => {
    writeFileSync(join(sandbox, 'big'), 'x'.repeat(READ_BYTES_MAX + 10));
    const { size, data } = await files.read(`${LATEST}/big`, 5, 1e15);
    expect([size, data.length]).toEqual([READ_BYTES_MAX + 10, READ_BYTES_MAX]);
  });

  test('follows a text in parts without a broken character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 4, max: 9 }), (text, step) => {
        const bytes = Buffer.from(text);
        let read = '';
        for (let offset = 0; offset < bytes.length; ) {
          const part = wholeCharacters(bytes.subarray(offset, offset + step));
          read += part;
          offset += Buffer.byteLength(part);
        }
        expect(read).toBe(bytes.toString());
      }),
    );
  });
});

describe('download', () => {
  test('streams a file with its name and size', async () => {
    const { status, body, headers } = await get('download', { path: `${LATEST}/stdout` });
    expect([status, body]).toEqual([200, 'hello\n']);
    expect(headers).toMatchObject({
      'content-length': '6',
      'content-disposition': 'attachment; filename=stdout',
      'content-type': 'application/octet-stream',
    });
  });

  test.each([
    ['/nope', 404, '404 Not Found.'],
    ['', 400, "Expecting 'path=value' in query.\n"],
    [LATEST, 400, 'Cannot download a directory.\n'],
  ])('answers %j with %i', async (path, status, body) => {
    expect(await get('download', { path })).toMatchObject({ status, body });
  });

  test("gives the agent's own log", async () => {
    appendFileSync(join(directory, 'agent.log'), 'more\n');
    expect((await get('download', { path: '/slave/log' })).body).toBe('log line\nmore\n');
  });
});

describe('nothing outside of a sandbox is reached', () => {
  test.each([
    '../c1/../../../../../../../../secret',
    'sub/../../../../../../../../../secret',
    'link/secret',
    'file-link',
  ])('by %s', async (suffix) => {
    symlinkSync(directory, join(sandbox, 'link'));
    symlinkSync(join(directory, 'secret'), join(sandbox, 'file-link'));
    const { status, body } = await get('download', { path: `${sandbox}/${suffix}` });
    expect(status).toBe(400);
    expect(body).toContain('is inaccessible');
  });

  test('through a link to a sandbox whose name begins alike', async () => {
    mkdirSync(`${sandbox}2`);
    writeFileSync(`${sandbox}2/private`, 'private');
    symlinkSync(`${sandbox}2`, join(sandbox, 'neighbour'));
    expect((await get('download', { path: `${sandbox}/neighbour/private` })).status).toBe(400);
  });

  test('by a named pipe, which would never end', async () => {
    execFileSync('mkfifo', [join(sandbox, 'pipe')]);
    expect((await get('read', { path: `${sandbox}/pipe`, offset: '0' })).status).toBe(400);
  });

  test('by any path', async () => {
    const segment = fc.constantFrom(
      '..',
      '.',
      '',
      'frameworks',
      'f1',
      'executors',
      'e1',
      'runs',
      'c1',
      'latest',
      'secret',
      '\0',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 14 }), fc.constantFrom('', LATEST), async (segments, start) => {
        const path = `${start}/${segments.join('/')}`;
        const text = await files.read(path, 0, 100).then(
          ({ data }) => Buffer.from(data).toString(),
          (error) => error,
        );
        if (typeof text === 'string') expect(text).toBe('hello\n');
        else expect(text).toBeInstanceOf(FilesError);
      }),
    );
  });

  test('resolveVirtual knows only runs', () => {
    const roots = { agentDirectory: '/w/slaves/S', logFile: undefined };
    expect(resolveVirtual('/w/slaves/S', roots)).toBeUndefined();
    expect(resolveVirtual('/w/slaves/S/frameworks/f/executors/e/runs', roots)).toBeUndefined();
    expect(resolveVirtual('/w/slaves/S2/frameworks/f/executors/e/runs/c', roots)).toBeUndefined();
    expect(resolveVirtual('/frameworks/../executors/e/runs/latest', roots)).toBeUndefined();
    expect(resolveVirtual('/w/slaves/S/frameworks/f/executors/e/runs/c/a/b/', roots)).toEqual({
      root: '/w/slaves/S/frameworks/f/executors/e/runs/c',
      suffix: 'a/b',
    });
  });
});

test('/files/debug shows where everything is', async () => {
  expect(JSON.parse((await get('debug', {})).body)).toEqual({
    '/slave/log': join(directory, 'agent.log'),
    [LATEST]: sandbox,
    [sandbox]: sandbox,
  });
});

test('modes are written as ls does', () => {
  expect([0o100644, 0o040755, 0o120777].map(modeText)).toEqual(['-rw-r--r--', 'drwxr-xr-x', 'lrwxrwxrwx']);
});
