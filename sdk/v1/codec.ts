import { readBinary } from './binary-read.ts';
import { writeBinary } from './binary-write.ts';
import { CodecError } from './codec-error.ts';
import { readJsonValue, syntaxText } from './json-read.ts';
import { parseJson } from './json-text.ts';
import { jsonWriter } from './json-write.ts';
import type { MessageType } from './schema.ts';

export { CodecError } from './codec-error.ts';
export { enumNames, type MessageType, messageType } from './schema.ts';

/** How `writeJson` prints. */
export interface JsonOptions {
  /**
   * Print a repeated field that is present but empty as `[]`. Mesos omits empty arrays everywhere except in the
   * answers of GET_STATE, GET_TASKS, GET_AGENTS and GET_EXECUTORS, which it prints by hand: whoever builds those
   * answers sets the arrays in question to `[]` and asks for this. Default false.
   */
  readonly emptyArrays?: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const utf8Encoder = new TextEncoder();

function textOf(input: string | Uint8Array): string {
  if (typeof input === 'string') return input;
  try {
    return utf8.decode(input);
  } catch {
    throw new CodecError('syntax', 'the text is not valid UTF-8');
  }
}

/**
 * Reads Mesos' JSON form. Unknown keys, null and unknown enum names of optional fields count as unset. Throws
 * CodecError of kind 'syntax' (not JSON) or 'convert' (not this message), with Mesos' own text.
 */
export function readJson<T>(type: MessageType<T>, input: string | Uint8Array): T {
  const text = textOf(input);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw new CodecError('syntax', syntaxText(error));
  }
  return fromJson(type, json);
}

/** As `readJson`, from a value that `parseJson` (or JSON.parse, if all integers are small) returned. */
export function fromJson<T>(type: MessageType<T>, json: unknown): T {
  return readJsonValue(type.name, json) as T;
}

/**
 * Writes Mesos' JSON form: 64-bit integers as numbers, doubles with a fraction, bytes as base64, unset fields with
 * a declared default (unless deprecated) included. Throws CodecError of kind 'write' when `message` is no such message.
 */
export function writeJson<T>(type: MessageType<T>, message: T, options?: JsonOptions): string {
  try {
    return jsonWriter(type.name)(message as Readonly<Record<string, unknown>>, options?.emptyArrays ?? false);
  } catch (error) {
    throw writeError(type, error);
  }
}

/**
 * Reads the binary protobuf form. Unknown fields and enum numbers are dropped. Throws CodecError of kind 'binary'.
 */
export function decodeBinary<T>(type: MessageType<T>, bytes: Uint8Array): T {
  return readBinary(type.name, bytes) as T;
}

/** Writes the binary protobuf form. Throws CodecError of kind 'write' when `message` is no such message. */
export function encodeBinary<T>(type: MessageType<T>, message: T): Uint8Array {
  try {
    return writeBinary(type.name, message as object);
  } catch (error) {
    throw writeError(type, error);
  }
}

function writeError(type: MessageType<unknown>, error: unknown): unknown {
  if (!(error instanceof CodecError)) return error;
  return new CodecError('write', `Cannot write ${type.name}: ${error.message} (at ${error.path})`, error.path);
}

/** The two media types of a message. */
export type MessageMediaType = 'application/json' | 'application/x-protobuf';

/** Reads a request body. Throws CodecError whose message is what Mesos answers with its 400. */
export function decodeBody<T>(type: MessageType<T>, mediaType: MessageMediaType, bytes: Uint8Array): T {
  try {
    return mediaType === 'application/json' ? readJson(type, bytes) : decodeBinary(type, bytes);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new CodecError(error.kind, bodyErrorText(type.shortName, error), error.path);
  }
}

function bodyErrorText(shortName: string, error: CodecError): string {
  if (error.kind === 'syntax') return `Failed to parse body into JSON: ${error.message}`;
  if (error.kind === 'convert') return `Failed to convert JSON into ${shortName} protobuf: ${error.message}`;
  return `Failed to parse body into ${shortName} protobuf`;
}

/** Writes a response body or an event. */
export function encodeBody<T>(
  type: MessageType<T>,
  mediaType: MessageMediaType,
  message: T,
  options?: JsonOptions,
): Uint8Array {
  return mediaType === 'application/json'
    ? utf8Encoder.encode(writeJson(type, message, options))
    : encodeBinary(type, message);
}
