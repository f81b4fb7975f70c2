import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event as AgentEvent, Call_TaskReport } from '../../../sdk/v1/generated/agent_link.ts';
import type { TaskState } from '../../../sdk/v1/generated/mesos.ts';
import type { Call, Event } from '../../../sdk/v1/generated/scheduler.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { MasterState } from './state.ts';
import {
  agentIdOf,
  frameworkIdOf,
  launchCall,
  MasterDriver,
  offersOf,
  type Peer,
  plainFramework,
  taskOf,
  wireResources,
} from './testing.ts';

/** One thing that happens to a master; numbers pick among what there is. */
type Action = readonly [kind: (typeof KINDS)[number], a: number, b: number];

const KINDS = [
  'subscribe',
  'resubscribe',
  'dropScheduler',
  'teardown',
  'register',
  'reregister',
  'forgetfulReregister',
  'dropAgent',
  'unregister',
  'launch',
  'launchExecutor',
  'decline',
  'update',
  'acknowledge',
  'kill',
  'suppress',
  'revive',
  'reconcile',
  'executorExited',
  'wait',
  'garbage',
] as const;

const STATES: readonly TaskState[] = ['TASK_RUNNING', 'TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_STARTING'];

/** A little world around the master: what its peers would know. */
class Scene {
  readonly master = new MasterDriver({ config: { offerTimeoutMs: 20_000, maxCompletedFrameworks: 2 } });
  readonly schedulers: Peer<Event>[] = [];
  readonly agents: Peer<AgentEvent>[] = [];
  #tasks = 0;

  act([kind, a, b]: Action): void {
    const scheduler = this.schedulers[a % Math.max(1, this.schedulers.length)];
    const agent = this.agents[b % Math.max(1, this.agents.length)];
    if (kind === 'subscribe')
      this.schedulers.push(this.master.subscribe({ checkpoint: b % 2 === 0, failover_timeout: b % 40 }));
    else if (kind === 'register') this.agents.push(this.master.agent());
    else if (kind === 'wait') this.master.advance((a % 30) * 1_000);
    else if (kind === 'garbage') this.#garbage(scheduler, a, b);
    else if (scheduler !== undefined && agent !== undefined) this.#between(kind, scheduler, agent, a, b);
  }

  #between(kind: Action[0], scheduler: Peer<Event>, agent: Peer<AgentEvent>, a: number, b: number): void {
    const { master } = this;
    const frameworkId = frameworkIdOf(scheduler);
    const agentId = agentIdOf(agent);
    const offers = offersOf(scheduler).filter((offer) => master.state.offers.has(offer.id.value));
    const offer = offers[b % Math.max(1, offers.length)];
    const taskId = { value: `t${b % Math.max(1, this.#tasks)}` };
    switch (kind) {
      case 'resubscribe': {
        const peer = master.subscribe({}, frameworkId);
        if (peer.events[0]?.type === 'SUBSCRIBED') this.schedulers[this.schedulers.indexOf(scheduler)] = peer;
        return;
      }
      case 'dropScheduler':
        master.drop(scheduler);
        return;
      case 'teardown':
        this.#call(scheduler, { type: 'TEARDOWN' });
        return;
      case 'reregister':
      case 'forgetfulReregister':
        this.#reregister(agent, agentId, kind === 'reregister');
        return;
      case 'dropAgent':
        master.drop(agent);
        return;
      case 'unregister':
        master.agentCalls(agent, { type: 'UNREGISTER' });
        return;
      case 'launch':
      case 'launchExecutor': {
        if (offer === undefined) return;
        const executor = {
          executor_id: { value: `e${a % 2}` },
          command: { value: 'x' },
          resources: wireResources('cpus:0.1'),
        };
        const more = kind === 'launch' ? {} : { command: undefined, executor };
        const used = offers.filter((other) => other.agent_id.value === offer.agent_id.value);
        const tasks = [0, 1].map(() =>
          taskOf(`t${this.#tasks++}`, offer.agent_id.value, `cpus:${(a % 5) + 0.5};mem:64`, more),
        );
        this.#call(scheduler, launchCall(used, tasks, b % 7));
        return;
      }
      case 'decline':
        this.#call(scheduler, {
          type: 'DECLINE',
          decline: { offer_ids: offers.map((one) => one.id), filters: { refuse_seconds: b % 9 } },
        });
        return;
      case 'update':
        master.update(agent, frameworkId, taskId.value, STATES[a % STATES.length] ?? 'TASK_RUNNING');
        return;
      case 'acknowledge': {
        const update = scheduler.events.flatMap((event) => event.update ?? []).at(-(1 + (b % 3)))?.status;
        if (update?.uuid === undefined || update.agent_id === undefined) return;
        const { agent_id, task_id, uuid } = update;
        this.#call(scheduler, { type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
        return;
      }
      case 'kill':
        this.#call(scheduler, { type: 'KILL', kill: { task_id: taskId } });
        return;
      case 'suppress':
        this.#call(scheduler, { type: 'SUPPRESS' });
        return;
      case 'revive':
        this.#call(scheduler, { type: 'REVIVE' });
        return;
      case 'reconcile':
        this.#call(scheduler, { type: 'RECONCILE', reconcile: { tasks: a % 2 === 0 ? [] : [{ task_id: taskId }] } });
        return;
      case 'executorExited':
        master.agentCalls(agent, {
          type: 'EXECUTOR_EXITED',
          executor_exited: { framework_id: { value: frameworkId }, executor_id: { value: `e${a % 2}` }, status: 0 },
        });
        return;
      default:
        return;
    }
  }

  #call(scheduler: Peer<Event>, call: Omit<Call, 'framework_id'>): void {
    this.master.call(scheduler, call);
  }

  /** The agent comes back with what the master believes it runs, or with nothing. */
  #reregister(agent: Peer<AgentEvent>, agentId: string, remembers: boolean): void {
    const { state } = this.master;
    const known = [...(state.agents.get(agentId)?.tasks.values() ?? [])].flatMap((tasks) => [...tasks.values()]);
    const unreachable = [...state.frameworks.values()].flatMap((framework) =>
      [...framework.unreachableTasks.values()].filter((entry) => entry.task.agent_id.value === agentId),
    );
    const entries = remembers ? [...known, ...unreachable] : [];
    const tasks: Call_TaskReport[] = entries.map(({ task }) => ({
      task: { ...task, state: task.state === 'TASK_UNREACHABLE' ? 'TASK_RUNNING' : task.state },
    }));
    const ids = new Set(tasks.map(({ task }) => task.framework_id.value));
    const frameworks = [...ids].map((value) => ({ ...plainFramework, id: { value } }));
    const resources = wireResources('cpus:8;mem:8192;disk:8192;ports:[31000-31099]');
    const back = this.master.agent(
      { agent_info: { hostname: 'host', id: { value: agentId }, resources } },
      { frameworks, tasks },
    );
    if (back.events[0]?.type === 'REREGISTERED') this.agents[this.agents.indexOf(agent)] = back;
  }

  #garbage(scheduler: Peer<Event> | undefined, a: number, b: number): void {
    const calls: Call[] = [
      {},
      { type: 'UNKNOWN', framework_id: { value: 'x' } },
      { type: 'ACCEPT', framework_id: { value: '' } },
      { type: 'DECLINE', framework_id: { value: 'x' }, decline: { offer_ids: [{ value: '' }] } },
      {
        type: 'ACCEPT',
        accept: { operations: [{}, { type: 'LAUNCH' }, { type: 'LAUNCH_GROUP' }, { type: 'UNKNOWN' }] },
      },
      { type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: '' }, agent_id: { value: '' } }] } },
      { type: 'SUBSCRIBE', subscribe: { framework_info: { user: '', name: '', failover_timeout: Number.NaN } } },
    ];
    const call = calls[a % calls.length] ?? {};
    const id = scheduler === undefined || b % 2 === 0 ? {} : { framework_id: { value: frameworkIdOf(scheduler) } };
    this.master.request({
      call: { ...call, ...id },
      ...(scheduler === undefined ? {} : { streamId: scheduler.streamId }),
    });
  }
}

