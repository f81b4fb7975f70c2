import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecord, RecordDecoder, RecordError } from './recordio.ts';

const text = (value: string) => new TextEncoder().encode(value);
const concat = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('RecordIO', () => {
  it('counts bytes, not characters', () => {
    expect(Buffer.from(encodeRecord(text('"ü"'))).toString()).toBe('4\n"ü"');
  });

  it('reads the same records however the stream is cut', () => {
    const records = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat(400), { maxLength: 30 });
    fc.assert(
      fc.property(records, cuts, (expected, at) => {
        const stream = concat(expected.map(encodeRecord));
        const edges = [0, ...at.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
        const decoder = new RecordDecoder();
        const read = edges.slice(1).flatMap((edge, i) => decoder.push(stream.subarray(edges[i], edge)));
        expect(read).toEqual(expected);
        expect(decoder.idle).toBe(true);
      }),
    );
  });

  it('tells a stream that ends inside a record', () => {
    const decoder = new RecordDecoder();
    decoder.push(text('5\nabc'));
    expect(decoder.idle).toBe(false);
  });

  it.each(['x\n', '-1\n', '\n', '1 \n', '0x5\nabcde', '1'.repeat(30)])('refuses the length %j', (stream) => {
    expect(() => new RecordDecoder().push(text(stream))).toThrow(RecordError);
  });

  it('refuses a record larger than allowed before it arrives', () => {
    const decoder = new RecordDecoder({ maxRecordBytes: 100 });
    expect(decoder.push(encodeRecord(new Uint8Array(100)))).toHaveLength(1);
    expect(() => decoder.push(text('101\n'))).toThrow('101 bytes is larger than the 100 bytes allowed');
  });

  it('hands out records that later chunks do not change', () => {
    const decoder = new RecordDecoder();
    const chunk = Uint8Array.from(text('2\nab'));
    const [record] = decoder.push(chunk);
    chunk.fill(0);
    expect(record).toEqual(text('ab'));
  });
});
