import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** One source file of the project. */
export interface Source {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the insides of strings blanked, line for line. */
  readonly code: string;
}

/** All files that git knows or would take, generated ones left out. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  return listed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)));
}

/** All TypeScript sources. */
export function typescriptSources(): Source[] {
  return projectFiles()
    .filter((path) => path.endsWith('.ts') && !path.includes('/generated/'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, code: blank(text) };
    });
}

/** Blanks comments and quoted text, so that a word in prose is not taken for a call. */
function blank(text: string): string {
  const pattern = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
  return text.replace(pattern, (found) => found.replace(/[^\n]/g, ' '));
}

/** Module names that a file imports, in any form. */
export function importsOf(source: Source): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;
  return [...source.text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}
