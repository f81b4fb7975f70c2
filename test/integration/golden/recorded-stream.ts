import { type IncomingMessage, request } from 'node:http';
import { RecordDecoder } from '../../../sdk/v1/recordio.ts';
import { eventually } from '../../support/eventually.ts';
import { type Numbered, parseNumbered } from './read-matcher.ts';

type Members = Readonly<Record<string, Numbered>>;

/** The master's operator event stream, as a recorder listens to it. */
export class RecordedStream {
  readonly #response: IncomingMessage;
  readonly #events: Numbered[] = [];

  private constructor(response: IncomingMessage) {
    this.#response = response;
    const decoder = new RecordDecoder();
    response.on('error', () => undefined);
    response.on('data', (chunk: Buffer) => {
      for (const record of decoder.push(chunk)) this.#events.push(parseNumbered(Buffer.from(record).toString()));
    });
  }

  static async open(port: number): Promise<RecordedStream> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
      const outgoing = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/v1', headers }, resolve);
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify({ type: 'SUBSCRIBE' }));
    });
    const stream = new RecordedStream(response);
    await eventually('the first events', () => stream.#events.length >= 2);
    return stream;
  }

  /** Events by whom they are about, each in order: tasks have no order among each other. */
  static bySubject(events: readonly Numbered[]): Map<string, Numbered[]> {
    const subjects = new Map<string, Numbered[]>();
    for (const event of events) {
      const subject = subjectOf(event as Members);
      const list = subjects.get(subject);
      if (list === undefined) subjects.set(subject, [event]);
      else list.push(event);
    }
    return subjects;
  }

  bySubject(): Map<string, Numbered[]> {
    return RecordedStream.bySubject(this.#events);
  }

  get headers(): [string, string][] {
    const raw = this.#response.rawHeaders;
    return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as [string, string]] : []));
  }

  close(): void {
    this.#response.destroy();
  }
}

function subjectOf(event: Members): string {
  const added = (event['task_added'] as Members | undefined)?.['task'] as Members | undefined;
  const status = (event['task_updated'] as Members | undefined)?.['status'] as Members | undefined;
  const id = (added ?? status)?.['task_id'] as Members | undefined;
  if (id !== undefined) return `task ${id['value']}`;
  return String(event['type']).startsWith('FRAMEWORK') ? 'frameworks' : String(event['type']);
}
