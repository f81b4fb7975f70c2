import { connect, type Socket } from 'node:net';

/** What came back over a raw connection. */
export interface RawAnswer {
  /** Status of the first answer, 0 when the server closed without one. */
  readonly status: number;
  readonly text: string;
}

const LINGER_MS = 5_000;

/** Sends bytes as they are, and reads until the server closes or a whole head and some quiet have passed. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const finish = (): void => {
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    socket.setTimeout(LINGER_MS, finish);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) socket.setTimeout(50);
    });
    socket.on('error', finish);
    socket.on('close', finish);
    socket.write(bytes);
  });
}

/** Opens connections that say nothing, or half a request, and stay. */
export function openSilent(port: number, count: number, opening = ''): readonly Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    if (opening !== '') socket.write(opening);
    return socket;
  });
}
