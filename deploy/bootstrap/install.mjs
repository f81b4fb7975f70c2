// Runs under whatever Node (>= 20) the user has; everything later runs under the pinned Node 24.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const node24 = join(root, 'deploy', 'bin', 'node24');

/**
 * Installs the pinned packages when they are missing or of other versions.
 *
 * @param {{ withTools: boolean }} options withTools: also what lint, types and tests need.
 */
export async function ensureInstalled({ withTools }) {
  const wanted = missingPackages(withTools);
  if (wanted.length === 0) return;
  const shown =
    wanted.length > 3 ? `${wanted.slice(0, 3).join(', ')} and ${wanted.length - 3} more` : wanted.join(', ');
  process.stderr.write(`Installing pinned packages (${shown}) ...\n`);
  const started = Date.now();
  await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(withTools ? [] : ['--omit=dev'])]);
  const still = missingPackages(withTools);
  if (still.length > 0) {
    process.stderr.write(
      `npm ci ended well, yet these are missing: ${still.join(', ')}. Is this platform (${process.platform} ${process.arch}) supported?\n`,
    );
    process.exit(1);
  }
  process.stderr.write(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`);
}

function missingPackages(withTools) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = { ...manifest.dependencies, ...(withTools ? manifest.devDependencies : {}) };
  for (const [name, version] of Object.entries(manifest.optionalDependencies)) {
    if (name === `node-${process.platform}-${process.arch}`) wanted[name] = version;
  }
  return Object.entries(wanted)
    .filter(([name, version]) => installedVersion(name) !== version)
    .map(([name]) => name);
}

function installedVersion(name) {
  const path = join(root, 'node_modules', name, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined;
}

async function runNpm(args) {
  const isTerminal = process.stderr.isTTY === true;
  const output = [];
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const started = Date.now();
  const progress = setInterval(
    () => {
      const seconds = Math.round((Date.now() - started) / 1000);
      process.stderr.write(isTerminal ? `\r  npm ci, ${seconds} s ` : `  npm ci, ${seconds} s\n`);
    },
    isTerminal ? 500 : 10_000,
  );
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output.push(Buffer.from(`cannot run npm: ${error.message}\n`));
      resolve(1);
    });
    child.on('close', resolve);
  });
  clearInterval(progress);
  if (isTerminal) process.stderr.write('\r\x1b[K');
  if (code === 0) return;
  process.stderr.write(
    `${Buffer.concat(output).toString()}\nnpm ${args.join(' ')} failed with exit code ${code}. Is the registry reachable?\n`,
  );
  process.exit(1);
}

/** Compiled code of our programs, beside the packages it belongs to: starting them takes half the time. */
const compileCache = join(root, 'node_modules', '.cache', 'meseta-compile');
const programs = ['deploy/launcher', 'mesos/master', 'mesos/agent', 'marathon', 'chronos'];

/** Fills the compile cache once, so that the first start is as quick as the later ones. */
export async function warmCompileCache() {
  if (existsSync(compileCache)) return;
  process.stderr.write('Compiling ...\n');
  for (const program of programs) {
    const child = spawn(node24, [join(root, program, 'main.ts'), '--version'], {
      stdio: 'ignore',
      env: pinnedEnvironment(),
    });
    await new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  }
}

function pinnedEnvironment() {
  return { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? compileCache };
}

/** Runs a program of the checkout under the pinned Node, in our place: signals and exit code pass through. */
export function runPinned(args) {
  const child = spawn(node24, args, { stdio: 'inherit', env: pinnedEnvironment() });
  // A terminal sends Ctrl-C to the whole group; what is sent to us alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
}
