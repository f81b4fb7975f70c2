import { randomBytes, randomInt } from 'node:crypto';

/** Randomness as an input: ids, jitter and shuffles come from here, so that a simulation can repeat them from a seed. */
export interface Ids {
  /** A random version 4 UUID in text form. */
  uuid(): string;
  /** `length` random bytes (16 for the uuid of a status update). */
  bytes(length: number): Uint8Array;
  /** A random integer in [0, bound). */
  next(bound: number): number;
}

/** Cryptographically random ids of this machine. */
export const systemIds: Ids = {
  uuid: () => uuidFromBytes(randomBytes(16)),
  bytes: (length) => new Uint8Array(randomBytes(length)),
  next: (bound) => randomInt(bound),
};

/**
 * Ids that repeat from a seed, for the simulator and tests.
 *
 * @param seed any 32-bit integer; equal seeds give equal sequences.
 */
export function seededIds(seed: number): Ids {
  const next32 = splitMix32(seed);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next32() & 0xff);
  return {
    uuid: () => uuidFromBytes(bytes(16)),
    bytes,
    next: (bound) => next32() % bound,
  };
}

/** A small seeded generator of 32-bit unsigned integers (SplitMix32). */
export function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** The text form of 16 bytes as a version 4 UUID (version and variant bits are set). */
export function uuidFromBytes(bytes: Uint8Array): string {
  const copy = Uint8Array.from(bytes);
  copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x40;
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(copy, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
