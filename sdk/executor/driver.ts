import { systemClock } from '../base/clock.ts';
import { systemIds } from '../base/ids.ts';
import { CallStream } from '../v1/call-stream.ts';
import { type MessageMediaType, messageType } from '../v1/codec.ts';
import type { Call, Event, Event_Subscribed } from '../v1/generated/executor.ts';
import type { KillPolicy, TaskInfo, TaskState, TaskStatus } from '../v1/generated/mesos.ts';
import { type ExecutorEnvironment, readExecutorEnvironment } from './environment.ts';

/** What an executor hears from its agent. */
export interface ExecutorCallbacks {
  readonly launch: (task: TaskInfo) => void | Promise<void>;
  readonly kill?: (taskId: string, killPolicy: KillPolicy | undefined) => void;
  /** Data from the scheduler. */
  readonly message?: (data: Uint8Array) => void;
  readonly subscribed?: (subscribed: Event_Subscribed) => void;
  /** The agent wants this executor to end; without a callback the process exits. */
  readonly shutdown?: () => void;
}

/** Wiring of an executor; everything but the callbacks comes from the environment that the agent gives. */
export interface ExecutorDriverOptions extends ExecutorCallbacks {
  readonly environment?: ExecutorEnvironment;
  /** Default JSON. */
  readonly mediaType?: MessageMediaType;
}

/** First delay between attempts to subscribe again; doubles up to the agent's limit. */
const RETRY_FIRST_MS = 50;
const EXIT_DELAY_MS = 100;

/**
 * The executor API with callbacks: subscribes to the agent, sends updates until they are acknowledged, and, when the framework
 * checkpoints, outlives a restart of the agent by subscribing again with what the agent may have missed.
 *
 * Source of behaviour: Mesos executor HTTP API.
 */
export class ExecutorDriver {
  readonly #options: ExecutorDriverOptions;
  readonly #environment: ExecutorEnvironment;
  readonly #unacknowledgedTasks = new Map<string, TaskInfo>();
  readonly #unacknowledgedUpdates = new Map<string, TaskStatus>();
  #stream: CallStream<Call, Event> | undefined;
  #isSubscribed = false;
  #stopped = false;
  #disconnectedMonoMs: number | undefined;
  #retryMs = RETRY_FIRST_MS;

  constructor(options: ExecutorDriverOptions) {
    this.#options = options;
    this.#environment = options.environment ?? readExecutorEnvironment(process.env);
  }

  /** The ids and the sandbox that the agent gave this executor. */
  get environment(): ExecutorEnvironment {
    return this.#environment;
  }

  /** Subscribes to the agent. */
  start(): void {
    const { agentEndpoint, executorId, frameworkId } = this.#environment;
    this.#stream = new CallStream<Call, Event>({
      address: agentEndpoint,
      path: '/api/v1/executor',
      mediaType: this.#options.mediaType ?? 'application/json',
      callType: messageType('mesos.v1.executor.Call'),
      eventType: messageType('mesos.v1.executor.Event'),
      subscribe: {
        type: 'SUBSCRIBE',
        executor_id: { value: executorId },
        framework_id: { value: frameworkId },
        subscribe: {
          unacknowledged_tasks: [...this.#unacknowledgedTasks.values()],
          unacknowledged_updates: [...this.#unacknowledgedUpdates.values()].map((status) => ({ status })),
        },
      },
      onEvent: (event) => this.#onEvent(event),
      onClosed: (reason) => this.#onClosed(reason),
    });
  }

  /** Reports a task's state; repeated after a reconnection until the agent has acknowledged it. */
  update(
    taskId: string,
    state: TaskState,
    details: Partial<Pick<TaskStatus, 'message' | 'data' | 'healthy' | 'labels'>> = {},
  ): void {
    const uuid = systemIds.bytes(16);
    const status: TaskStatus = {
      ...details,
      task_id: { value: taskId },
      state,
      source: 'SOURCE_EXECUTOR',
      executor_id: { value: this.#environment.executorId },
      timestamp: systemClock.wallMs() / 1000,
      uuid,
    };
    this.#unacknowledgedUpdates.set(updateKey(uuid), status);
    this.#send({ type: 'UPDATE', update: { status } });
  }

  /** Sends data to the framework's scheduler; may get lost. */
  message(data: Uint8Array): void {
    this.#send({ type: 'MESSAGE', message: { data } });
  }

  /** Ends the subscription once what was sent has been answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#stream?.flush(EXIT_DELAY_MS * 10);
    this.#stream?.end();
  }

  #send(call: Omit<Call, 'executor_id' | 'framework_id'>): void {
    if (!this.#isSubscribed) return;
    const { executorId, frameworkId } = this.#environment;
    this.#stream?.send({ ...call, executor_id: { value: executorId }, framework_id: { value: frameworkId } });
  }

  #onEvent(event: Event): void {
    switch (event.type) {
      case 'SUBSCRIBED':
        this.#isSubscribed = true;
        this.#disconnectedMonoMs = undefined;
        this.#retryMs = RETRY_FIRST_MS;
        if (event.subscribed !== undefined) this.#options.subscribed?.(event.subscribed);
        return;
      case 'LAUNCH':
        if (event.launch === undefined) return;
        this.#unacknowledgedTasks.set(event.launch.task.task_id.value, event.launch.task);
        void this.#options.launch(event.launch.task);
        return;
      case 'ACKNOWLEDGED':
        if (event.acknowledged === undefined) return;
        this.#unacknowledgedTasks.delete(event.acknowledged.task_id.value);
        this.#unacknowledgedUpdates.delete(updateKey(event.acknowledged.uuid));
        return;
      case 'KILL':
        if (event.kill !== undefined) this.#options.kill?.(event.kill.task_id.value, event.kill.kill_policy);
        return;
      case 'MESSAGE':
        if (event.message !== undefined) this.#options.message?.(event.message.data);
        return;
      case 'SHUTDOWN':
        this.#shutdown();
        return;
      case 'ERROR':
        process.stderr.write(`executor: the agent says: ${event.error?.message ?? 'ERROR'}\n`);
        this.#shutdown();
        return;
      default:
        return;
    }
  }

  #shutdown(): void {
    if (this.#options.shutdown !== undefined) this.#options.shutdown();
    else void this.stop().then(() => process.exit(0));
  }

  #onClosed(reason: string): void {
    this.#isSubscribed = false;
    if (this.#stopped) return;
    const { checkpoint, recoveryTimeoutMs, subscriptionBackoffMaxMs } = this.#environment;
    const nowMs = systemClock.monoMs();
    this.#disconnectedMonoMs ??= nowMs;
    if (!checkpoint || nowMs - this.#disconnectedMonoMs > recoveryTimeoutMs) {
      process.stderr.write(`executor: the agent is gone (${reason}): ending\n`);
      this.#shutdown();
      return;
    }
    setTimeout(() => this.start(), this.#retryMs / 2 + systemIds.next(Math.ceil(this.#retryMs / 2)));
    this.#retryMs = Math.min(subscriptionBackoffMaxMs, this.#retryMs * 2);
  }
}

function updateKey(uuid: Uint8Array): string {
  return Buffer.from(uuid).toString('hex');
}
