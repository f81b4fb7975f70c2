import { Agent, type IncomingMessage, request } from 'node:http';
import { expect } from 'vitest';
import { RecordDecoder } from '../../../sdk/v1/recordio.ts';
import { eventually } from '../../support/eventually.ts';
import { canonical, type Json, type Known, matches } from './compare.ts';
import { matchRecorded, type Numbered, parseNumbered } from './read-matcher.ts';

/** One step of a recorded exchange, as the fixtures hold it. */
export interface Step {
  readonly note?: string;
  readonly send?: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly json?: Json;
    readonly text?: string;
    readonly base64?: string;
  };
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly text?: string;
  /** What a read answered, compared as the recorded reads are; ours may take a moment to get there. */
  readonly read?: Numbered;
  readonly stream?: string;
  readonly event?: { readonly type: string; readonly [key: string]: Json };
  /** CPUs and memory of recorded offers, to find the like of them. */
  readonly amounts?: readonly { readonly id: string; readonly cpus?: number; readonly mem?: number }[];
  /** Seconds between the call before and this event, where it matters. */
  readonly after_s?: number;
  readonly end?: string;
  readonly close?: boolean;
  /** The recording waited until this framework was over. */
  readonly completed?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

interface Offer {
  readonly id: { readonly value: string };
  readonly resources: readonly { readonly name: string; readonly scalar?: { readonly value: number } }[];
}

type Event = { readonly type: string; readonly [key: string]: Json };

/** An open subscription of the replay: what came, by lane, and which offers are outstanding. */
class Subscription {
  readonly id: string;
  readonly #response: IncomingMessage;
  readonly #ignoresRepeats: boolean;
  readonly #uuids = new Set<string>();
  readonly #lanes = new Map<string, Event[]>();
  readonly offers = new Map<string, Offer>();
  ended: 'zero chunk' | 'connection closed' | undefined;
  /** Lanes in the order in which their events came. */
  readonly order: string[] = [];

  constructor(response: IncomingMessage, ignoresRepeats: boolean) {
    this.#response = response;
    this.#ignoresRepeats = ignoresRepeats;
    this.id = String(response.headers['mesos-stream-id']);
    const decoder = new RecordDecoder();
    response.on('data', (chunk: Buffer) => {
      for (const record of decoder.push(chunk)) this.#take(JSON.parse(Buffer.from(record).toString()) as Event);
    });
    response.on('end', () => {
      this.ended = 'zero chunk';
    });
    response.on('error', () => {
      this.ended ??= 'connection closed';
    });
  }

  close(): void {
    this.#response.destroy();
  }

  /** The next event of a lane that the replay has not looked at. */
  take(lane: string): Event | undefined {
    return this.#lanes.get(lane)?.shift();
  }

