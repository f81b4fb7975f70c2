import { AGENT_CAPABILITIES, type AgentConfig } from '../../mesos/agent/core/config.ts';
import type { AgentEffect } from '../../mesos/agent/core/effects.ts';
import type { AgentEvent } from '../../mesos/agent/core/events.ts';
import { recoverAgentState } from '../../mesos/agent/core/recover.ts';
import type { AgentState } from '../../mesos/agent/core/state.ts';
import { step } from '../../mesos/agent/core/step.ts';
import type { StoreChange } from '../../sdk/base/step.ts';
import { SimProcess } from '../../sdk/testing/sim-process.ts';
import { parseResources } from '../../sdk/v1/resources-parse.ts';
import { SimAgentLink } from './agent-link.ts';
import { ExecutorServer } from './executor-server.ts';
import { Machine, type MachineEvents } from './machine.ts';
import { MASTER } from './master-daemon.ts';
import { SimChecks } from './sim-checks.ts';
import type { World } from './world.ts';

export type AgentProcess = SimProcess<AgentState, AgentEvent, AgentEffect>;

/** An agent with the machine that it runs on. */
export interface AgentDaemon {
  readonly name: string;
  readonly process: AgentProcess;
  readonly machine: Machine;
}

export interface AgentHooks extends MachineEvents {
  readonly onCommit: (agent: AgentDaemon, records: readonly StoreChange[]) => void;
  /** The agent wants to end: not a crash. */
  readonly onExit: (agent: AgentDaemon, code: number, message: string) => void;
}

/** The real agent's core on a simulated machine. */
export function createAgent(world: World, index: number, hooks: AgentHooks): AgentDaemon {
  const name = `agent-${index}`;
  const machine = new Machine(name, world, hooks);
  const size = world.random.fork(`${name} size`).pick(['cpus:2;mem:2048', 'cpus:4;mem:4096', 'cpus:8;mem:8192']);
  const resources = parseResources(`${size};disk:10000;ports:[31000-31099]`).toProto();
  const checks = new SimChecks(world, machine, {
    onHealth: (containerId, healthy, kill) => process.post({ kind: 'health.reported', containerId, healthy, kill }),
  });
  const link = new SimAgentLink({
    world,
    from: name,
    master: MASTER,
    agentId: () => process.state?.info.id,
    onEvent: (generation, event) => process.post({ kind: 'link.event', generation, event }),
    onClosed: (generation, reason) => process.post({ kind: 'link.closed', generation, reason }),
  });

  const executors = new ExecutorServer((event) => process.post(event));

  const perform = (effect: AgentEffect): void => {
    switch (effect.kind) {
      case 'link.connect':
        link.connect(effect.generation, effect.call);
        return;
      case 'link.send':
        link.send(effect.generation, effect.calls);
        return;
      case 'link.close':
        link.disconnect();
        return;
      case 'container.launch': {
        const { containerId } = effect.spec;
        machine.launch(effect.spec, (result) => {
          if ('pid' in result) process.post({ kind: 'container.started', containerId, pid: result.pid });
          else process.post({ kind: 'container.failed', containerId, ...result });
        });
        return;
      }
      case 'container.kill':
        machine.kill(effect.containerId, effect.graceMs);
        return;
      case 'container.destroy':
        machine.destroy(effect.containerId);
        return;
      case 'container.remove':
        machine.remove(effect.containerId);
        return;
      case 'checks.start':
        checks.start(effect.task);
        return;
      case 'checks.stop':
        checks.stop(effect.containerId);
        return;
      case 'process.exit':
        world.note(name, `exits ${effect.code}: ${effect.message}`);
        process.crash();
        hooks.onExit(daemon, effect.code, effect.message);
        return;
      case 'log':
      case 'sandbox.retire':
        return;
      case 'executor.accept':
        executors.accept(effect.stream);
        return;
      case 'executor.send':
        executors.send(effect.stream, effect.event);
        return;
      case 'executor.close':
        executors.close(effect.stream);
        return;
      case 'http.reply':
        executors.reply(effect.reply, effect.status, effect.text);
        return;
      case 'timer.set':
      case 'timer.clear':
      // The process has timers of its own.
    }
  };

  const process: AgentProcess = new SimProcess<AgentState, AgentEvent, AgentEffect>(world.host(name), {
    boot: ({ entries, clock }) => {
      world.network.listen(name, (incoming) => executors.serve(incoming));
      const recovered = machine.recover({ onExit: (exit) => process.post({ kind: 'container.exited', ...exit }) });
      const config = agentConfig(name, index, String(machine.boots), resources, clock.wallMs());
      return { state: recoverAgentState(config, entries, recovered), first: [{ kind: 'start' }] };
    },
    step,
    perform,
    onDown: () => {
      link.disconnect();
      checks.close();
      executors.clear();
      machine.leave();
      world.leave(name);
    },
    onCommit: (records) => hooks.onCommit(daemon, records),
    describe,
  });
  const daemon: AgentDaemon = { name, process, machine };
  return daemon;
}

function describe(event: AgentEvent): string {
  switch (event.kind) {
    case 'link.event': {
      const { type, run_task: run, kill_task: kill, acknowledge } = event.event;
      const task = run?.task.task_id ?? kill?.task_id ?? acknowledge?.task_id;
      return `${type} ${task?.value ?? ''} on stream ${event.generation}`;
    }
    case 'link.closed':
      return `link closed: ${event.reason}`;
    case 'timer.fired':
      return `timer ${event.key}`;
    case 'container.exited':
      return `exited ${event.containerId} ${event.waitStatus}`;
    default:
      return event.kind;
  }
}

/** What a simulated agent is told at its start. */
export function agentConfig(
  hostname: string,
  index: number,
  bootId: string,
  resources: NonNullable<AgentConfig['info']['resources']>,
  startedAtMs: number,
): AgentConfig {
  return {
    info: {
      hostname,
      port: 5051,
      resources,
      attributes: [{ name: 'rack', type: 'TEXT', text: { value: `r${index % 3}` } }],
    },
    ip: `10.0.1.${index}`,
    workDir: '/var/lib/mesos',
    version: { version: '1.11.0' },
    capabilities: AGENT_CAPABILITIES,
    bootId,
    startedAtMs,
    flags: [],
    recover: 'reconnect',
    registrationBackoffMs: 1_000,
    executorRegistrationTimeoutMs: 60_000,
    executorReregistrationTimeoutMs: 2_000,
    executorShutdownGraceMs: 5_000,
    recoveryTimeoutMs: 900_000,
    switchUser: false,
    baseEnvironment: {},
    maxCompletedFrameworks: 50,
    maxCompletedExecutorsPerFramework: 150,
    maxCompletedTasksPerExecutor: 200,
  };
}
