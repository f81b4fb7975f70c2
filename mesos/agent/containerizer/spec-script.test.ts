import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findTools } from './machine.ts';
import { specScript } from './spec-script.ts';
import { parseEvent, parseExitFile, parsePidFile } from './supervisor-files.ts';

test('any environment and arguments reach the program byte for byte', async () => {
  const tools = await findTools();
  const directory = mkdtempSync(join(tmpdir(), 'meseta-spec-'));
  const value = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'));
  const name = value.filter((text) => text !== '' && !text.includes('=') && text !== 'MESETA_CONTAINER_ID');
  try {
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 5 }), fc.array(value, { maxLength: 4 }), (variables, args) => {
        const environment = { ...variables, PATH: '/usr/bin:/bin' };
        const script = specScript(
          {
            containerId: 'c1',
            command: {
              shell: false,
              value: process.execPath,
              arguments: [process.execPath, '-e', DUMP, '--', ...args],
            },
            environment,
            directory,
            stdout: 'stdout',
            stderr: 'stderr',
          },
          tools,
        );
        writeFileSync(join(directory, 'spec'), script);
        writeFileSync(join(directory, 'stdout'), '');
        execFileSync('/bin/sh', [join(directory, 'spec')]);
        const seen = JSON.parse(readFileSync(join(directory, 'stdout'), 'utf8'));
        expect(seen.args).toEqual(args);
        expect(seen.environment).toEqual({ ...environment, MESETA_CONTAINER_ID: 'c1' });
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

const DUMP = 'console.log(JSON.stringify({args: process.argv.slice(1), environment: process.env}))';

test.each([
  ['an environment name with =', { environment: { 'A=B': '' } }, "Environment variable name 'A=B' is not valid"],
  ['a NUL', { environment: { A: '\0' } }, 'A NUL character is not allowed'],
  ['an unknown limit', { rlimits: [{ type: 'RLMT_X' }] }, "Unknown resource limit type 'RLMT_X'"],
  ['half a limit', { rlimits: [{ type: 'RLMT_CPU', soft: 1n }] }, 'needs both soft and hard'],
])('%s is refused', async (_name, more, message) => {
  const base = {
    containerId: 'c1',
    command: { shell: true, value: 'true', arguments: [] },
    environment: {},
    directory: '/',
    stdout: 'stdout',
    stderr: 'stderr',
  };
  const tools = await findTools();
  expect(() => specScript({ ...base, ...more }, tools)).toThrow(message);
});

test("the supervisor's files are read only when complete", () => {
  expect(parsePidFile('1 12 345 11 boot nonce\n')).toEqual({ pid: 12, start: '345', supervisor: 11, boot: 'boot' });
  expect(parsePidFile('1 12 345 11 boot no')).toBeUndefined();
  expect(parsePidFile('2 12 345 11 boot nonce\n')).toBeUndefined();
  expect(parsePidFile('1 cancelled\n')).toBe('cancelled');
  expect(
    ['1 exit 3\n', '1 signal 9\n', '1 signal 11 core\n', '1 exit 3', '', '1 exit 999\n'].map(parseExitFile),
  ).toEqual([768, 9, 139, undefined, undefined, undefined]);
  expect(parseEvent('exit c1 signal 15')).toEqual({ kind: 'exit', id: 'c1', waitStatus: 15 });
  expect(parseEvent('pid c1 12 345 11')).toEqual({ kind: 'pid', id: 'c1', pid: 12, start: '345', supervisor: 11 });
  expect(['', 'x', 'exit c1', 'pid c1 12', 'other c1 1 2 3'].map(parseEvent)).toEqual(Array(5).fill(undefined));
});
