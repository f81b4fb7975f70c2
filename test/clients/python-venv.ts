import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;

/** A virtual environment of the project's, or why there is none. */
export type Venv =
  | { readonly python: string; readonly missing?: never }
  | { readonly missing: string; readonly python?: never };

/** The environment of the clients that run on any Python 3: `.venv`. */
export function pythonVenv(): Venv {
  return ensureVenv('.venv', ['python3'], 'requirements.txt');
}

/** The environment of pymesos, whose parser does not compile on a Python newer than 3.9: `.venv-py39`. */
export function oldPythonVenv(): Venv {
  const versions = ['3.9', '3.8', '3.7'];
  const found = pyenvRoots().flatMap((pyenv) => {
    return spawnSync('sh', ['-c', `ls -d '${pyenv}'/versions/*/bin/python3 2>/dev/null`], {
      encoding: 'utf8',
    }).stdout.split('\n');
  });
  const installed = versions.flatMap((version) => found.filter((path) => path.includes(`/${version}.`)));
  return ensureVenv(
    '.venv-py39',
    [...versions.map((version) => `python${version}`), ...installed],
    'pymesos/requirements.txt',
  );
}

/** Where pyenv may keep its Pythons: as its own variable says, at home, or beside its shims on the PATH. */
function pyenvRoots(): string[] {
  const { PYENV_ROOT, PATH = '' } = process.env;
  const shims = PATH.split(':').filter((folder) => folder.endsWith('/shims'));
  const roots = [PYENV_ROOT, join(homedir(), '.pyenv'), ...shims.map((folder) => dirname(folder))];
  return [...new Set(roots.filter((root) => root !== undefined))];
}

/** Creates the environment with the pinned packages unless it is there with the same pins. */
function ensureVenv(folder: string, interpreters: readonly string[], requirementsPath: string): Venv {
  const path = join(root, folder);
  const python = join(path, 'bin', 'python');
  const stamp = join(path, 'requirements.txt');
  const requirements = readFileSync(fileURLToPath(new URL(requirementsPath, import.meta.url)), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements) return { python };
  const interpreter = interpreters.find(
    (candidate) => spawnSync(candidate, ['-c', 'import venv'], { stdio: 'ignore' }).status === 0,
  );
  if (interpreter === undefined)
    return { missing: `none of ${interpreters.slice(0, 3).join(', ')} with its venv module is here` };
  mkdirSync(path, { recursive: true });
  const steps: readonly (readonly string[])[] = [
    [interpreter, '-m', 'venv', '--clear', path],
    [
      python,
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...requirements.split('\n').filter((line) => line !== ''),
    ],
  ];
  for (const [command, ...args] of steps) {
    const { status, stderr, error } = spawnSync(command ?? '', args, { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS });
    if (status !== 0)
      return { missing: `${command} ${args.join(' ')} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}` };
  }
  writeFileSync(stamp, requirements);
  return { python };
}
