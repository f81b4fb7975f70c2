import type {
  Response,
  Response_GetAgents,
  Response_GetAgents_Agent,
  Response_GetExecutors,
  Response_GetFrameworks,
  Response_GetFrameworks_Framework,
  Response_GetState,
  Response_GetTasks,
} from '../../../sdk/v1/generated/master.ts';
import type { Offer, Task } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { Agent, Framework, MasterState } from './state.ts';
import { timeInfo } from './statuses.ts';

/** GET_STATE of the operator API. */
export function operatorState(state: MasterState): Response_GetState {
  return {
    get_tasks: operatorTasks(state),
    get_executors: operatorExecutors(state),
    get_frameworks: operatorFrameworks(state),
    get_agents: operatorAgents(state),
  };
}

/** GET_AGENTS: registered agents, and those that have not come back since the master's start. */
export function operatorAgents(state: MasterState): Response_GetAgents {
  return {
    agents: lookAtAgents(state).map((make) => make()),
    recovered_agents: Array.from(state.recovered.values(), (agent) => agent.info),
  };
}

/** GET_FRAMEWORKS: present and completed ones. */
export function operatorFrameworks(state: MasterState): Response_GetFrameworks {
  const { present, completed } = lookAtFrameworks(state);
  return { frameworks: present.map((make) => make()), completed_frameworks: completed.map((make) => make()) };
}

/** Every agent as it is now, its message made later: looking is quick, making is not. */
export function lookAtAgents(state: MasterState): (() => Response_GetAgents_Agent)[] {
  return Array.from(state.agents.values(), (agent) => {
    const copy: Agent = { ...agent, used: new Map(agent.used) };
    return () => operatorAgent(copy);
  });
}

/** Every framework as it is now, its message made later. */
export function lookAtFrameworks(state: MasterState): {
  readonly present: (() => Response_GetFrameworks_Framework)[];
  readonly completed: (() => Response_GetFrameworks_Framework)[];
} {
  const look = (framework: Framework) => {
    const copy: Framework = { ...framework, used: new Map(framework.used), offered: new Map(framework.offered) };
    const offers = offersOf(state, framework);
    return () => frameworkMessage(copy, offers);
  };
  return {
    present: Array.from(state.frameworks.values(), look),
    completed: Array.from(state.completedFrameworks.values(), look),
  };
}

/** GET_EXECUTORS: custom executors of all agents; command tasks have none. */
export function operatorExecutors(state: MasterState): Response_GetExecutors {
  const executors = Array.from(state.agents.values()).flatMap((agent) =>
    Array.from(agent.executors.values()).flatMap((ofFramework) =>
      Array.from(ofFramework.values(), ({ info }) => ({ executor_info: info, agent_id: { value: agent.id } })),
    ),
  );
  return { executors };
}

/** GET_TASKS: present, unreachable and completed tasks, those of completed frameworks included. */
export function operatorTasks(state: MasterState): Response_GetTasks {
  const tasks: Task[] = [];
  const unreachable: Task[] = [];
  const completed: Task[] = [];
  for (const framework of [...state.frameworks.values(), ...state.completedFrameworks.values()]) {
    for (const entry of framework.tasks.values()) tasks.push(entry.task);
    for (const entry of framework.unreachableTasks.values()) unreachable.push(entry.task);
    for (const entry of framework.completedTasks) completed.push(entry.task);
  }
  return { tasks, unreachable_tasks: unreachable, completed_tasks: completed };
}

/** GET_ROLES: roles that somebody is subscribed to or that have a weight. */
export function operatorRoles(state: MasterState): Response['get_roles'] {
  const names = new Set<string>(state.weights.keys());
  for (const framework of state.frameworks.values()) for (const role of framework.roles) names.add(role);
  const roles = [...names].sort().map((name) => {
    const members = Array.from(state.frameworks.values()).filter((framework) => framework.roles.has(name));
    const sums = members.flatMap((framework) => [...framework.used.values(), ...framework.offered.values()]);
    const allocated = Resources.sum(sums).filter((entry) => entry.allocationRole === name);
    return {
      name,
      weight: state.weights.get(name) ?? 1,
      frameworks: members.map((framework) => ({ value: framework.id })),
      resources: quantitiesProto(allocated),
    };
  });
  return { roles };
}

/** Sums by name, without role or reservation. */
function quantitiesProto(resources: Resources) {
  return Array.from(resources.quantities())
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, thousandths]) => ({ name, type: 'SCALAR' as const, scalar: { value: thousandths / 1000 } }));
}

/** One agent in the operator API's form. */
export function operatorAgent(agent: Agent): Response_GetAgents_Agent {
  return {
    agent_info: agent.info,
    active: agent.active,
    deactivated: false,
    version: agent.version,
    pid: agent.pid,
    registered_time: timeInfo(agent.registeredAtMs),
    reregistered_time: agent.reregisteredAtMs === undefined ? undefined : timeInfo(agent.reregisteredAtMs),
    total_resources: filled(agent.total.toProto('endpoint')),
    allocated_resources: filled(Resources.sum(agent.used.values()).toProto('endpoint')),
    offered_resources: filled(agent.offered.toProto('endpoint')),
    capabilities: filled(agent.capabilities.map((type) => ({ type }))),
  };
}

/** One framework in the operator API's form. */
export function operatorFramework(state: MasterState, framework: Framework): Response_GetFrameworks_Framework {
  return frameworkMessage(framework, offersOf(state, framework));
}

function offersOf(state: MasterState, framework: Framework): Offer[] {
  return Array.from(framework.offers, (id) => state.offers.get(id)?.offer).filter((offer) => offer !== undefined);
}

function frameworkMessage(framework: Framework, offers: readonly Offer[]): Response_GetFrameworks_Framework {
  const { registeredAtMs, reregisteredAtMs, unregisteredAtMs } = framework;
  return {
    framework_info: framework.info,
    active: framework.active,
    connected: framework.connected,
    recovered: framework.recovered,
    registered_time: timeInfo(registeredAtMs),
    reregistered_time: timeInfo(reregisteredAtMs ?? registeredAtMs),
    unregistered_time: unregisteredAtMs === undefined ? undefined : timeInfo(unregisteredAtMs),
    offers: filled(offers),
    allocated_resources: filled(Resources.sum(framework.used.values()).toProto('endpoint')),
    offered_resources: filled(Resources.sum(framework.offered.values()).toProto('endpoint')),
    offer_constraints: framework.offerConstraints ?? {},
  };
}

/** Upstream prints the lists at the top even when they are empty, and leaves the inner ones out then. */
function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
