import type { MessageMediaType } from './codec.ts';

/** Why a request's headers are refused: the status and Mesos' own text. */
export interface MediaRefusal {
  readonly status: 400 | 406 | 415;
  readonly text: string;
}

const json = 'application/json';
const protobuf = 'application/x-protobuf';

/**
 * The media type of a request body, from its Content-Type header. Names are compared exactly, as Mesos does:
 * absent 400, anything else, a charset included, 415.
 */
export function requestMediaType(contentType: string | undefined): MessageMediaType | MediaRefusal {
  if (contentType === undefined || contentType === '') {
    return { status: 400, text: "Expecting 'Content-Type' to be present" };
  }
  if (contentType === json || contentType === protobuf) return contentType;
  return { status: 415, text: `Expecting 'Content-Type' of ${json} or ${protobuf}` };
}

/**
 * The media type to answer in, from the request's Accept header: JSON when it allows both, or when the header is
 * absent. 406 when it allows neither.
 */
export function responseMediaType(accept: string | undefined): MessageMediaType | MediaRefusal {
  if (accept === undefined || accepts(accept, json)) return json;
  if (accepts(accept, protobuf)) return protobuf;
  return { status: 406, text: `Expecting 'Accept' to allow '${protobuf}' or '${json}'` };
}

/** Looks for `type/subtype`, then `type/*`, then `*` + `/*`; the first one listed decides by its q. */
function accepts(accept: string, mediaType: string): boolean {
  const ranges = accept
    .toLowerCase()
    .replaceAll(/[ \t]/g, '')
    .split(',')
    .map((range) => range.split(';'));
  for (const candidate of [mediaType, 'application/*', '*/*']) {
    const range = ranges.find(([name]) => name === candidate);
    if (range === undefined) continue;
    const quality = range.find((parameter) => parameter.startsWith('q='));
    return quality === undefined || Number(quality.slice(2)) > 0;
  }
  return false;
}
