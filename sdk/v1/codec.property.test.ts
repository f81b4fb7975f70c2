import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBinary, decodeBody, encodeBinary, type MessageType, messageType, readJson, writeJson } from './codec.ts';
import { CodecError } from './codec-error.ts';
import { descriptors } from './generated/descriptors.ts';
import type { MessageTypes } from './generated/message-types.ts';
import { arbitraryMessage } from './testing/arbitrary-message.ts';

const names = Object.keys(descriptors.messages) as (keyof MessageTypes)[];

/** Any message of any type, with its type. */
const anyMessage = fc.constantFrom(...names).chain((name) => {
  const type = messageType(name) as MessageType<object>;
  return fc.tuple(fc.constant(type), arbitraryMessage(type));
});

/** JSON prints declared defaults, so what comes back may hold more than what was written: never less or other. */
function expectSameWithDefaults(actual: object, expected: object): void {
  expect(actual).toMatchObject(expected);
}

describe('both codecs, for every message type', () => {
  it('give back the same message from the binary form', () => {
    fc.assert(
      fc.property(anyMessage, ([type, message]) => {
        expect(decodeBinary(type, encodeBinary(type, message))).toEqual(message);
      }),
      { numRuns: 1500 },
    );
  });

  it('give back the same message from the JSON form, and the same text again', () => {
    fc.assert(
      fc.property(anyMessage, ([type, message]) => {
        const text = writeJson(type, message);
        const back = readJson(type, text);
        expectSameWithDefaults(back, message);
        expect(writeJson(type, back)).toBe(text);
      }),
      { numRuns: 1500 },
    );
  });

  it('agree with each other', () => {
    fc.assert(
      fc.property(anyMessage, ([type, message]) => {
        const overBinary = decodeBinary(type, encodeBinary(type, message));
        expect(writeJson(type, overBinary)).toBe(writeJson(type, message));
        const overJson = readJson(type, writeJson(type, message));
        expect(decodeBinary(type, encodeBinary(type, overJson))).toEqual(overJson);
      }),
      { numRuns: 700 },
    );
  });
});

describe('both codecs, fed with garbage', () => {
  const anyType = fc.constantFrom(...names).map((name) => messageType(name) as MessageType<object>);

  it('refuse bytes with a CodecError or read a message that can be written', () => {
    fc.assert(
      fc.property(anyType, fc.uint8Array({ maxLength: 60 }), (type, bytes) => {
        let message: object;
        try {
          message = decodeBinary(type, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
          return;
        }
        expect(decodeBinary(type, encodeBinary(type, message))).toEqual(message);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuse damaged messages with a CodecError or read something that can be written', () => {
    const damaged = anyMessage.chain(([type, message]) =>
      fc.tuple(fc.constant(type), fc.constant(encodeBinary(type, message)), fc.nat(), fc.nat(255)),
    );
    fc.assert(
      fc.property(damaged, ([type, original, at, byte]) => {
        const bytes = new Uint8Array(original);
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        try {
          const message = decodeBinary(type, bytes.subarray(0, bytes.length - (at % 2)));
          encodeBinary(type, message);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse any JSON that is not the message with a CodecError', () => {
    fc.assert(
      fc.property(anyMessage, fc.json(), fc.nat(), ([type, message], junk, at) => {
        const keys = Object.keys(message);
        const text = writeJson(type, message);
        const key = keys[at % Math.max(1, keys.length)];
        const spoiled = key === undefined ? junk : text.replace(`"${key}":`, `"${key}":${junk},"_":`);
        try {
          writeJson(type, decodeBody(type, 'application/json', new TextEncoder().encode(spoiled)));
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
          expect((error as CodecError).kind).not.toBe('write');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
