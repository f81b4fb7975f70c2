import { Harness } from '../../core/testing/harness.ts';
import { MarathonApi } from '../server.ts';

/** An answer, with its JSON when it is some. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly json: any;
}

/** The REST API on the core's little cluster: no Loop, no store, no socket; every request is a real HTTP request. */
export class ApiHarness {
  readonly core: Harness;
  readonly api: MarathonApi;
  hasAbdicated = false;
  #toldEvents = 0;

  constructor(options: ConstructorParameters<typeof Harness>[0] = {}) {
    this.core = new Harness(options).start();
    this.#toldEvents = this.core.events.length;
    this.api = new MarathonApi({
      ip: '127.0.0.1',
      post: (event) => {
        this.core.input(event);
        this.#deliver();
        return true;
      },
      read: async (view) => view(this.core.state),
      now: () => this.core.ctx(),
      info: () => ({ leader: 'marathon.example:8080', httpPort: 8080, master: '127.0.0.1:5050', features: ['vips'] }),
      abdicate: () => {
        this.hasAbdicated = true;
      },
    });
  }

  /** Asks; a body that is no string is sent as JSON. */
  async ask(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.api.server.inject({
      method: method as 'GET',
      url,
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    const isJson = response.body !== '' && String(response.headers['content-type']).includes('application/json');
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      json: isJson ? JSON.parse(response.body) : undefined,
    };
  }

  /** Lets tasks run and deployments end, and tells the streams. */
  converge(): void {
    this.core.converge();
    this.#deliver();
  }

  #deliver(): void {
    for (const reply of this.core.replies.splice(0)) this.api.reply(reply);
    for (const event of this.core.events.slice(this.#toldEvents)) this.api.publish(event);
    this.#toldEvents = this.core.events.length;
  }
}
