import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, projectFiles, root, type Source, typescriptSources } from './sources.ts';

const sources = typescriptSources();
const isTest = ({ path }: Source) => path.endsWith('.test.ts') || path.startsWith('test/');
const shipped = sources.filter((source) => !isTest(source));

/** What each folder may import of ours; ARCHITECTURE.md has the same table. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'sdk/': ['sdk/'],
  'mesos/master/': ['sdk/', 'mesos/master/'],
  'mesos/agent/': ['sdk/', 'mesos/agent/'],
  'marathon/': ['sdk/', 'marathon/'],
  'chronos/': ['sdk/', 'chronos/'],
  'deploy/': ['sdk/daemon/', 'deploy/'],
};

const FOLDERS = ['sdk', 'mesos', 'marathon', 'chronos', 'deploy', 'test', 'docs', '.ci'];
const ROOT_FILES = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'biome.json',
  'vitest.config.ts',
  '.gitignore',
  '.npmrc',
];

function targetOf(source: Source, specifier: string): string {
  return normalize(join(dirname(source.path), specifier));
}

describe('the layout', () => {
  test('has only the fixed top-level folders and files', () => {
    const tops = new Set(projectFiles().map((path) => path.split('/')[0] ?? ''));
    expect([...tops].filter((top) => !FOLDERS.includes(top) && !ROOT_FILES.includes(top))).toEqual([]);
  });

  test('keeps to the import table', () => {
    const wrong = shipped.flatMap((source) => {
      const rule = Object.entries(MAY_IMPORT).find(([folder]) => source.path.startsWith(folder));
      if (rule === undefined) return [];
      return importsOf(source)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => targetOf(source, specifier))
        .filter((target) => !rule[1].some((folder) => target.startsWith(folder)))
        .map((target) => `${source.path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('lets nobody import a main.ts, and core/ neither io/ nor node:', () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => {
          const target = specifier.startsWith('.') ? targetOf(source, specifier) : specifier;
          if (target.endsWith('/main.ts')) return true;
          const isCore = /\/core\//.test(source.path) && !isTest(source);
          return isCore && (target.startsWith('node:') || /\/io\//.test(target));
        })
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the sources', () => {
  test('are files of at most 500 lines', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 501);
    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length - 1} lines`)).toEqual([]);
  });

  test('read no clock, randomness, process or promise in core/', () => {
    const banned: readonly [RegExp, string][] = [
      [/\bDate\.now\b|\bnew Date\(\)/, 'reads the clock: take ctx.wallMs'],
      [/\bperformance\.now\b/, 'reads the clock: take ctx.monoMs'],
      [/\bMath\.random\b/, 'is random: take ctx.ids'],
      [/\bset(Timeout|Interval|Immediate)\b/, 'sets a timer: emit timer.set'],
      [/\bconsole\.|\bprocess\./, 'touches the process'],
      [/\basync\s*(function|\(|\w+\s*(=>|\())|\bawait\s|\bnew Promise\b/, 'is asynchronous'],
    ];
    const cores = shipped.filter(({ path }) => /\/core\/|\/allocator\//.test(path));
    const wrong = cores.flatMap(({ path, code }) =>
      code.split('\n').flatMap((line, index) => {
        return banned.filter(([pattern]) => pattern.test(line)).map(([, why]) => `${path}:${index + 1} ${why}`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('have a docstring on every export of sdk/', () => {
    const wrong = shipped
      .filter(({ path }) => path.startsWith('sdk/'))
      .flatMap(({ path, text }) => {
        const lines = text.split('\n');
        return lines.flatMap((line, index) => {
          if (!/^export (const|function|async function|class|abstract class|interface|type) \w/.test(line)) return [];
          const before = lines
            .slice(0, index)
            .reverse()
            .find((previous) => !/^\s*\/\/ biome-ignore/.test(previous));
          return before?.trimEnd().endsWith('*/') ? [] : [`${path}:${index + 1} ${line.slice(0, 60)}`];
        });
      });
    expect(wrong).toEqual([]);
  });

  test('have no default exports and leave no work to be done', () => {
    const others = sources.filter(({ path }) => path !== 'test/tidy/tidy.test.ts' && !path.endsWith('.config.ts'));
    const wrong = others.filter(({ code, text }) => {
      return /^export default/m.test(code) || /\b(TODO|FIXME|XXX)\b/.test(text);
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('name no registry host and no path of a developer machine', () => {
    const pattern =
      /registry\.npmjs|pypi\.org|proxy\.golang|repo1?\.maven|deb\.debian|\/work\/(main|shared)|\.mirror\//;
    const texts = projectFiles().filter(
      (path) => !/\.(png|ico|woff2?)$/.test(path) && path !== 'test/tidy/tidy.test.ts',
    );
    expect(texts.filter((path) => pattern.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});
