/**
 * The fetcher's own process: one for each container with URIs, so that slow disks, huge archives and the task user's rights never
 * touch the agent. Its lines go to the sandbox's stderr. Exit status 0 if everything was fetched, else 1.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { download } from './download.ts';
import { extract } from './extract.ts';
import { type FetchItem, type FetchPlan, PLAN_VARIABLE } from './plan.ts';
import { archiveKind, classify, fileName } from './uri.ts';

/** A line as upstream's logger writes it. */
function log(severity: 'I' | 'W' | 'E', message: string): void {
  const [date = '', time = ''] = new Date().toISOString().split('T');
  const stamp = `${severity}${date.slice(5).replace('-', '')} ${time.slice(0, -1)}000`;
  process.stderr.write(`${stamp} ${process.pid} fetcher] ${message}\n`);
}

async function main(): Promise<void> {
  const plan = JSON.parse(process.env[PLAN_VARIABLE] ?? '') as FetchPlan;
  delete process.env[PLAN_VARIABLE];
  process.umask(0o022);
  for (const { cachePath } of plan.items)
    if (cachePath !== undefined) mkdirSync(dirname(cachePath), { recursive: true });
  if (plan.user !== undefined) become(plan.user, plan.items);
  for (const item of plan.items) {
    log('I', `Fetching URI '${item.uri.value}'`);
    try {
      log('I', `Fetched '${item.uri.value}' to '${await fetchItem(item, plan)}'`);
    } catch (error) {
      log('E', `Failed to fetch '${item.uri.value}': ${(error as Error).message}`);
      process.exitCode = 1;
      return;
    }
  }
  log('I', `Successfully fetched all URIs into '${plan.sandbox}'`);
}

/** Takes on the user's rights for good. */
function become(user: string, items: readonly FetchItem[]): void {
  const ask = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  const [uid, gid] = [ask('-u'), ask('-g')];
  for (const { cachePath } of items) {
    if (cachePath !== undefined) execFileSync('chown', [`${uid}:${gid}`, dirname(cachePath)]);
  }
  // Missing in Node's types.
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(user, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

async function fetchItem(item: FetchItem, plan: FetchPlan): Promise<string> {
  const { uri, cachePath } = item;
  const destination = await destinationOf(item, plan.sandbox);
  if (cachePath !== undefined) await fillCache(item, cachePath, plan);
  const unpacks = uri.executable !== true && uri.extract !== false;
  const kind = unpacks ? archiveKind(destination) : undefined;
  if (cachePath !== undefined && (kind === 'tar' || kind === 'zip')) {
    await extract(cachePath, kind, plan.sandbox);
    return plan.sandbox;
  }
  if (cachePath !== undefined) await copyFile(cachePath, destination);
  else await obtain(uri.value, destination, plan);
  if (uri.executable === true) await chmod(destination, 0o755);
  else if (kind !== undefined) await extract(destination, kind, plan.sandbox);
  else if (unpacks) {
    log(
      'W',
      `Copying instead of extracting resource from URI with 'extract' flag, because it does not seem to be an archive: ${uri.value}`,
    );
  }
  return destination;
}

/** Where the file goes; whatever an earlier archive put there is no way out of the sandbox. */
async function destinationOf({ uri }: FetchItem, sandbox: string): Promise<string> {
  const name = uri.output_file ?? fileName(uri.value.trimStart());
  if (typeof name !== 'string') throw new Error(name.message);
  const path = join(sandbox, name);
  await mkdir(dirname(path), { recursive: true });
  const [parent, root] = await Promise.all([realpath(dirname(path)), realpath(sandbox)]);
  if (parent !== root && !parent.startsWith(`${root}/`))
    throw new Error(`'${name}' leads out of the sandbox directory`);
  const existing = await lstat(path).catch(() => undefined);
  if (existing?.isSymbolicLink() === true) await rm(path);
  return path;
}

async function fillCache({ uri }: FetchItem, cachePath: string, plan: FetchPlan): Promise<void> {
  if ((await stat(cachePath).catch(() => undefined)) !== undefined) {
    log('I', `Fetching URI '${uri.value}' from cache`);
    return;
  }
  log('I', `Downloading '${uri.value}' into the cache`);
  const partial = `${cachePath}.${process.pid}`;
  await obtain(uri.value, partial, plan).catch(async (error: Error) => {
    await rm(partial, { force: true });
    throw error;
  });
  await rename(partial, cachePath);
}

async function obtain(value: string, destination: string, plan: FetchPlan): Promise<void> {
  const source = classify(value, plan.frameworksHome);
  switch (source.kind) {
    case 'refused':
      throw new Error(source.message);
    case 'local': {
      const found = await stat(source.path).catch(() => undefined);
      if (found === undefined) throw new Error(`'${source.path}': No such file or directory`);
      if (!found.isFile()) throw new Error(`'${source.path}' is not a regular file`);
      await copyFile(source.path, destination);
      return;
    }
    case 'http':
      log('I', `Downloading resource from '${source.url}' to '${destination}'`);
      await download(source.url, destination, plan);
  }
}

await main().catch((error: unknown) => {
  log('E', `Failed to fetch: ${(error as Error).message}`);
  process.exitCode = 1;
});
