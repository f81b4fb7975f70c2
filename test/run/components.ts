import { spawnSync } from 'node:child_process';

/** Debian packages that suites need, by the suite. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  integration: ['iproute2'],
  clients: ['prometheus'],
};

/**
 * Installs the Debian packages that suites need, where that was asked for and is possible. Nothing is installed unasked: a
 * suite whose component is missing says so by name.
 */
export async function prepareComponents(options: {
  readonly install: boolean;
  readonly suite: string | undefined;
}): Promise<void> {
  const wanted = Object.entries(PACKAGES)
    .filter(([suite]) => options.suite === undefined || options.suite === suite)
    .flatMap(([, packages]) => packages)
    .filter((name) => !isInstalled(name));
  if (!options.install || wanted.length === 0) return;
  process.stdout.write(`Installing Debian packages: ${wanted.join(', ')} ...\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...wanted],
  ]) {
    const { status, stderr, error } = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: 600_000 });
    if (status === 0) continue;
    process.stdout.write(`apt-get ${args.join(' ')} failed: ${error?.message ?? stderr}\n`);
    return;
  }
}

function isInstalled(name: string): boolean {
  return spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status === 0;
}
