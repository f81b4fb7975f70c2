import { eventually } from './eventually.ts';

/** A task as `/v2/apps/{id}/tasks` shows it. */
export interface MarathonTask {
  readonly id: string;
  readonly state: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly version: string;
  readonly healthCheckResults: readonly { readonly alive: boolean }[];
}

/** A small client of Marathon's REST API for tests. */
export class MarathonClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(this.#url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  /** Sends a change and answers the id of its deployment. */
  async change(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    const deployments = answer.body['deployments'] as readonly { readonly id: string }[] | undefined;
    const id = (answer.body['deploymentId'] as string | undefined) ?? deployments?.[0]?.id;
    if (id === undefined) throw new Error(`${method} ${path} answered no deployment: ${JSON.stringify(answer.body)}`);
    return id;
  }

  /** Sends a change and waits until its deployment is over. */
  async deploy(method: string, path: string, body?: unknown): Promise<void> {
    const id = await this.change(method, path, body);
    await this.deployed(id);
  }

  /** Waits until a deployment is over. */
  async deployed(id: string): Promise<void> {
    await eventually(`deployment ${id} is over`, async () => !(await this.deployments()).includes(id));
  }

  /** Ids of the running deployments. */
  async deployments(): Promise<readonly string[]> {
    const { body } = await this.request('GET', '/v2/deployments');
    return (body as unknown as readonly { id: string }[]).map(({ id }) => id);
  }

  async tasks(appId: string): Promise<readonly MarathonTask[]> {
    const { body } = await this.request('GET', `/v2/apps${appId}/tasks`);
    return (body['tasks'] as readonly MarathonTask[] | undefined) ?? [];
  }

  /** Waits until exactly `count` tasks run, and nothing else is listed. */
  async running(appId: string, count: number): Promise<readonly MarathonTask[]> {
    return await eventually(`${count} tasks of ${appId} run`, async () => {
      const tasks = await this.tasks(appId);
      return tasks.length === count && tasks.every((task) => task.state === 'TASK_RUNNING') ? tasks : undefined;
    });
  }
}

/** One event of `/v2/events`. */
export interface StreamedEvent {
  readonly eventType: string;
  readonly [field: string]: unknown;
}

/** Collects events until closed. */
export async function collectEvents(url: string): Promise<{ events: StreamedEvent[]; close: () => void }> {
  const abort = new AbortController();
  const answer = await fetch(`${url}/v2/events`, { headers: { accept: 'text/event-stream' }, signal: abort.signal });
  const events: StreamedEvent[] = [];
  const read = async (): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: ')) events.push(JSON.parse(line.slice('data: '.length)) as StreamedEvent);
      }
    }
  };
  read().catch(() => {
    // Closed by the test, or with the daemon.
  });
  return { events, close: () => abort.abort() };
}
