import { describe, expect, test } from 'vitest';
import type { TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import {
  agentIdOf,
  frameworkIdOf,
  lastOffer,
  launchCall,
  MasterDriver,
  offersOf,
  statusesOf,
  taskOf,
  wireResources,
} from './testing.ts';

function withOffer(info: Parameters<MasterDriver['subscribe']>[0] = {}) {
  const master = new MasterDriver();
  const agent = master.agent();
  const peer = master.subscribe(info);
  return { master, agent, agentId: agentIdOf(agent), peer, offer: lastOffer(peer) };
}

describe('ACCEPT with LAUNCH', () => {
  test('sends the tasks to the agent with allocation info and offers the rest again', () => {
    const { master, agent, agentId, peer, offer } = withOffer();
    expect(master.call(peer, launchCall([offer], [taskOf('a', agentId), taskOf('b', agentId)])).status).toBe(202);
    const sent = agent.events.filter((event) => event.type === 'RUN_TASK').map((event) => event.run_task);
    expect(sent.map((run) => run?.task.task_id.value)).toEqual(['a', 'b']);
    expect(sent[0]?.framework_info.id?.value).toBe(frameworkIdOf(peer));
    expect(sent[0]?.task.resources?.[0]?.allocation_info).toEqual({ role: '*' });
    master.advance(1_000);
    const rest = lastOffer(peer);
    expect(rest.id.value).toBe('master1-O1');
    expect(rest.resources?.find((resource) => resource.name === 'cpus')?.scalar?.value).toBe(6);
  });

  test('with 0 seconds of refusal: what a launch leaves over is offered again at once, a plain refusal with the next cycle', () => {
    const { master, agentId, peer, offer } = withOffer();
    master.call(peer, launchCall([offer], [taskOf('a', agentId)]));
    const rest = lastOffer(peer);
    expect(rest.id).not.toEqual(offer.id);
    master.call(peer, launchCall([rest], []));
    expect(lastOffer(peer).id).toEqual(rest.id);
    // Nothing came of this one: at once, a framework that repeats its mistake would spin.
    master.advance(1_000);
    const third = lastOffer(peer);
    master.call(peer, launchCall([third], [taskOf('too large', agentId, 'cpus:100')]));
    expect(lastOffer(peer).id).toEqual(third.id);
  });

  test('declines with the filters when nothing is launched', () => {
    const { master, peer, offer } = withOffer();
    master.call(peer, launchCall([offer], [], 5));
    master.advance(4_000);
    expect(offersOf(peer)).toHaveLength(1);
    master.advance(2_000);
    expect(offersOf(peer)).toHaveLength(2);
  });

  test('merges offers of one agent', () => {
    const { master, agent, agentId, peer, offer } = withOffer();
    master.call(peer, launchCall([offer], [taskOf('a', agentId, 'cpus:4;mem:4096')], 0));
    master.advance(1_000);
    const first = lastOffer(peer);
    master.update(agent, frameworkIdOf(peer), 'a', 'TASK_FINISHED');
    const second = lastOffer(peer);
    expect(second.id).not.toEqual(first.id);
    master.call(peer, launchCall([first, second], [taskOf('whole', agentId, 'cpus:8;mem:8192')]));
    expect(statusesOf(peer).filter((status) => status.source === 'SOURCE_MASTER')).toEqual([]);
    expect(agent.events.at(-1)?.run_task?.task.task_id.value).toBe('whole');
  });

  test.each<[string, string[], string]>([
    ['none', [], 'No offers specified'],
    ['unknown', ['bogus'], 'Offer bogus is no longer valid'],
    ['twice the same', ['master1-O0', 'master1-O0'], 'Duplicate offer master1-O0 in offer list'],
    ['one good, one unknown', ['master1-O0', 'bogus'], 'Offer bogus is no longer valid'],
  ])('drops the tasks when offers are invalid: %s', (_name, ids, error) => {
    const { master, agent, agentId, peer } = withOffer();
    const call = launchCall([], [taskOf('t', agentId)]);
    master.call(peer, { ...call, accept: { ...call.accept, offer_ids: ids.map((value) => ({ value })) } });
    expect(statusesOf(peer)).toMatchObject([
      {
        task_id: { value: 't' },
        state: 'TASK_DROPPED',
        message: `Task launched with invalid offers: ${error}`,
        source: 'SOURCE_MASTER',
        reason: 'REASON_INVALID_OFFERS',
      },
    ]);
    expect(agent.events.some((event) => event.type === 'RUN_TASK')).toBe(false);
    expect(master.state.offers.size).toBe(1);
  });

  test('says TASK_LOST to a framework that knows no partitions', () => {
    const { master, agentId, peer } = withOffer({ roles: undefined, capabilities: [] });
    master.call(peer, launchCall([], [taskOf('t', agentId)]));
    expect(statusesOf(peer)[0]?.state).toBe('TASK_LOST');
  });

  test("does not take or void another framework's offer", () => {
    const { master, agentId, peer, offer } = withOffer();
    const thief = master.subscribe();
    master.call(thief, launchCall([offer], [taskOf('t', agentId)]));
    expect(statusesOf(thief)[0]?.message).toBe(
      `Task launched with invalid offers: Offer master1-O0 has invalid framework master1-0000 while framework master1-0001 is expected`,
    );
    master.call(thief, { type: 'DECLINE', decline: { offer_ids: [offer.id] } });
    expect(master.call(peer, launchCall([offer], [taskOf('t', agentId)])).status).toBe(202);
    expect(statusesOf(peer)).toEqual([]);
  });

  test('refuses offers of different agents together', () => {
    const master = new MasterDriver();
    const one = agentIdOf(master.agent());
    master.agent();
    const peer = master.subscribe();
    const offers = offersOf(peer);
    expect(offers).toHaveLength(2);
    master.call(peer, launchCall(offers, [taskOf('t', one)]));
    expect(statusesOf(peer)[0]?.message).toMatch(/Aggregated offers must belong to one single agent\./);
  });
});

describe('tasks that may not run', () => {
  const valid = (more: Partial<TaskInfo>): Partial<TaskInfo> => more;
  test.each<[string, Partial<TaskInfo>, string]>([
    ['no resources', valid({ resources: [] }), 'Task uses no resources'],
    [
      'more than offered',
      valid({ resources: wireResources('cpus:1000;mem:32') }),
      'Total resources cpus(allocated: *):1000; mem(allocated: *):32 required by task and its executor is more than available cpus(allocated: *):8; mem(allocated: *):8192; disk(allocated: *):8192; ports(allocated: *):[31000-31099]',
    ],
    [
      'no command',
      valid({ command: undefined }),
      'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present',
    ],
    [
      'command and executor',
      valid({ executor: { executor_id: { value: 'e' }, command: { value: 'x' } } }),
      'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present',
    ],
    ['bad id', valid({ task_id: { value: 'a/b' } }), "'a/b' contains invalid characters"],
    ['empty id', valid({ task_id: { value: '' } }), 'ID must not be empty'],
    ['long id', valid({ task_id: { value: 'x'.repeat(256) } }), 'ID must not be greater than 255 characters'],
    [
      'wrong agent',
      valid({ agent_id: { value: 'other' } }),
      'Task uses invalid agent other while agent master1-S0 is expected',
    ],
    [
      'negative grace period',
      valid({ kill_policy: { grace_period: { nanoseconds: -1n } } }),
      "Task's 'kill_policy.grace_period' must be non-negative",
    ],
    [
      'variable without a value',
      valid({ command: { value: 'x', environment: { variables: [{ name: 'A' }] } } }),
      "Task's `CommandInfo` is invalid: Environment variable 'A' of type 'VALUE' must have a value set",
    ],
    ['command without a value', valid({ command: {} }), "Task's `CommandInfo` is invalid: Expecting 'value' to be set"],
    [
      'check without a body',
      valid({ check: { type: 'HTTP' } }),
      "Task uses invalid check: Expecting 'http' to be set for HTTP check",
    ],
    [
      'health check path',
      valid({ health_check: { type: 'HTTP', http: { port: 80, path: 'x' } } }),
      "Task uses invalid health check: The path 'x' of HTTP health check must start with '/'",
    ],
    [
      'two roles',
      valid({
        resources: [
          { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, allocation_info: { role: 'a' } },
          { name: 'mem', type: 'SCALAR', scalar: { value: 32 }, allocation_info: { role: 'b' } },
        ],
      }),
      "Invalid task resources: The resources have multiple allocation roles ('b' and 'a') but only one allocation role is allowed",
    ],
    [
      'docker',
      valid({ container: { type: 'DOCKER', docker: { image: 'busybox' } } }),
      "Field 'container.docker' is not supported by this version of Meseta: leave it out",
    ],
    [
      'an image',
      valid({ container: { type: 'MESOS', mesos: { image: { type: 'DOCKER' } } } }),
      "Field 'container.mesos.image' is not supported by this version of Meseta: leave it out",
    ],
    [
      'limits',
      valid({ limits: { mem: { value: 64 } } }),
      "Field 'limits' is not supported by this version of Meseta: leave it out",
    ],
    [
      'a secret',
      valid({
        command: {
          value: 'x',
          environment: {
            variables: [{ name: 'A', type: 'SECRET', secret: { type: 'VALUE', value: { data: new Uint8Array(1) } } }],
          },
        },
      }),
      "Field 'command.environment.variables[0].secret' is not supported by this version of Meseta: leave it out",
    ],
    [
      'a default executor',
      valid({ command: undefined, executor: { type: 'DEFAULT', executor_id: { value: 'e' } } }),
      "'ExecutorInfo.type' must be 'CUSTOM'",
    ],
  ])('TASK_ERROR: %s', (_name, more, message) => {
    const { master, agent, agentId, peer, offer } = withOffer();
    master.call(peer, launchCall([offer], [taskOf('t', agentId, 'cpus:1;mem:128', more), taskOf('good', agentId)]));
    expect(statusesOf(peer)).toMatchObject([
      { state: 'TASK_ERROR', message, source: 'SOURCE_MASTER', reason: 'REASON_TASK_INVALID' },
    ]);
    const launched = agent.events
      .filter((event) => event.type === 'RUN_TASK')
      .map((event) => event.run_task?.task.task_id.value);
    expect(launched).toEqual(['good']);
  });

  test('one malformed resource spoils all tasks of its LAUNCH', () => {
    const { master, agent, agentId, peer, offer } = withOffer();
    const resources = [
      { name: 'cpus', type: 'SCALAR', scalar: { value: -1 }, allocation_info: { role: '*' } },
    ] as const;
    master.call(peer, launchCall([offer], [taskOf('good', agentId), taskOf('bad', agentId, '', { resources })]));
    const message = "Resource 'cpus(allocated: *):-1' is invalid: Invalid scalar resource: value <= 0";
    expect(statusesOf(peer)).toMatchObject([
      { task_id: { value: 'good' }, state: 'TASK_ERROR', message },
      { task_id: { value: 'bad' }, state: 'TASK_ERROR', message },
    ]);
    expect(agent.events.some((event) => event.type === 'RUN_TASK')).toBe(false);
  });

  test('lists that would take long to compare are refused quickly', () => {
    const { master, agentId, peer, offer } = withOffer();
    const resources = Array.from({ length: 50_000 }, (_, index) => ({
      name: `r${index}`,
      type: 'SCALAR' as const,
      scalar: { value: 1 },
    }));
    const call = launchCall([offer], [taskOf('t', agentId, '', { resources })]);
    master.call(peer, call);
    expect(statusesOf(peer)[0]?.message).toBe('There are 50000 resources where at most 1000 are allowed');
    const ids = Array.from({ length: 200_000 }, (_, index) => ({ value: `o${index}` }));
    master.call(peer, { ...call, accept: { ...call.accept, offer_ids: ids } });
    expect(statusesOf(peer)[1]?.message).toMatch(/is no longer valid$/);
  });

  test('an id that is in use', () => {
    const { master, agentId, peer, offer } = withOffer();
    master.call(peer, launchCall([offer], [taskOf('t', agentId), taskOf('t', agentId)]));
    expect(statusesOf(peer)).toMatchObject([{ state: 'TASK_ERROR', message: 'Task has duplicate ID: t' }]);
    expect(master.state.frameworks.get(frameworkIdOf(peer))?.tasks.size).toBe(1);
  });

  test('a container of type MESOS without image is a plain task', () => {
    const { master, agent, agentId, peer, offer } = withOffer();
    master.call(peer, launchCall([offer], [taskOf('t', agentId, undefined, { container: { type: 'MESOS' } })]));
    expect(agent.events.at(-1)?.type).toBe('RUN_TASK');
  });

  test('an operation id on LAUNCH, a task group, and other operations are refused by name; resources come back', () => {
    const { master, agentId, peer, offer } = withOffer();
    const volume = { name: 'disk', type: 'SCALAR', scalar: { value: 1 } } as const;
    master.call(peer, {
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [
          { type: 'LAUNCH', id: { value: 'op' }, launch: { task_infos: [taskOf('a', agentId)] } },
          {
            type: 'LAUNCH_GROUP',
            launch_group: {
              executor: { type: 'DEFAULT', executor_id: { value: 'e' } },
              task_group: { tasks: [taskOf('b', agentId), taskOf('c', agentId)] },
            },
          },
          { type: 'RESERVE', id: { value: 'op-reserve' }, reserve: { resources: [volume] } },
          { type: 'CREATE', create: { volumes: [volume] } },
        ],
        filters: { refuse_seconds: 0 },
      },
    });
    expect(statusesOf(peer).map((status) => [status.task_id.value, status.reason, status.message])).toEqual([
      ['a', 'REASON_TASK_INVALID', 'The `id` field cannot be set on LAUNCH operations'],
      ['b', 'REASON_TASK_GROUP_INVALID', expect.stringMatching(/LAUNCH_GROUP is not supported/)],
      ['c', 'REASON_TASK_GROUP_INVALID', expect.stringMatching(/LAUNCH_GROUP is not supported/)],
    ]);
    const operations = peer.events.filter((event) => event.type === 'UPDATE_OPERATION_STATUS');
    expect(operations.map((event) => event.update_operation_status?.status)).toEqual([
      {
        operation_id: { value: 'op-reserve' },
        state: 'OPERATION_ERROR',
        message: 'Operation RESERVE is not supported by this version of Meseta',
      },
    ]);
    master.advance(1_000);
    expect(lastOffer(peer).resources).toEqual(offer.resources);
  });
});

