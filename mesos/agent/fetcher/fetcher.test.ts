import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FetchUri } from '../containerizer/containerizer.ts';
import { openPosixContainerizer, type PosixContainerizer } from '../containerizer/posix-containerizer.ts';
import { createFetcher } from './fetcher.ts';

let directory: string;
let containerizer: PosixContainerizer;
let server: Server;
let base: string;
let requests: string[];
let count = 0;
/** Processes are found by their container's id in the whole machine, those of a test beside this one too. */
const run = randomUUID();
const started: string[] = [];
/** A zip archive of one file, inside.txt, that says 'inside'. */
const ZIP_OF_INSIDE =
  'UEsDBBQAAAAAAAAAIQC08v66BgAAAAYAAAAKAAAAaW5zaWRlLnR4dGluc2lkZVBLAQIUAxQAAAAAAAAAIQC08v66BgAAAAYAAAAKAAAAAAAAAAAAAACAAQAAAABpbnNpZGUudHh0UEsFBgAAAAABAAEAOAAAAC4AAAAAAA==';

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'meseta-fetch-'));
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === '/moved/hello.txt') response.writeHead(302, { Location: '/hello.txt' }).end();
    else if (request.url === '/hello.txt') response.end('hello from http');
    else if (request.url === '/stall/x') response.writeHead(200, { 'Content-Length': '100' }).write('only this');
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  containerizer = await openPosixContainerizer({
    runtimeDirectory: join(directory, 'runtime'),
    fetch: createFetcher({ cacheDirectory: join(directory, 'cache'), stallTimeoutMs: 300, bytesMax: 1_000_000 }),
    onExit: () => {},
  });
  await containerizer.recover();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((containerId) => containerizer.destroy(containerId)));
  await containerizer.close();
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function fetchInto(uris: readonly FetchUri[]): Promise<{ readonly sandbox: string; readonly error?: string }> {
  const containerId = `${run}.c${++count}`;
  started.push(containerId);
  const sandbox = join(directory, 'sandboxes', containerId);
  const command = { shell: true, value: 'true', arguments: [] };
  return containerizer.launch({ containerId, kind: 'task', command, environment: {}, sandbox, uris }).then(
    () => ({ sandbox }),
    (error: Error) => ({ sandbox, error: error.message.replaceAll(containerId, 'ID') }),
  );
}

const text = (sandbox: string, name: string): string => readFileSync(join(sandbox, name), 'utf8');

describe('what is fetched', () => {
  test('comes from absolute paths, file URIs and http, through redirects', async () => {
    const source = join(directory, 'plain.txt');
    writeFileSync(source, 'plain');
    const { sandbox, error } = await fetchInto([
      { value: source },
      { value: `file://${source}`, output_file: 'sub/dir/copy', executable: true },
      { value: `${base}/moved/hello.txt` },
    ]);
    expect(error).toBeUndefined();
    expect(text(sandbox, 'plain.txt')).toBe('plain');
    expect(text(sandbox, 'sub/dir/copy')).toBe('plain');
    expect(statSync(join(sandbox, 'sub/dir/copy')).mode & 0o777).toBe(0o755);
    expect(text(sandbox, 'hello.txt')).toBe('hello from http');
  });

  test('is unpacked unless told otherwise', async () => {
    const content = join(directory, 'content');
    mkdirSync(content);
    writeFileSync(join(content, 'inside.txt'), 'inside');
    const tarball = join(directory, 'a.tar.gz');
    execFileSync('tar', ['-czf', tarball, '-C', content, 'inside.txt']);
    const zipped = join(directory, 'b.zip');
    writeFileSync(zipped, Buffer.from(ZIP_OF_INSIDE, 'base64'));
    const single = join(directory, 'single.log.gz');
    writeFileSync(single, execFileSync('gzip', ['-c', join(content, 'inside.txt')]));
    for (const [value, name] of [
      [tarball, 'inside.txt'],
      [zipped, 'inside.txt'],
      [single, 'single.log'],
    ] as const) {
      const { sandbox, error } = await fetchInto([{ value }]);
      expect(error).toBeUndefined();
      expect(text(sandbox, name)).toBe('inside');
    }
    const { sandbox } = await fetchInto([{ value: tarball, extract: false }]);
    expect(() => text(sandbox, 'inside.txt')).toThrow();
    expect(readFileSync(join(sandbox, 'a.tar.gz'))).toEqual(readFileSync(tarball));
  });

  test('is downloaded once when cached, also when many ask at once', async () => {
    const uris = [{ value: `${base}/hello.txt`, cache: true }];
    const results = await Promise.all([fetchInto(uris), fetchInto(uris), fetchInto(uris)]);
    for (const { sandbox } of results) expect(text(sandbox, 'hello.txt')).toBe('hello from http');
    expect(requests).toEqual(['/hello.txt']);
  });
});

