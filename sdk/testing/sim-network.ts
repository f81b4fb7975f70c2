import type { SimRandom } from './sim-random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How a network misbehaves. Chances are per message (a request, an answer, a record of a stream). */
export interface NetworkFaults {
  /** Ordinary latency of a message, least and most. */
  readonly latencyMs: readonly [number, number];
  /** A message takes up to `slowMs` instead. */
  readonly slowChance: number;
  readonly slowMs: number;
  /** The connection breaks: the message is lost, and both ends hear of it. */
  readonly breakChance: number;
  /** The connection goes dead in silence: neither end hears anything any more. */
  readonly stallChance: number;
  /** A request is carried twice, as by a proxy that tries again; the second answer counts. */
  readonly repeatChance: number;
}

/** A network that only has latency. */
export const CALM_NETWORK: NetworkFaults = {
  latencyMs: [0.1, 1],
  slowChance: 0,
  slowMs: 0,
  breakChance: 0,
  stallChance: 0,
  repeatChance: 0,
};

/** What a server gets: one HTTP-like request. It is answered by one `reply` or one `open`. */
export interface Incoming {
  readonly from: string;
  readonly body: unknown;
  /** Answers and ends the exchange. */
  reply(status: number, body?: unknown): void;
  /** Answers with a stream of records, which stays open. */
  open(streamId: string): ServerStream;
}

/** The server's end of a stream. */
export interface ServerStream {
  /** One record, in order; lost without a word when the connection is gone. */
  send(record: unknown): void;
  /** Ends the stream after what was sent. */
  close(): void;
  /** Called once when the peer is known to be gone; not after `close`. */
  onGone: () => void;
}

/** What a client is told about its request. */
export interface Answers {
  readonly onReply?: (status: number, body: unknown) => void;
  readonly onOpen?: (streamId: string) => void;
  readonly onRecord?: (record: unknown) => void;
  /** The connection failed, or the stream ended; told once, and nothing follows. */
  readonly onEnd: (reason: string) => void;
}

/** What the network has to know of a request. */
export interface RequestOptions {
  /**
   * The request goes over a connection that stands already: no connect timeout, and what is under way during a partition arrives after it,
   * also when the client has given up meanwhile.
   */
  readonly isConnected: boolean;
  /** The request may be carried twice. */
  readonly mayRepeat: boolean;
}

/** The client's end of a request. */
export interface Outgoing {
  /** Gives it up; nothing is told any more. A request under way may still be carried out. */
  close(): void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** After this long without an acknowledgement a kernel gives a connection up. */
const TCP_TIMEOUT_MS = 900_000;

/**
 * A network between named processes that speak HTTP-like exchanges over connections, as the real transport shows it:
 *
 * - messages of one exchange arrive in order; those of different exchanges overtake each other;
 * - an exchange breaks as a whole: what was under way is lost, and nothing follows on it;
 * - a request may be carried out and its answer lost;
 * - a partition holds messages back until it heals; new connections time out meanwhile;
 * - a connection may die in silence, so that only the ends' own timers find out;
 * - when a process ends, its peers are told, unless a partition keeps that from them.
 */
export class SimNetwork {
  /** Change it at any time: it holds for messages sent from then on. */
  faults: NetworkFaults;
  readonly #time: VirtualTime;
  readonly #random: SimRandom;
  readonly #servers = new Map<string, (incoming: Incoming) => void>();
  readonly #exchanges = new Set<Exchange>();
  readonly #partitions = new Set<string>();

  constructor(time: VirtualTime, random: SimRandom, faults: NetworkFaults = CALM_NETWORK) {
    this.#time = time;
    this.#random = random;
    this.faults = faults;
  }

  /** Takes requests for a process, until it `leave`s. */
  listen(name: string, serve: (incoming: Incoming) => void): void {
    this.#servers.set(name, serve);
  }

