import { lookupService } from 'node:dns/promises';
import { hostname as machineName } from 'node:os';

/** Longest wait for a reverse look-up at the start. */
const LOOKUP_MS_MAX = 1_000;

/**
 * The name that others are told: the given one, else what the address resolves to, else the machine's name for the
 * wildcard address, else the address.
 */
export async function hostnameOf(ip: string, given: string | undefined, looksUp: boolean): Promise<string> {
  if (given !== undefined) return given;
  const isWildcard = ip === '0.0.0.0' || ip === '::';
  if (!looksUp) return isWildcard ? machineName() : ip;
  if (isWildcard) return machineName();
  if (ip === '::1' || ip.startsWith('127.')) return 'localhost';
  const waiting = new Promise<undefined>((resolve) => setTimeout(resolve, LOOKUP_MS_MAX, undefined).unref());
  const found = await Promise.race([lookupService(ip, 0).catch(() => undefined), waiting]);
  return found?.hostname ?? ip;
}

/** An IPv4 address as upstream's MasterInfo holds it: its four bytes in network order, read as a little-endian number. */
export function ipNumber(ip: string): number {
  const bytes = ip.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255)) return 0;
  return new DataView(Uint8Array.from(bytes).buffer).getUint32(0, true);
}