describe('custom executors', () => {
  const executor = {
    executor_id: { value: 'e' },
    command: { value: 'run' },
    resources: wireResources('cpus:1;mem:64'),
  };

  test('their resources are used once, and free when they exit', () => {
    const { master, agent, agentId, peer, offer } = withOffer();
    const task = (id: string) => taskOf(id, agentId, 'cpus:1;mem:64', { command: undefined, executor });
    master.call(peer, launchCall([offer], [task('a'), task('b')]));
    const framework = master.state.frameworks.get(frameworkIdOf(peer));
    expect(String(framework?.used.get(agentId))).toBe('cpus(allocated: *):3; mem(allocated: *):192');
    master.advance(1_000);
    expect(lastOffer(peer).executor_ids).toEqual([{ value: 'e' }]);
    master.agentCalls(agent, {
      type: 'EXECUTOR_EXITED',
      executor_exited: { framework_id: { value: frameworkIdOf(peer) }, executor_id: { value: 'e' }, status: 768 },
    });
    expect(peer.events.find((event) => event.type === 'FAILURE')?.failure).toEqual({
      agent_id: { value: agentId },
      executor_id: { value: 'e' },
      status: 768,
    });
    expect(String(framework?.used.get(agentId))).toBe('cpus(allocated: *):2; mem(allocated: *):128');
  });

  test('one id stands for one executor', () => {
    const { master, agentId, peer, offer } = withOffer();
    const other = { ...executor, command: { value: 'another' } };
    master.call(
      peer,
      launchCall(
        [offer],
        [
          taskOf('a', agentId, 'cpus:1;mem:64', { command: undefined, executor }),
          taskOf('b', agentId, 'cpus:1;mem:64', { command: undefined, executor: other }),
        ],
      ),
    );
    expect(statusesOf(peer)).toMatchObject([
      { task_id: { value: 'b' }, message: expect.stringMatching(/not compatible .* differs in command/) },
    ]);
  });
});
