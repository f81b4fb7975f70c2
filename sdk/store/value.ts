/**
 * How a stored value becomes text: JSON in an envelope that names the schema version of its format, with bigint and
 * bytes kept. `{"v":1,"d":...}`; a bigint is `{"$int":"5"}`, bytes are `{"$bytes":"<base64>"}`.
 */
const SCHEMA_VERSION = 1;

/** The text form of a value for a store. */
export function encodeValue(value: unknown): string {
  return JSON.stringify(
    { v: SCHEMA_VERSION, d: value },
    function replace(this: unknown, key: string, encoded: unknown) {
      // Uint8Array and Buffer have a toJSON or an index form, so the raw value is looked up in the holder.
      const raw = (this as Record<string, unknown>)[key];
      if (typeof raw === 'bigint') return { $int: raw.toString() };
      if (raw instanceof Uint8Array) return { $bytes: Buffer.from(raw).toString('base64') };
      return encoded;
    },
  );
}

/**
 * The value of a stored text.
 *
 * @throws Error when the text was written by a newer version of the format.
 */
export function decodeValue(text: string): unknown {
  const tagged = text.includes('"$');
  const envelope = (tagged ? JSON.parse(text, revive) : JSON.parse(text)) as { v: number; d: unknown };
  if (envelope.v > SCHEMA_VERSION)
    throw new Error(
      `record has schema version ${envelope.v}, this program knows up to ${SCHEMA_VERSION}: start the newer version again`,
    );
  return envelope.d;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const tagged = value as { $int?: unknown; $bytes?: unknown };
  if (typeof tagged.$int === 'string' && Object.keys(value).length === 1) return BigInt(tagged.$int);
  if (typeof tagged.$bytes === 'string' && Object.keys(value).length === 1)
    return new Uint8Array(Buffer.from(tagged.$bytes, 'base64'));
  return value;
}