  /** A process has ended: it takes no requests, and each of its connections ends. */
  leave(name: string): void {
    this.#servers.delete(name);
    for (const exchange of [...this.#exchanges]) {
      if (exchange.from === name) exchange.clientLeft();
      else if (exchange.to === name) exchange.serverLeft('connection reset by peer');
    }
  }

  /** A process has ended with its machine: nobody is told, until somebody writes to it or gives up. */
  vanish(name: string): void {
    this.#servers.delete(name);
    for (const exchange of [...this.#exchanges]) {
      if (exchange.from === name) exchange.ghost('client');
      else if (exchange.to === name) exchange.ghost('server');
    }
  }

  /** Sends a request; `from` and `to` are names of processes. */
  request(from: string, to: string, body: unknown, options: RequestOptions, answers: Answers): Outgoing {
    const exchange = new Exchange(this, from, to, answers);
    this.#exchanges.add(exchange);
    const repeats = options.mayRepeat && this.#random.chance(this.faults.repeatChance);
    const connectTimer = options.isConnected
      ? undefined
      : this.#time.after(CONNECT_TIMEOUT_MS, () => exchange.neverConnected());
    exchange.carry('toServer', () => {
      connectTimer?.cancel();
      if (repeats) this.#serve(exchange, body, false);
      this.#serve(exchange, body, true);
    });
    return { close: () => exchange.clientLeft() };
  }

  #serve(exchange: Exchange, body: unknown, counts: boolean): void {
    const serve = this.#servers.get(exchange.to);
    if (serve === undefined) exchange.serverLeft('connection refused');
    else serve(counts ? exchange.incoming(body) : unheard(exchange.from, body, this.#time));
  }

  /** Parts two processes; messages between them wait, both ways. */
  partition(left: string, right: string): void {
    this.#partitions.add(pairOf(left, right));
  }

  /** Joins two processes again; what waited goes on. */
  heal(left: string, right: string): void {
    if (!this.#partitions.delete(pairOf(left, right))) return;
    for (const exchange of [...this.#exchanges]) {
      if (pairOf(exchange.from, exchange.to) === pairOf(left, right)) exchange.resume();
    }
  }

  /** Ends every partition. */
  healAll(): void {
    this.#partitions.clear();
    for (const exchange of [...this.#exchanges]) exchange.resume();
  }

  /** Breaks every connection between two processes (a restarted switch, a dropped NAT entry). */
  breakConnections(left: string, right: string): void {
    for (const exchange of [...this.#exchanges]) {
      if (pairOf(exchange.from, exchange.to) === pairOf(left, right)) exchange.break();
    }
  }

  /** Whether two processes are parted. */
  isParted(left: string, right: string): boolean {
    return this.#partitions.has(pairOf(left, right));
  }

  /** @internal */
  get time(): VirtualTime {
    return this.#time;
  }

  /** @internal */
  get random(): SimRandom {
    return this.#random;
  }

  /** @internal */
  forget(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
  }
}

type Direction = 'toServer' | 'toClient';

/** One request with its answer or stream: a connection of its own. */
class Exchange {
  readonly from: string;
  readonly to: string;
  readonly #network: SimNetwork;
  readonly #lastAtMs = { toServer: 0, toClient: 0 };
  readonly #held: { direction: Direction; deliver: () => void }[] = [];
  #answers: Answers | undefined;
  #stream: (ServerStream & { isOpen: boolean }) | undefined;
  /** Nothing is carried any more, in silence. */
  #dead = false;
  /** The end whose machine is gone. */
  #ghost: 'client' | 'server' | undefined;
  #clientOpen = true;
  #serverOpen = true;

  constructor(network: SimNetwork, from: string, to: string, answers: Answers) {
    this.#network = network;
    this.from = from;
    this.to = to;
    this.#answers = answers;
  }

  /** Brings a message to one end, in order with the others in that direction. */
  carry(direction: Direction, deliver: () => void): void {
    if (this.#dead) {
      this.#knock(direction);
      return;
    }
    const { time, random, faults } = this.#network;
    if (random.chance(faults.breakChance)) {
      this.break();
      return;
    }
    if (random.chance(faults.stallChance)) {
      this.#stall();
      return;
    }
    const slow = random.chance(faults.slowChance);
    const latencyMs = slow ? random.between(0, faults.slowMs) : random.between(...faults.latencyMs);
    const atMs = Math.max(this.#lastAtMs[direction], time.nowMs + latencyMs);
    this.#lastAtMs[direction] = atMs;
    time.at(atMs, () => this.#arrive(direction, deliver));
  }

  #arrive(direction: Direction, deliver: () => void): void {
    if (this.#dead) return;
    const waits = this.#held.some((one) => one.direction === direction);
    if (waits || this.#network.isParted(this.from, this.to)) this.#held.push({ direction, deliver });
    else deliver();
  }

  /** The partition is over: what was held arrives at once, so before whatever is still on its way. */
  resume(): void {
    for (const { direction, deliver } of this.#held.splice(0)) this.#arrive(direction, deliver);
  }

  /** The server's view of the request. */
  incoming(body: unknown): Incoming {
    return {
      from: this.from,
      body,
      reply: (status, answer) => {
        if (!this.#serverOpen) return;
        this.#serverOpen = false;
        this.carry('toClient', () => this.#tell((answers) => answers.onReply?.(status, answer), true));
      },
      open: (streamId) => this.#open(streamId),
    };
  }

  #open(streamId: string): ServerStream {
    const stream = {
      isOpen: this.#serverOpen,
      send: (record: unknown) => {
        if (stream.isOpen) this.carry('toClient', () => this.#tell((answers) => answers.onRecord?.(record), false));
      },
      close: () => {
        if (!stream.isOpen) return;
        stream.isOpen = false;
        this.serverLeft('the server ended the stream');
      },
      onGone: () => undefined,
    };
    this.#stream = stream;
    // The peer left before it was answered: the server finds out as soon as it writes.
    if (!stream.isOpen) this.#network.time.after(0, () => stream.onGone());
    this.carry('toClient', () => this.#tell((answers) => answers.onOpen?.(streamId), false));
    return stream;
  }

  #tell(what: (answers: Answers) => void, isLast: boolean): void {
    const answers = this.#answers;
    if (answers === undefined) return;
    if (isLast) this.#closeClient();
    what(answers);
  }

  /** The client closes, or its process ends; the server hears of it. */
  clientLeft(): void {
    if (!this.#clientOpen) return;
    this.#closeClient();
    this.carry('toServer', () => this.#goneForServer());
  }

  /** The server closes, or its process ends; the client hears of it after what was sent. */
  serverLeft(reason: string): void {
    if (!this.#serverOpen) return;
    this.#serverOpen = false;
    if (this.#stream !== undefined) this.#stream.isOpen = false;
    this.carry('toClient', () => this.failClient(reason));
  }

  /** The client's end fails by itself. */
  failClient(reason: string): void {
    const answers = this.#answers;
    if (answers === undefined) return;
    this.#closeClient();
    if (this.#serverOpen) this.carry('toServer', () => this.#goneForServer());
    answers.onEnd(reason);
  }

  /** The connection never came to be: nothing of it arrives. */
  neverConnected(): void {
    this.#dead = true;
    this.#serverOpen = false;
    this.failClient('connect timed out');
    this.#closeClient();
  }

  /** The connection is torn: each end hears of it in its own time. */
  break(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#held.length = 0;
    const { time, random } = this.#network;
    time.after(random.between(0, 20), () => this.failClient('connection reset'));
    time.after(random.between(0, 20), () => this.#goneForServer());
  }

  #stall(): void {
    this.#dead = true;
    this.#held.length = 0;
    const { time, random } = this.#network;
    time.after(random.between(TCP_TIMEOUT_MS, 1.1 * TCP_TIMEOUT_MS), () => this.failClient('connection timed out'));
    time.after(random.between(TCP_TIMEOUT_MS, 1.1 * TCP_TIMEOUT_MS), () => this.#goneForServer());
  }

  /** One end is gone without a word. */
  ghost(end: 'client' | 'server'): void {
    this.#ghost = end;
    if (end === 'client') {
      this.#answers = undefined;
      this.#clientOpen = false;
    } else {
      this.#serverOpen = false;
      if (this.#stream !== undefined) this.#stream.isOpen = false;
    }
    if (!this.#dead) this.#stall();
  }

  /** Who writes to a machine that was started again is told that it knows no such connection. */
  #knock(direction: Direction): void {
    const { time, random } = this.#network;
    const isGhost = direction === 'toServer' ? this.#ghost === 'server' : this.#ghost === 'client';
    if (!isGhost || random.chance(0.5)) return;
    const told =
      direction === 'toServer' ? () => this.failClient('connection reset by peer') : () => this.#goneForServer();
    time.after(random.between(0, 20), told);
  }

  #closeClient(): void {
    this.#clientOpen = false;
    this.#answers = undefined;
    this.#forgetWhenOver();
  }

  #goneForServer(): void {
    if (!this.#serverOpen) return;
    this.#serverOpen = false;
    const stream = this.#stream;
    const tells = stream?.isOpen === true;
    if (stream !== undefined) stream.isOpen = false;
    this.#forgetWhenOver();
    if (tells) stream?.onGone();
  }

  #forgetWhenOver(): void {
    if (!this.#clientOpen && !this.#serverOpen) this.#network.forget(this);
  }
}

/** A request whose answer nobody hears; a stream that it opens is found dead soon. */
function unheard(from: string, body: unknown, time: VirtualTime): Incoming {
  return {
    from,
    body,
    reply: () => undefined,
    open: () => {
      const stream: ServerStream = { send: () => undefined, close: () => undefined, onGone: () => undefined };
      time.after(100, () => stream.onGone());
      return stream;
    },
  };
}

function pairOf(left: string, right: string): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}
