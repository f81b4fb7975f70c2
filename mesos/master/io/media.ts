import type { MessageMediaType } from '../../../sdk/v1/codec.ts';

/**
 * The media type that an Accept header lets us answer with: JSON when both are allowed or none is asked for, undefined when
 * neither is.
 */
export function acceptedType(accept: string | undefined): MessageMediaType | undefined {
  if (accept === undefined || accepts(accept, 'application/json')) return 'application/json';
  return accepts(accept, 'application/x-protobuf') ? 'application/x-protobuf' : undefined;
}

function accepts(accept: string, type: string): boolean {
  const [family] = type.split('/');
  return accept.split(',').some((part) => {
    const range = part.split(';', 1)[0]?.trim().toLowerCase();
    return range === type || range === '*/*' || range === `${family}/*`;
  });
}

/** Whether a client takes gzip. */
export function acceptsGzip(encoding: string | undefined): boolean {
  return (encoding ?? '').split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.includes('q=0');
  });
}

/** The media type of a request body, compared exactly as upstream does; undefined for any other. */
export function bodyType(contentType: string): MessageMediaType | undefined {
  return contentType === 'application/json' || contentType === 'application/x-protobuf' ? contentType : undefined;
}

export const NOT_ACCEPTABLE = "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'";
export const NO_CONTENT_TYPE = "Expecting 'Content-Type' to be present";
export const WRONG_CONTENT_TYPE = "Expecting 'Content-Type' of application/json or application/x-protobuf";