  /** Lanes with events that the recording does not have. */
  leftovers(): string[] {
    return [...this.#lanes].filter(([, events]) => events.length > 0).map(([lane]) => lane);
  }

  #take(event: Event): void {
    const offers = (event['offers'] as { offers?: Offer[] } | undefined)?.offers ?? [];
    for (const offer of offers) this.offers.set(offer.id.value, offer);
    const rescinded = (event['rescind'] as { offer_id?: { value: string } } | undefined)?.offer_id?.value;
    if (rescinded !== undefined) this.offers.delete(rescinded);
    const uuid = (event['update'] as { status?: { uuid?: string } } | undefined)?.status?.uuid;
    if (uuid !== undefined && this.#ignoresRepeats && this.#uuids.has(uuid)) return;
    if (uuid !== undefined) this.#uuids.add(uuid);
    const lane = laneOf(event);
    this.order.push(lane);
    const events = this.#lanes.get(lane);
    if (events === undefined) this.#lanes.set(lane, [event]);
    else events.push(event);
  }
}

/** Events of one lane come in the recorded order; between lanes (two tasks, say) there is none. */
function laneOf(event: Event): string {
  const status = (event['update'] as { status?: { task_id: { value: string } } } | undefined)?.status;
  return status === undefined ? event.type : `${event.type} ${status.task_id.value}`;
}

/** How ours is known to differ, by a path in the event or by the number of a step. */
export interface ReplayOptions {
  readonly masterPort: number;
  readonly agentPort: number;
  /** Steps whose answer differs on purpose, by note: the status that ours answers. */
  readonly differs: Readonly<Record<string, number>>;
  /** What the recorder did to the processes, by the note that tells of it. */
  readonly acts: Readonly<Record<string, () => Promise<unknown>>>;
  /** Updates that are repeated are passed over: the agent may be killed before it took in an acknowledgement. */
  readonly ignoresRepeats?: boolean | undefined;
}

/** Drives a real master through a recorded scenario and compares all that it says. */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #known: Known;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #all: Subscription[] = [];
  readonly #amounts = new Map<string, { readonly cpus?: number; readonly mem?: number }>();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #recordedOrder = new Map<Subscription, string[]>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#known = new Map([
      ['{master_port}', String(options.masterPort)],
      ['{agent_port}', String(options.agentPort)],
    ]);
  }

  async run(steps: readonly Step[]): Promise<void> {
    try {
      for (const step of steps) {
        for (const amount of step.amounts ?? []) this.#amounts.set(amount.id, amount);
      }
      for (const [index, step] of steps.entries()) await this.#step(step, `step ${index + 1} ${step.note ?? ''}`);
      for (const [name, subscription] of this.#subscriptions) {
        const extra = subscription.leftovers().filter((lane) => !['OFFERS', 'HEARTBEAT', 'RESCIND'].includes(lane));
        expect(extra, `events on '${name}' that the recording does not have`).toEqual([]);
        comparePairs(subscription.order, this.#recordedOrder.get(subscription) ?? [], name);
      }
    } finally {
      for (const subscription of this.#all) subscription.close();
      this.#agent.destroy();
    }
  }

  async #step(step: Step, name: string): Promise<void> {
    const act = this.#options.acts[step.note ?? ''];
    if (act !== undefined) await act();
    if (step.read !== undefined) await this.#read(step, step.read, name);
    else if (step.send !== undefined) await this.#send(step, name);
    else if (step.event !== undefined) {
      await this.#expectEvent(step.stream ?? '', step.event, name);
      if (step.after_s !== undefined) this.#expectTime(step.after_s, name);
    } else if (step.close === true) await this.#close(step.stream ?? '', name);
    else if (step.completed !== undefined) await this.#completed(this.#fill(step.completed), name);
    else if (step.end === 'zero chunk') {
      // The end may come before the answer to the call that causes it: it is looked at when it is there.
      const subscription = this.#subscriptions.get(step.stream ?? '');
      this.#ends.push(async () => {
        await eventually(`${name}: the stream ends`, () => subscription?.ended === 'zero chunk');
      });
    }
  }

  /** Upstream acts on ticks of a second. */
  #expectTime(recordedSeconds: number, name: string): void {
    const seconds = (performance.now() - this.#lastSentMs) / 1000;
    expect(seconds, `${name}: seconds after the call`).toBeGreaterThan(recordedSeconds - 1.1);
    expect(seconds, `${name}: seconds after the call`).toBeLessThan(recordedSeconds + 2);
  }

  #lastSentMs = 0;
  readonly #ends: (() => Promise<void>)[] = [];

  async #send(step: Step, name: string): Promise<void> {
    const { send } = step;
    if (send === undefined) return;
    const body = send.json === undefined ? undefined : await this.#bodyOf(send.json, name);
    const bytes =
      body !== undefined
        ? JSON.stringify(body)
        : send.base64 !== undefined
          ? Buffer.from(send.base64, 'base64')
          : this.#fill(send.text ?? '');
    const headers = send.headers.map(([key, value]) => [key, this.#fill(value)] as const);
    const isSubscription = step.stream !== undefined && step.status === 200;
    this.#lastSentMs = performance.now();
    const { answer, response } = await this.#exchange(send.method, send.path, headers, bytes, isSubscription);
    const different = this.#options.differs[step.note ?? ''];
    if (different !== undefined) {
      expect(answer.status, `${name}: status of ours`).toBe(different);
      return;
    }
    expect(answer.status, `${name}: status of ${JSON.stringify(send.json ?? send.text)}; ${answer.text}`).toBe(
      step.status,
    );
    if (step.headers !== undefined) {
      expect(maskHeaders(answer.headers, step.headers), `${name}: headers`).toEqual(step.headers);
    }
    if (step.text !== undefined) expect(canonical(answer.text), `${name}: text`).toBe(canonical(this.#fill(step.text)));
    if (isSubscription) {
      const subscription = new Subscription(response, this.#options.ignoresRepeats === true);
      this.#subscriptions.set(step.stream ?? '', subscription);
      this.#all.push(subscription);
      this.#known.set(`{stream:${step.stream}}`, subscription.id);
    }
    const closing = this.#ends.splice(0);
    for (const end of closing) await end();
  }

  async #read(step: Step, expected: Numbered, name: string): Promise<void> {
    const { method = 'GET', path = '', json } = step.send ?? {};
    await eventually(`${name}: ${path} answers as recorded`, async () => {
      const headers = [['Content-Type', 'application/json']] as const;
      const { answer } = await this.#exchange(method, path, headers, JSON.stringify(json) ?? '', false);
      expect(answer.status).toBe(step.status);
      matchRecorded(parseNumbered(answer.text), expected, path);
      return true;
    });
  }

  /** Closes a subscription and waits until the master has noticed. */
  async #close(stream: string, name: string): Promise<void> {
    const before = await this.#connected();
    this.#subscriptions.get(stream)?.close();
    await eventually(`${name}: the disconnection is noticed`, async () => (await this.#connected()) < before);
  }

  async #completed(frameworkId: string, name: string): Promise<void> {
    await eventually(`${name}: ${frameworkId} is over`, async () => {
      const [, completed = ''] = (await this.#frameworks()).split('"completed_frameworks"');
      return completed.includes(`"${frameworkId}"`);
    });
  }

  async #connected(): Promise<number> {
    return (await this.#frameworks()).split('"connected":true').length;
  }

  async #frameworks(): Promise<string> {
    const headers = [['Content-Type', 'application/json']] as const;
    const { answer } = await this.#exchange('POST', '/api/v1', headers, '{"type":"GET_FRAMEWORKS"}', false);
    return answer.text;
  }

  async #expectEvent(stream: string, expected: Event, name: string): Promise<void> {
    const subscription = this.#subscriptions.get(stream);
    if (subscription === undefined) throw new Error(`${name}: no subscription '${stream}'`);
    const lane = laneOf(expected);
    this.#recordedOrder.set(subscription, [...(this.#recordedOrder.get(subscription) ?? []), lane]);
    let actual: Event | undefined;
    await eventually(
      `${name}: ${lane} on '${stream}'`,
      () => {
        actual ??= subscription.take(lane);
        return actual !== undefined;
      },
      30_000,
    );
    if (expected.type === 'OFFERS' && expected['offers'] === undefined) return;
    matches(actual as Json, expected, this.#known, `${name}: ${lane}`);
  }

  /** The recorded body with our ids in it; offers are those that are outstanding now. */
  async #bodyOf(body: Json, name: string): Promise<Json> {
    const text = JSON.stringify(body);
    for (const symbol of new Set(text.match(/\{master\}-O\d+/g) ?? [])) {
      if (!this.#known.has(symbol)) this.#known.set(symbol, await this.#pickOffer(symbol, name));
    }
    const filled = this.#fill(text);
    for (const subscription of this.#all) {
      for (const id of [...subscription.offers.keys()]) if (filled.includes(`"${id}"`)) subscription.offers.delete(id);
    }
    return JSON.parse(filled) as Json;
  }

  /** An outstanding offer of the recorded amount; ours offers what is freed at once, so it may have come in pieces: then the largest. */
  async #pickOffer(symbol: string, name: string): Promise<string> {
    const wanted = this.#amounts.get(symbol);
    const cpusOf = (offer: Offer) => offer.resources.find((one) => one.name === 'cpus')?.scalar?.value ?? 0;
    const patienceMs = performance.now() + 2_000;
    const picked = await eventually(`${name}: an offer like ${symbol} of ${JSON.stringify(wanted)}`, () => {
      const offers = this.#all.flatMap((subscription) => [...subscription.offers.values()]);
      const same = offers.find((offer) => cpusOf(offer) === wanted?.cpus);
      if (same !== undefined || performance.now() < patienceMs) return same;
      return offers.sort((left, right) => cpusOf(right) - cpusOf(left))[0];
    });
    return picked.id.value;
  }

  #fill(text: string): string {
    return text.replace(/\{master\}-O\d+|\{[a-z_]+(?::[^}]*)?\}/g, (symbol) => this.#known.get(symbol) ?? symbol);
  }

  #exchange(
    method: string,
    path: string,
    headers: readonly (readonly [string, string])[],
    body: string | Buffer,
    isStream: boolean,
  ): Promise<{ answer: Answer; response: IncomingMessage }> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: '127.0.0.1',
        port: this.#options.masterPort,
        method,
        path,
        agent: isStream ? new Agent() : this.#agent,
        headers: {
          ...Object.fromEntries(headers),
          ...(body.length === 0 && method !== 'POST' ? {} : { 'Content-Length': Buffer.byteLength(body) }),
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const raw = response.rawHeaders;
        const pairs = raw.flatMap((key, at) => (at % 2 === 0 ? [[key, raw[at + 1] ?? ''] as const] : []));
        const answer = (text: string): Answer => ({ status: response.statusCode ?? 0, headers: pairs, text });
        if (isStream) {
          resolve({ answer: answer(''), response });
          return;
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ answer: answer(Buffer.concat(chunks).toString()), response }));
        response.on('error', reject);
      });
      outgoing.end(body);
    });
  }
}

/**
 * The updates of a task and the failures, messages and errors around them come in the recorded order. Tasks have none among
 * each other, and offers follow ticks.
 */
function comparePairs(actual: readonly string[], recorded: readonly string[], stream: string): void {
  const lanes = [...new Set(recorded)].filter((lane) => !['OFFERS', 'RESCIND', 'HEARTBEAT'].includes(lane));
  for (const update of lanes.filter((lane) => lane.startsWith('UPDATE '))) {
    for (const other of lanes.filter((lane) => !lane.startsWith('UPDATE '))) {
      const pair = (lane: string) => lane === update || lane === other;
      expect(actual.filter(pair), `order on '${stream}'`).toEqual(recorded.filter(pair));
    }
  }
}

/** Header values that vary are shown as the fixture shows them. */
function maskHeaders(
  actual: readonly (readonly [string, string])[],
  expected: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  return actual.map(([key, value], at) => [key, expected[at]?.[1] === '*' ? '*' : value]);
}
