/** The stream is not RecordIO, or a record is larger than the reader allows. The stream cannot be read on. */
export class RecordError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RecordError';
  }
}

/** Limits of a RecordDecoder. */
export interface RecordDecoderOptions {
  /** Largest record accepted, in bytes. Default 64 MiB. */
  readonly maxRecordBytes?: number;
}

/** Digits of the longest length that is safe to hold in a number. */
const maxLengthDigits = 15;
const encoder = new TextEncoder();

/** Frames one record: its length in bytes as decimal digits, a line feed, the bytes. */
export function encodeRecord(bytes: Uint8Array): Uint8Array {
  const header = encoder.encode(`${bytes.byteLength}\n`);
  const record = new Uint8Array(header.byteLength + bytes.byteLength);
  record.set(header);
  record.set(bytes, header.byteLength);
  return record;
}

/**
 * Takes a RecordIO stream apart, however it is cut into chunks. `push` returns the records that the chunk completed,
 * each as a copy of its own, and throws RecordError on a bad or too large length.
 */
export class RecordDecoder {
  readonly #maxRecordBytes: number;
  /** Digits of the length being read. */
  #digits = '';
  /** The record being filled; undefined while its length is read. */
  #record: Uint8Array | undefined;
  #filled = 0;

  constructor(options: RecordDecoderOptions = {}) {
    this.#maxRecordBytes = options.maxRecordBytes ?? 64 * 1024 * 1024;
  }

  /** True between two records: a stream that ends here ends cleanly. */
  get idle(): boolean {
    return this.#record === undefined && this.#digits === '';
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const records: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#record === undefined) {
        this.#header(chunk[at] as number);
        at++;
      } else {
        const taken = Math.min(chunk.byteLength - at, this.#record.byteLength - this.#filled);
        this.#record.set(chunk.subarray(at, at + taken), this.#filled);
        this.#filled += taken;
        at += taken;
      }
      if (this.#record !== undefined && this.#filled === this.#record.byteLength) {
        records.push(this.#record);
        this.#record = undefined;
      }
    }
    return records;
  }

  #header(byte: number): void {
    if (byte === 0x0a) {
      if (this.#digits === '') throw new RecordError('A record starts with its length, but the line is empty');
      const length = Number(this.#digits);
      if (length > this.#maxRecordBytes) {
        throw new RecordError(`A record of ${length} bytes is larger than the ${this.#maxRecordBytes} bytes allowed`);
      }
      this.#digits = '';
      this.#record = new Uint8Array(length);
      this.#filled = 0;
    } else if (byte < 0x30 || byte > 0x39) {
      throw new RecordError(`A record starts with its length in decimal digits, not with byte 0x${byte.toString(16)}`);
    } else if (this.#digits.length >= maxLengthDigits) {
      throw new RecordError(`A record's length has more than ${maxLengthDigits} digits`);
    } else {
      this.#digits += String.fromCharCode(byte);
    }
  }
}
