import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { decodeBinary, encodeBinary, messageType } from '../../../sdk/v1/codec.ts';
import type { Call, Event } from '../../../sdk/v1/generated/agent_link.ts';
import type { FrameworkInfo, TaskInfo, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { encodeRecord } from '../../../sdk/v1/recordio.ts';

const CALLS = messageType('meseta.agent_link.v1.Calls');
const EVENT = messageType('meseta.agent_link.v1.Event');

/** A master of few words for tests of the agent: registers whoever comes, keeps what it hears, says what the test says. */
export class ScriptedMaster {
  readonly calls: Call[] = [];
  /** Answers updates at once. */
  acknowledges = true;
  epoch = 1n;
  pingTimeoutSeconds = 75;
  /** (RE)REGISTER calls answered. */
  registrations = 0;
  /** The next POSTs of calls break before they are heard. */
  brokenPosts = 0;
  /** Status of every POST of calls. */
  postStatus = 202;
  readonly #server: Server;
  #stream: ServerResponse | undefined;
  #streamCount = 0;
  #waiters: (() => void)[] = [];

  constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  /** Listens on a free port, or on the given one again. */
  async open(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Breaks the stream, as a master that dies does. */
  drop(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  send(event: Event): void {
    this.#stream?.write(encodeRecord(encodeBinary(EVENT, event)));
  }

  runTask(framework_info: FrameworkInfo, task: TaskInfo): void {
    this.send({ type: 'RUN_TASK', run_task: { framework_info, task } });
  }

  killTask(frameworkId: string, taskId: string, graceMs?: number): void {
    const grace = graceMs === undefined ? undefined : { nanoseconds: BigInt(graceMs) * 1_000_000n };
    this.send({
      type: 'KILL_TASK',
      kill_task: {
        framework_id: { value: frameworkId },
        task_id: { value: taskId },
        kill_policy: grace && { grace_period: grace },
      },
    });
  }

  acknowledge(frameworkId: string, status: TaskStatus): void {
    const { task_id, uuid } = status;
    if (uuid === undefined) return;
    this.send({ type: 'ACKNOWLEDGE', acknowledge: { framework_id: { value: frameworkId }, task_id, uuid } });
  }

  /** Statuses heard of a task, in order. */
  statuses(taskId: string): TaskStatus[] {
    return this.calls.flatMap(({ update }) => (update?.status.task_id.value === taskId ? [update.status] : []));
  }

  /** Resolves once what was heard satisfies the condition; the test's own time limit bounds it. */
  async until<Value>(condition: () => Value | undefined | false): Promise<Value> {
    for (;;) {
      const value = condition();
      if (value !== undefined && value !== false) return value;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { calls = [], agent_id } = decodeBinary(CALLS, Buffer.concat(chunks));
    const first = calls[0];
    if (isCalls(first) && this.brokenPosts > 0) {
      this.brokenPosts--;
      request.socket.destroy();
      return;
    }
    const hello = first?.register?.hello ?? first?.reregister?.hello;
    if (hello === undefined) response.writeHead(this.postStatus).end();
    else {
      this.#stream?.destroy();
      this.#stream = response;
      this.registrations++;
      response.writeHead(200, { 'Mesos-Stream-Id': `stream-${++this.#streamCount}` });
      this.send({
        type: first?.type === 'REGISTER' ? 'REGISTERED' : 'REREGISTERED',
        registered: {
          agent_id: agent_id ?? { value: 'master-S0' },
          master_info: { id: 'master', ip: 16777343, port: 5050, hostname: 'localhost', pid: 'master@127.0.0.1:5050' },
          epoch: this.epoch,
          protocol: 1,
          ping_timeout_seconds: this.pingTimeoutSeconds,
        },
      });
    }
    this.calls.push(...calls);
    if (this.acknowledges)
      for (const { update } of calls)
        if (update !== undefined) this.acknowledge(update.framework_id.value, update.status);
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

function isCalls(first: Call | undefined): boolean {
  return first !== undefined && first.type !== 'REGISTER' && first.type !== 'REREGISTER';
}
