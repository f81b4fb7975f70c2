import type { Offer, TaskInfo, TaskState, TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import type { Call, Event } from '../../sdk/v1/generated/scheduler.ts';

/** A task on the fake agent; ended ones stay until their last update is acknowledged. */
export interface FakeTask {
  readonly info: TaskInfo;
  state: TaskState;
  isAlive: boolean;
  /** Updates that the framework has not acknowledged; the first one is on its way. */
  readonly unacknowledged: { readonly state: TaskState; readonly uuid: Uint8Array }[];
}

const AGENT = 'S0';
const TERMINAL: readonly TaskState[] = ['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_ERROR', 'TASK_GONE'];

/**
 * A master with one agent, as a framework sees them: one offer of everything that is free, updates until they are acknowledged,
 * reconciliation, kills. Tasks do nothing: a test ends them.
 */
export class FakeMaster {
  readonly tasks = new Map<string, FakeTask>();
  /** Every launch, in order. */
  readonly launches: TaskInfo[] = [];
  readonly calls: Call[] = [];
  isReachable = true;
  /** False: the master has started anew and waits for its agent; of its tasks it says nothing, and drops kills. */
  isAgentBack = true;
  totalCpus = 4;
  hostname = 'agent.example';
  readonly #deliver: (event: Event) => void;
  #isSubscribed = false;
  #isSuppressed = false;
  #isDeclined = false;
  #offer: string | undefined;
  #nextOffer = 0;
  #nextUuid = 0;

  constructor(deliver: (event: Event) => void) {
    this.#deliver = deliver;
  }

  /** A new connection; what was offered on the old one is void. */
  subscribe(call: Call): void {
    this.#isSubscribed = true;
    this.#isDeclined = false;
    this.#isSuppressed = (call.subscribe?.suppressed_roles?.length ?? 0) > 0;
    this.#offer = undefined;
    this.#deliver({
      type: 'SUBSCRIBED',
      subscribed: { framework_id: { value: 'F0' }, heartbeat_interval_seconds: 1e6 },
    });
    for (const task of this.tasks.values()) this.#sendFirst(task);
    this.offer();
  }

  disconnect(): void {
    this.#isSubscribed = false;
    this.#offer = undefined;
  }

  call(call: Call): void {
    this.calls.push(call);
    if (!this.#isSubscribed) return;
    const taskId = call.kill?.task_id.value ?? call.acknowledge?.task_id.value ?? '';
    if (call.type === 'ACCEPT') this.#accept(call);
    else if (call.type === 'DECLINE') {
      this.#offer = undefined;
      this.#isDeclined = true;
    } else if (call.type === 'SUPPRESS') this.#isSuppressed = true;
    else if (call.type === 'REVIVE') {
      this.#isSuppressed = false;
      this.#isDeclined = false;
      this.offer();
    } else if (call.type === 'KILL') this.#kill(taskId);
    else if (call.type === 'ACKNOWLEDGE') this.#acknowledge(taskId);
    else if (call.type === 'RECONCILE')
      for (const one of call.reconcile?.tasks ?? []) this.#reconcile(one.task_id.value);
  }

  /** Offers what is free, unless it is not wanted. */
  offer(): void {
    if (!this.#isSubscribed || this.#isSuppressed || this.#isDeclined || this.#offer !== undefined) return;
    const used = [...this.tasks.values()].filter((task) => task.isAlive).length;
    const cpus = this.totalCpus - used;
    if (cpus <= 0 || !this.isReachable || !this.isAgentBack) return;
    this.#offer = `O${this.#nextOffer++}`;
    const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value }, role: '*' }) as const;
    const offer: Offer = {
      id: { value: this.#offer },
      framework_id: { value: 'F0' },
      agent_id: { value: AGENT },
      hostname: this.hostname,
      resources: [scalar('cpus', cpus), scalar('mem', 100_000), scalar('disk', 100_000)],
    };
    this.#deliver({ type: 'OFFERS', offers: { offers: [offer] } });
  }

  /** A task changes its state; its update is sent until acknowledged. */
  update(taskId: string, state: TaskState): void {
    const task = this.tasks.get(taskId);
    if (task === undefined || !task.isAlive) return;
    task.state = state;
    if (TERMINAL.includes(state)) task.isAlive = false;
    task.unacknowledged.push({ state, uuid: Uint8Array.of(this.#nextUuid++ & 0xff) });
    if (task.unacknowledged.length === 1) this.#sendFirst(task);
    if (!task.isAlive) this.offer();
  }

  /** Ids of the tasks that live. */
  get alive(): readonly string[] {
    return [...this.tasks].filter(([, task]) => task.isAlive).map(([taskId]) => taskId);
  }

  /** Sends an update that nobody has to acknowledge, as reconciliation does. */
  say(taskId: string, state: TaskState): void {
    const status: TaskStatus = {
      task_id: { value: taskId },
      agent_id: { value: AGENT },
      state,
      source: 'SOURCE_MASTER',
      reason: 'REASON_RECONCILIATION',
    };
    if (this.#isSubscribed) this.#deliver({ type: 'UPDATE', update: { status } });
  }

  #accept(call: Call): void {
    const { accept } = call;
    if (accept === undefined || accept.offer_ids?.[0]?.value !== this.#offer) return;
    this.#offer = undefined;
    for (const info of accept.operations?.flatMap((operation) => operation.launch?.task_infos ?? []) ?? []) {
      this.launches.push(info);
      this.tasks.set(info.task_id.value, { info, state: 'TASK_STAGING', isAlive: true, unacknowledged: [] });
      this.update(info.task_id.value, 'TASK_RUNNING');
    }
    this.#isDeclined = (accept.filters?.refuse_seconds ?? 5) > 0;
    this.offer();
  }

  #kill(taskId: string): void {
    if (!this.isAgentBack) return;
    const task = this.tasks.get(taskId);
    if (task?.isAlive && this.isReachable) this.update(taskId, 'TASK_KILLED');
    else this.#reconcile(taskId);
  }

  #reconcile(taskId: string): void {
    if (!this.isAgentBack) return;
    const task = this.tasks.get(taskId);
    if (!this.isReachable) this.say(taskId, 'TASK_UNREACHABLE');
    else this.say(taskId, task?.unacknowledged[0]?.state ?? task?.state ?? 'TASK_GONE');
  }

  #acknowledge(taskId: string): void {
    const task = this.tasks.get(taskId);
    if (task === undefined) return;
    task.unacknowledged.shift();
    if (task.unacknowledged.length > 0) this.#sendFirst(task);
    else if (!task.isAlive) this.tasks.delete(taskId);
  }

  #sendFirst(task: FakeTask): void {
    const first = task.unacknowledged[0];
    if (first === undefined || !this.#isSubscribed || !this.isReachable || !this.isAgentBack) return;
    const status: TaskStatus = {
      task_id: task.info.task_id,
      agent_id: { value: AGENT },
      state: first.state,
      uuid: first.uuid,
      source: 'SOURCE_EXECUTOR',
    };
    this.#deliver({ type: 'UPDATE', update: { status } });
  }
}
