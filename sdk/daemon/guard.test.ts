import { describe, expect, test } from 'vitest';
import { type GuardedRequest, guardRequest } from './guard.ts';

const request = (changes: Partial<GuardedRequest>): GuardedRequest => ({
  method: 'POST',
  host: '127.0.0.1:5050',
  origin: undefined,
  contentType: 'application/json',
  hasBody: true,
  ...changes,
});
const statusOf = (changes: Partial<GuardedRequest>, options = {}) =>
  guardRequest({ ip: '127.0.0.1', ...options }, request(changes))?.status;

describe('the guard', () => {
  test.each(['localhost:5050', 'LOCALHOST', '127.0.0.1', '[::1]:5050', '192.168.1.7:5050', undefined])(
    'lets Host %s in',
    (host) => {
      expect(statusOf({ host })).toBeUndefined();
    },
  );

  test.each(['evil.example', 'localhost.evil.example', 'cluster.example:5050'])(
    'keeps Host %s out, reads too',
    (host) => {
      expect(statusOf({ host })).toBe(403);
      expect(statusOf({ host, method: 'GET' })).toBe(403);
    },
  );

  test('takes the names that it was given', () => {
    expect(statusOf({ host: 'Cluster.example:5050' }, { hostname: 'cluster.example' })).toBeUndefined();
    expect(statusOf({ host: 'alias:80' }, { allowedHosts: ['alias'] })).toBeUndefined();
    expect(statusOf({ host: 'anything' }, { allowedHosts: ['*'] })).toBeUndefined();
  });

  test('refuses writes of other pages and leaves reads to them', () => {
    expect(statusOf({ origin: 'http://evil.example' })).toBe(403);
    expect(statusOf({ origin: 'null' })).toBe(403);
    expect(statusOf({ origin: 'http://127.0.0.1:8080' })).toBe(403);
    expect(statusOf({ origin: 'http://127.0.0.1:5050' })).toBeUndefined();
    expect(statusOf({ origin: 'http://evil.example', method: 'GET' })).toBeUndefined();
  });

  test('wants to be told what a body is', () => {
    expect(statusOf({ contentType: 'text/plain' })).toBe(415);
    expect(statusOf({ contentType: undefined })).toBe(415);
    expect(statusOf({ contentType: undefined, hasBody: false })).toBeUndefined();
    expect(statusOf({ contentType: 'application/json; charset=utf-8' })).toBeUndefined();
    expect(statusOf({ contentType: 'application/x-protobuf' })).toBe(415);
    expect(
      statusOf({ contentType: 'application/x-protobuf' }, { bodyTypes: ['application/x-protobuf'] }),
    ).toBeUndefined();
  });
});
