import { Agent, type IncomingMessage, request } from 'node:http';
import { RecordDecoder } from '../../../sdk/v1/recordio.ts';
import { eventually } from '../../support/eventually.ts';

interface Status {
  readonly task_id: { readonly value: string };
  readonly agent_id: { readonly value: string };
  readonly state: string;
  readonly uuid?: string;
}

interface Offer {
  readonly id: { readonly value: string };
  readonly agent_id: { readonly value: string };
}

interface Event {
  readonly type: string;
  readonly subscribed?: { readonly framework_id: { readonly value: string } };
  readonly offers?: { readonly offers: readonly Offer[] };
  readonly rescind?: { readonly offer_id: { readonly value: string } };
  readonly update?: { readonly status: Status };
}

/** A framework over plain HTTP that does as the recorded one did: it acknowledges every update. */
export class RecordedFramework {
  readonly #port: number;
  readonly #http = new Agent({ keepAlive: true });
  #stream: IncomingMessage | undefined;
  id = '';
  readonly offers = new Map<string, Offer>();
  readonly states = new Map<string, readonly string[]>();
  readonly #unacknowledged: Promise<unknown>[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** Subscribes; again with the same id when there is one. */
  async subscribe(info: Readonly<Record<string, unknown>>): Promise<void> {
    const id = this.id === '' ? {} : { framework_id: { value: this.id } };
    const frameworkInfo = this.id === '' ? info : { ...info, id: { value: this.id } };
    this.#stream?.destroy();
    const answer = await this.#post({ type: 'SUBSCRIBE', ...id, subscribe: { framework_info: frameworkInfo } });
    if (answer.statusCode !== 200) throw new Error(`SUBSCRIBE answered ${answer.statusCode}`);
    this.#stream = answer;
    const decoder = new RecordDecoder();
    const subscribed = Promise.withResolvers<void>();
    answer.on('error', () => undefined);
    answer.on('data', (chunk: Buffer) => {
      for (const record of decoder.push(chunk)) {
        const event = JSON.parse(Buffer.from(record).toString()) as Event;
        if (event.subscribed !== undefined) {
          this.id = event.subscribed.framework_id.value;
          subscribed.resolve();
        }
        this.#take(event);
      }
    });
    await subscribed.promise;
  }

  /** Launches one task of the next offer and waits for a state; the rest stays with the offer's next round. */
  async launch(task: Readonly<Record<string, unknown>> & { readonly name: string }, until: string): Promise<void> {
    const offer = await eventually('an offer', () => [...this.offers.values()][0]);
    this.offers.delete(offer.id.value);
    const info = {
      task_id: { value: task.name },
      agent_id: offer.agent_id,
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      ],
      ...task,
    };
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [info] } }];
    await this.call('ACCEPT', { accept: { offer_ids: [offer.id], operations, filters: { refuse_seconds: 0 } } });
    await this.reaches(task.name, until);
  }

  async reaches(task: string, state: string): Promise<void> {
    await eventually(`${task} is ${state}`, () => this.states.get(task)?.includes(state));
    await Promise.all(this.#unacknowledged.splice(0));
  }

  /** Declines until all that is free comes in one offer: what came free meanwhile was offered by itself. */
  async gather(): Promise<void> {
    while (this.offers.size !== 1) {
      await this.declineAll();
      await eventually('an offer', () => this.offers.size > 0);
    }
  }

  /** Declines what is offered, without a filter. */
  async declineAll(): Promise<void> {
    const ids = Array.from(this.offers.values(), ({ id }) => id);
    this.offers.clear();
    for (const id of ids) await this.call('DECLINE', { decline: { offer_ids: [id], filters: { refuse_seconds: 0 } } });
  }

  /** Any other call. */
  async call(type: string, body: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const answer = await this.#post({ type, framework_id: { value: this.id }, ...body });
    answer.resume();
    if (answer.statusCode !== 202 && answer.statusCode !== 200)
      throw new Error(`${type} answered ${answer.statusCode}`);
  }

  close(): void {
    this.#stream?.destroy();
    this.#http.destroy();
  }

  #take(event: Event): void {
    for (const offer of event.offers?.offers ?? []) this.offers.set(offer.id.value, offer);
    if (event.rescind !== undefined) this.offers.delete(event.rescind.offer_id.value);
    const status = event.update?.status;
    if (status === undefined) return;
    const { task_id: taskId, agent_id: agentId, uuid } = status;
    this.states.set(taskId.value, [...(this.states.get(taskId.value) ?? []), status.state]);
    if (uuid === undefined) return;
    this.#unacknowledged.push(
      this.call('ACKNOWLEDGE', { acknowledge: { agent_id: agentId, task_id: taskId, uuid } }).catch(() => undefined),
    );
  }

  #post(call: Readonly<Record<string, unknown>>): Promise<IncomingMessage> {
    const streamId = this.#stream?.headers['mesos-stream-id'];
    const isSubscription = call['type'] === 'SUBSCRIBE';
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          port: this.#port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/api/v1/scheduler',
          agent: this.#http,
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            ...(isSubscription || streamId === undefined ? {} : { 'mesos-stream-id': streamId }),
          },
        },
        resolve,
      );
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(call));
    });
  }
}
