import { describe, expect, it } from 'vitest';
import { requestMediaType, responseMediaType } from './http-media.ts';

describe('requestMediaType', () => {
  it.each([
    ['application/json', 'application/json'],
    ['application/x-protobuf', 'application/x-protobuf'],
  ])('accepts %s', (header, expected) => {
    expect(requestMediaType(header)).toBe(expected);
  });

  it('asks for a missing header', () => {
    expect(requestMediaType(undefined)).toEqual({ status: 400, text: "Expecting 'Content-Type' to be present" });
  });

  it.each([
    'text/plain',
    'Application/JSON',
    'application/recordio',
    'application/json; charset=utf-8',
    'application/jsonx',
    'application/json, application/x-protobuf',
  ])('refuses %s', (header) => {
    expect(requestMediaType(header)).toEqual({
      status: 415,
      text: "Expecting 'Content-Type' of application/json or application/x-protobuf",
    });
  });
});

describe('responseMediaType', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*;q=0.5', 'application/json'],
    ['application/x-protobuf, application/json', 'application/json'],
    ['application/x-protobuf', 'application/x-protobuf'],
    ['application/x-protobuf, */*', 'application/json'],
    ['application/json;q=0, application/x-protobuf', 'application/x-protobuf'],
    ['APPLICATION/JSON ; q=0.3', 'application/json'],
  ])('answers %s with %s', (header, expected) => {
    expect(responseMediaType(header)).toBe(expected);
  });

  it.each(['text/html', 'application/recordio', '', 'application/json;q=0', '*/*;q=0'])('refuses %j', (header) => {
    expect(responseMediaType(header)).toEqual({
      status: 406,
      text: "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
    });
  });
});