/** Nothing is offered or used twice, and allocator, agents and frameworks agree on what is. */
function expectConsistent(state: MasterState): void {
  for (const agent of state.agents.values()) {
    const held = Resources.sum([...agent.used.values(), agent.offered]);
    expect(agent.total.contains(held.unallocate()), `${held} within ${agent.total}`).toBe(true);
    const free = agent.total.subtract(held.unallocate());
    expect(String(sorted(state.allocator.available(agent.id))), 'free').toBe(String(sorted(free)));
    for (const [frameworkId, used] of agent.used) {
      const sums = [
        ...[...(agent.tasks.get(frameworkId)?.values() ?? [])].filter((entry) => !entry.released),
        ...(agent.executors.get(frameworkId)?.values() ?? []),
      ].map((entry) => entry.resources);
      expect(used.equals(Resources.sum(sums)), 'used is the sum of tasks and executors').toBe(true);
      expect(state.frameworks.get(frameworkId)?.used.get(agent.id)?.equals(used), 'the framework agrees').toBe(true);
    }
  }
  for (const offer of state.offers.values()) {
    expect(state.frameworks.get(offer.frameworkId)?.offers.has(offer.id)).toBe(true);
    expect(state.agents.get(offer.agentId)?.offers.has(offer.id)).toBe(true);
    expect(state.agents.get(offer.agentId)?.active).toBe(true);
  }
  for (const framework of state.frameworks.values()) {
    for (const entry of framework.tasks.values()) {
      const agent = state.agents.get(entry.task.agent_id.value);
      expect(agent?.tasks.get(framework.id)?.get(entry.task.task_id.value), 'the agent has the task').toBe(entry);
    }
    expect(framework.connected).toBe(framework.streamId !== undefined);
  }
}

function sorted(resources: Resources): Resources {
  return Resources.of([...resources.entries].sort((left, right) => (left.meta.name < right.meta.name ? -1 : 1)));
}

test('whatever happens, the books agree and nothing throws', () => {
  const action = fc.tuple(fc.constantFrom(...KINDS), fc.nat(50), fc.nat(50));
  const opening: Action[] = [
    ['register', 0, 0],
    ['register', 0, 0],
    ['subscribe', 0, 30],
    ['subscribe', 0, 31],
  ];
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }), (actions) => {
      const scene = new Scene();
      for (const one of [...opening, ...actions]) {
        scene.act(one);
        expectConsistent(scene.master.state);
      }
    }),
    { numRuns: 150 },
  );
});
