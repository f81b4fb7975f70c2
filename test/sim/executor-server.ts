import type { AgentEvent } from '../../mesos/agent/core/events.ts';
import type { SimPost } from '../../sdk/testing/sim-call-stream.ts';
import type { Incoming, ServerStream } from '../../sdk/testing/sim-network.ts';
import type { Call, Event } from '../../sdk/v1/generated/executor.ts';

/** The twin of the agent's executor API: requests that wait for an answer, and streams of executors. */
export class ExecutorServer {
  readonly #post: (event: AgentEvent) => boolean;
  readonly #waiting = new Map<number, Incoming>();
  readonly #streams = new Map<number, ServerStream>();
  #next = 1;

  constructor(post: (event: AgentEvent) => boolean) {
    this.#post = post;
  }

  serve(incoming: Incoming): void {
    const number = this.#next++;
    this.#waiting.set(number, incoming);
    this.#post({ kind: 'executor.called', reply: number, call: (incoming.body as SimPost<Call>).body });
  }

  reply(number: number, status: number, text: string): void {
    this.#waiting.get(number)?.reply(status, text);
    this.#waiting.delete(number);
  }

  accept(number: number): void {
    const stream = this.#waiting.get(number)?.open(`executor-${number}`);
    this.#waiting.delete(number);
    if (stream === undefined) return;
    this.#streams.set(number, stream);
    stream.onGone = () => {
      this.#streams.delete(number);
      this.#post({ kind: 'executor.closed', stream: number });
    };
  }

  send(number: number, event: Event): void {
    this.#streams.get(number)?.send(event);
  }

  close(number: number): void {
    this.#streams.get(number)?.close();
    this.#streams.delete(number);
  }

  /** The agent is gone. */
  clear(): void {
    this.#waiting.clear();
    this.#streams.clear();
  }
}
