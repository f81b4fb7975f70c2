import { lookupService } from 'node:dns/promises';
import { statfs } from 'node:fs/promises';
import { cpus, networkInterfaces, totalmem } from 'node:os';
import type { Resource } from '../../../sdk/v1/generated/mesos.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Reverse look-ups that take longer count as failed. */
const LOOKUP_TIMEOUT_MS = 1_000;

/**
 * Resources of `--resources`, and by upstream's rules whatever it does not name: all cpus, the memory but 1 GiB (half of it
 * below 2 GiB), the work directory's disk but 5 GiB (half of it below 10 GiB), ports 31000 to 32000.
 *
 * @throws ResourceTextError for a bad text.
 */
export async function agentResources(
  text: string | undefined,
  defaultRole: string,
  workDir: string,
): Promise<readonly Resource[]> {
  const given = parseResources(text ?? '', { defaultRole });
  const isNamed = (name: string): boolean =>
    new RegExp(`(^|[;\\s])${name}(\\(|:)|"name"\\s*:\\s*"${name}"`).test(text ?? '');
  const detected = [
    ['cpus', () => String(cpus().length || 1)],
    ['mem', () => String(Math.floor(lessReserve(totalmem(), 2 * GIB, GIB) / MIB))],
    ['disk', async () => String(Math.floor(lessReserve(await diskBytes(workDir), 10 * GIB, 5 * GIB) / MIB))],
    ['ports', () => '[31000-32000]'],
  ] as const;
  let all = given;
  for (const [name, detect] of detected)
    if (!isNamed(name)) all = all.add(parseResources(`${name}:${await detect()}`, { defaultRole }));
  return all.toProto();
}

function lessReserve(total: number, large: number, reserve: number): number {
  return total >= large ? total - reserve : total / 2;
}

/** Upstream's figure when the file system does not tell: 10 GiB. */
async function diskBytes(workDir: string): Promise<number> {
  try {
    const { bsize, blocks } = await statfs(workDir);
    return bsize * blocks;
  } catch {
    return 10 * GIB;
  }
}

/** Used share of the file system, 0 to 1; undefined when it does not tell. */
export async function diskUsage(path: string): Promise<number | undefined> {
  try {
    const { blocks, bavail, bfree } = await statfs(path);
    const usable = blocks - bfree + bavail;
    return usable === 0 ? undefined : (blocks - bfree) / usable;
  } catch {
    return undefined;
  }
}

/** The name that an address is known by, or the address itself. */
export async function hostnameOf(ip: string): Promise<string> {
  const timeout = Promise.withResolvers<string>();
  const timer = setTimeout(() => timeout.resolve(ip), LOOKUP_TIMEOUT_MS);
  const lookup = lookupService(ip, 0).then(
    ({ hostname }) => hostname,
    () => ip,
  );
  const name = await Promise.race([lookup, timeout.promise]);
  clearTimeout(timer);
  return name;
}

/** The address that others reach: the bound one, or for all addresses (0.0.0.0, ::) the first of the machine's that is not local. */
export function reachableIp(ip: string): string {
  if (ip !== '0.0.0.0' && ip !== '::') return ip;
  const family = ip === '::' ? 'IPv6' : 'IPv4';
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find((one) => !one.internal && one.family === family) ?? all.find((one) => one.family === family);
  return found?.address ?? ip;
}
