import { createWriteStream } from 'node:fs';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface DownloadLimits {
  readonly stallTimeoutMs: number;
  readonly bytesMax: number;
}

const REDIRECTS_MAX = 20;

/** Downloads a URL into a file, following redirects. Throws with upstream's texts; a partial file may stay behind. */
export async function download(url: string, destination: string, limits: DownloadLimits): Promise<void> {
  const response = await open(url, limits, REDIRECTS_MAX);
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limits.bytesMax) done(new Error(`Error downloading resource: larger than ${limits.bytesMax} bytes`));
      else done(null, chunk);
    },
  });
  await pipeline(response, count, createWriteStream(destination)).catch((error: Error) => {
    throw downloadError(error);
  });
  const announced = Number(response.headers['content-length'] ?? bytes);
  if (announced !== bytes) throw new Error(`Error downloading resource: ${bytes} of ${announced} bytes received`);
}

async function open(url: string, limits: DownloadLimits, redirects: number): Promise<IncomingMessage> {
  const response = await request(url, limits);
  const status = response.statusCode ?? 0;
  const location = response.headers.location;
  if (status === 200) return response;
  response.destroy();
  if (status < 300 || status >= 400 || location === undefined) {
    throw new Error(`Error downloading resource, received HTTP return code ${status}`);
  }
  if (redirects === 0) throw new Error(`Error downloading resource: more than ${REDIRECTS_MAX} redirects`);
  const next = new URL(location, url);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') {
    throw new Error(`Error downloading resource: redirect to '${next.protocol}' is not allowed`);
  }
  return open(next.href, limits, redirects - 1);
}

function request(url: string, limits: DownloadLimits): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = new URL(url).protocol === 'https:' ? getHttps : getHttp;
    const options = { timeout: limits.stallTimeoutMs, headers: { 'User-Agent': 'meseta-fetcher', Accept: '*/*' } };
    const call = get(url, options, resolve);
    call.on('timeout', () => call.destroy(new Error(`no byte received for ${limits.stallTimeoutMs / 1_000} seconds`)));
    call.on('error', (error) => reject(downloadError(error)));
  });
}

function downloadError(error: Error): Error {
  const known = error.message.startsWith('Error downloading');
  return known ? error : new Error(`Error downloading resource: ${error.message}`);
}
