import type { MasterEffect } from '../../../mesos/master/core/effects.ts';
import type { MasterEvent } from '../../../mesos/master/core/events.ts';
import { recoverMasterState } from '../../../mesos/master/core/initial.ts';
import { step } from '../../../mesos/master/core/step.ts';
import { configOf, plainFramework, taskOf } from '../../../mesos/master/core/testing.ts';
import { seededIds } from '../../../sdk/base/ids.ts';
import { messageType, writeJson } from '../../../sdk/v1/codec.ts';
import type { Offer } from '../../../sdk/v1/generated/mesos.ts';
import type { Call, Event } from '../../../sdk/v1/generated/scheduler.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import type { Bench } from '../bench.ts';

const AGENTS = 10_000;
const FRAMEWORKS = 200;
const LAUNCHES = 3_000;
const RESOURCES = parseResources('cpus:8;mem:8192;disk:8192;ports:[31000-32000]').toProto();
/** The same for JSON.stringify, which knows no 64-bit integers. */
const PLAIN_RESOURCES: unknown = JSON.parse(
  JSON.stringify(RESOURCES, (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
);
const EVENT = messageType('mesos.v1.scheduler.Event');

/** The master's core with a large cluster played to it. */
export const master: Bench = {
  name: 'master',
  about:
    `The master's core in the bench's process with ${AGENTS.toLocaleString('en')} simulated agents, and ${FRAMEWORKS} frameworks that ` +
    'all want offers: one allocation cycle that offers every agent, the JSON of its events, and ACCEPTs of one task each, from the decoded ' +
    'call to the event for the agent. Sockets and the store are not in these figures. ' +
    'The floor of the cycle is building and writing the JSON of as many bare offers; of an ACCEPT, parsing and writing its JSON once.',
  figures: [
    { key: 'registerRate', label: 'agents registered', unit: '/s' },
    {
      key: 'cycleMs',
      label: 'allocation cycle, all agents offered',
      unit: 'ms',
      floor: 'offersMs',
      peers: 'Mesos 1.8: about 1,100 ms (1,000 frameworks)',
    },
    { key: 'encodeMs', label: 'JSON of its events', unit: 'ms', floor: 'offersMs' },
    { key: 'offersMs', label: 'floor: bare offers and their JSON', unit: 'ms' },
    { key: 'launchRate', label: 'launches', unit: '/s', floor: 'parseRate' },
    { key: 'parseRate', label: 'floor: the JSON of as many ACCEPTs', unit: '/s' },
  ],
  round: async () => {
    const world = new World();
    for (let index = 0; index < FRAMEWORKS; index++) world.subscribe(index);
    const registerMs = timed(() => {
      for (let index = 0; index < AGENTS; index++) world.register(index);
    });
    world.sent.length = 0;
    const cycleMs = timed(() => world.fire('allocation.pending'));
    const events = world.sent.flatMap((effect) => (effect.channel === 'scheduler' ? [effect.event] : []));
    const encodeMs = timed(() => events.map((event) => writeJson(EVENT, event)));
    const offers = events.flatMap((event) => [...(event.offers?.offers ?? [])]);
    if (offers.length !== AGENTS) throw new Error(`${offers.length} of ${AGENTS} agents were offered`);
    const calls = offers.slice(0, LAUNCHES).map((offer, index) => acceptOf(offer, index));
    const launchMs = timed(() => {
      for (const [index, call] of calls.entries()) world.call(offers[index] as Offer, call);
    });
    const texts = calls.map((call) => JSON.stringify(call));
    const parseMs = timed(() => {
      for (const text of texts) JSON.stringify(JSON.parse(text));
    });
    return {
      registerRate: (AGENTS / registerMs) * 1_000,
      cycleMs,
      encodeMs,
      offersMs: timed(bareOffers),
      launchRate: (LAUNCHES / launchMs) * 1_000,
      parseRate: (LAUNCHES / parseMs) * 1_000,
    };
  },
};

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function bareOffers(): void {
  const offers = Array.from({ length: AGENTS }, (_, index) => ({
    id: { value: `offer-${index}` },
    framework_id: { value: `framework-${index % FRAMEWORKS}` },
    agent_id: { value: `agent-${index}` },
    hostname: `host-${index}`,
    resources: PLAIN_RESOURCES,
  }));
  JSON.stringify(offers);
}

function acceptOf(offer: Offer, index: number): Call {
  return {
    type: 'ACCEPT',
    framework_id: offer.framework_id,
    accept: {
      offer_ids: [offer.id],
      operations: [{ type: 'LAUNCH', launch: { task_infos: [taskOf(`t${index}`, offer.agent_id.value)] } }],
      filters: { refuse_seconds: 5 },
    },
  };
}

/** Plays events to a core; keeps what it sends, forgets what it records, fires only the timers it is told to. */
class World {
  readonly sent: Extract<MasterEffect, { kind: 'stream.send' }>[] = [];
  readonly #ids = seededIds(1);
  readonly #state = recoverMasterState({ ...configOf('bench', 1n), maxFrameworks: 10_000 }, []);
  readonly #streams = new Map<string, string>();
  #requests = 0;

  constructor() {
    this.#post({ kind: 'master.started' });
  }

  subscribe(index: number): void {
    const before = this.sent.length;
    const streamId = this.#request({
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { ...plainFramework, name: `framework ${index}` } },
    });
    const subscribed = this.sent.slice(before).find((effect) => (effect.event as Event).type === 'SUBSCRIBED');
    const id = (subscribed?.event as Event | undefined)?.subscribed?.framework_id.value;
    if (id === undefined || streamId === undefined) throw new Error('not subscribed');
    this.#streams.set(id, streamId);
  }

  register(index: number): void {
    const hello = {
      protocol: 1,
      version: '1.11.0',
      agent_info: { hostname: `host-${index}`, port: 5051, resources: RESOURCES },
      capabilities: [{ type: 'MULTI_ROLE' as const }],
    };
    this.#post({
      kind: 'agent.calls',
      requestId: `r${this.#requests++}`,
      principal: null,
      streamId: undefined,
      remoteIp: '127.0.0.1',
      calls: { calls: [{ type: 'REGISTER', register: { hello } }] },
    });
  }

  call(offer: Offer, call: Call): void {
    const replies = this.#request(call, this.#streams.get(offer.framework_id.value));
    if (replies !== undefined) throw new Error('an ACCEPT opened a stream');
  }

  fire(key: string): void {
    this.#post({ kind: 'timer.fired', key });
  }

  #request(call: Call, streamId?: string): string | undefined {
    return this.#post({
      kind: 'scheduler.call',
      requestId: `r${this.#requests++}`,
      principal: null,
      streamId,
      isAcceptable: true,
      call,
    });
  }

  /** Answers the stream that the event opened. */
  #post(event: MasterEvent): string | undefined {
    const nowMs = performance.now();
    const { effects } = step(this.#state, event, { wallMs: Date.now(), monoMs: nowMs, ids: this.#ids });
    let opened: string | undefined;
    for (const effect of effects) {
      if (effect.kind === 'stream.send') this.sent.push(effect);
      else if (effect.kind === 'stream.open') opened = effect.streamId;
      else if (effect.kind === 'http.reply' && effect.status >= 400) throw new Error(`${effect.status} ${effect.text}`);
    }
    return opened;
  }
}
