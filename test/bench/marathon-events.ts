/** Marathon's event stream, as a client that waits for states of tasks. */
export class MarathonEvents {
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(appId: string, state: string) => void>();

  static async open(url: string): Promise<MarathonEvents> {
    const events = new MarathonEvents();
    const headers = { Accept: 'text/event-stream' };
    const response = await fetch(`${url}/v2/events`, { headers, signal: events.#abort.signal });
    if (!response.ok || response.body === null) throw new Error(`GET /v2/events: ${response.status}`);
    void events.#read(response.body);
    return events;
  }

  /** When so many tasks of an app have become TASK_RUNNING, counted from this call, by performance.now(). */
  running(appId: string, count: number): Promise<number> {
    return this.#count(appId, count, (state) => state === 'TASK_RUNNING');
  }

  /** When a task of the app has ended. */
  gone(appId: string): Promise<number> {
    return this.#count(appId, 1, (state) => ['TASK_KILLED', 'TASK_FAILED', 'TASK_FINISHED'].includes(state));
  }

  close(): void {
    this.#abort.abort();
  }

  #count(appId: string, count: number, matches: (state: string) => boolean): Promise<number> {
    let left = count;
    return new Promise((resolve) => {
      const listener = (app: string, state: string): void => {
        if (app !== appId || !matches(state) || --left > 0) return;
        this.#listeners.delete(listener);
        resolve(performance.now());
      };
      this.#listeners.add(listener);
    });
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) {
        const events = (text + decoder.decode(chunk, { stream: true })).split(/\r?\n\r?\n/);
        text = events.pop() ?? '';
        for (const event of events) this.#onEvent(event);
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }

  #onEvent(event: string): void {
    if (!event.includes('event: status_update_event')) return;
    const data = event
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice('data:'.length))
      .join('\n');
    const { appId, taskStatus } = JSON.parse(data) as { appId: string; taskStatus: string };
    for (const listener of [...this.#listeners]) listener(appId, taskStatus);
  }
}