describe('a fetch that fails fails the launch', () => {
  const failed = "Failed to launch container: Failed to fetch all URIs for container 'ID': exited with status 1";

  test.each([
    ['a missing file', () => '/does/not/exist', 'No such file or directory'],
    ['a directory', () => directory, 'is not a regular file'],
    ['a relative path', () => 'relative/file', 'Mesos framework home was not specified'],
    ['an error of the server', () => `${base}/nope.txt`, 'received HTTP return code 404'],
    ['a download that stalls', () => `${base}/stall/x`, 'Error downloading resource'],
  ])('%s', async (_name, value, line) => {
    const { sandbox, error } = await fetchInto([{ value: value() }]);
    expect(error).toBe(failed);
    expect(text(sandbox, 'stderr')).toContain(line);
  });

  test.each([
    [{ value: 'http://host' }, 'Malformed URI (missing path): http://host'],
    [{ value: "/it's" }, 'Illegal characters in URI'],
    [{ value: '/a', output_file: '' }, 'URI output file path is empty'],
    [{ value: '/a', output_file: '/etc/passwd' }, 'URI output file must be within the sandbox directory'],
    [{ value: '/a', output_file: 'x/../../y' }, 'URI output file must be within the sandbox directory'],
    [
      { value: 'hdfs://host/file' },
      "URI 'hdfs://host/file' has the scheme 'hdfs', which is not supported; allowed are http, https, file and absolute paths",
    ],
  ])('%o is refused before anything is read', async (uri, message) => {
    expect((await fetchInto([uri])).error).toBe(`Failed to launch container: Could not fetch: ${message}`);
  });

  test('an archive cannot lead a later download out of the sandbox', async () => {
    const content = join(directory, 'content');
    const outside = join(directory, 'outside');
    mkdirSync(content);
    mkdirSync(outside);
    symlinkSync(outside, join(content, 'link'));
    const tarball = join(directory, 'trap.tar');
    execFileSync('tar', ['-cf', tarball, '-C', content, 'link']);
    const { error } = await fetchInto([
      { value: tarball },
      { value: `${base}/hello.txt`, output_file: 'link/hello.txt' },
    ]);
    expect(error).toBe(failed);
    expect(() => text(outside, 'hello.txt')).toThrow();
  });
});

test('a container destroyed while it fetches never starts', async () => {
  const containerId = `${run}.slow`;
  const sandbox = join(directory, 'sandboxes', containerId);
  const launch = containerizer.launch({
    containerId,
    kind: 'task',
    command: { shell: true, value: 'touch started', arguments: [] },
    environment: {},
    sandbox,
    uris: [{ value: `${base}/stall/x` }],
  });
  const failure = expect(launch).rejects.toMatchObject({ reason: 'REASON_TASK_KILLED_DURING_LAUNCH' });
  while (!requests.includes('/stall/x')) await new Promise((resolve) => setImmediate(resolve));
  await containerizer.destroy(containerId);
  await failure;
  expect(() => text(sandbox, 'started')).toThrow();
});

test.runIf(process.getuid?.() === 0)("the task's user cannot fetch what it cannot read", async () => {
  const secret = join(directory, 'secret');
  writeFileSync(secret, 'secret', { mode: 0o600 });
  const open = join(directory, 'open');
  writeFileSync(open, 'open', { mode: 0o644 });
  execFileSync('chmod', ['755', directory]);
  const launch = (name: string, value: string) =>
    containerizer.launch({
      containerId: `${run}.${name}`,
      kind: 'task',
      command: { shell: true, value: 'true', arguments: [] },
      environment: {},
      sandbox: join(directory, 'boxes', name),
      user: 'nobody',
      uris: [{ value }],
    });
  await expect(launch('u1', secret)).rejects.toThrow('Failed to fetch all URIs');
  await launch('u2', open);
  started.push(`${run}.u2`);
  expect(statSync(join(directory, 'boxes', 'u2', 'open')).uid).toBe(statSync(join(directory, 'boxes', 'u2')).uid);
  expect(statSync(join(directory, 'boxes', 'u2')).uid).not.toBe(0);
});
