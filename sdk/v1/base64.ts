/** A base64 text, decoded; or the first character that does not belong to the alphabet. */
export type Base64Result = { readonly bytes: Uint8Array } | { readonly invalid: string };

const foreign = /[^A-Za-z0-9+/\s]/;

/** Decodes standard base64 as Mesos does: white space is skipped, reading stops at the first `=`. */
export function decodeBase64(text: string): Base64Result {
  const end = text.indexOf('=');
  const digits = end === -1 ? text : text.slice(0, end);
  const invalid = foreign.exec(digits);
  if (invalid !== null) return { invalid: String.fromCodePoint(digits.codePointAt(invalid.index) as number) };
  const decoded = Buffer.from(digits, 'base64');
  return { bytes: new Uint8Array(decoded) };
}

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
