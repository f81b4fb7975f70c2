import { describe, expect, test } from 'vitest';
import { LazyList, type LegacyAnswer, writeAnswer } from '../../../sdk/v1/legacy/json.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import { agentsView } from './agent-view.ts';
import { frameworksView } from './framework-view.ts';
import { prometheusText } from './prometheus.ts';
import { rolesView } from './roles-view.ts';
import type { MasterSnapshot } from './snapshot.ts';
import { stateView } from './state-view.ts';
import { summaryView } from './summary-view.ts';
import { tasksView } from './tasks-view.ts';
import { agentSnapshotOf, frameworkSnapshotOf, snapshotOf, taskOf } from './testing.ts';

function text(answer: LegacyAnswer): string {
  return [...writeAnswer(answer)].join('');
}

function parsed<T>(answer: LegacyAnswer): T {
  return JSON.parse(text(answer)) as T;
}

describe('text', () => {
  test('numbers are doubles, bigints integers, undefined is left out, everything is escaped', () => {
    const answer = {
      whole: 1,
      part: 0.1,
      big: 1e21,
      tiny: 1e-7,
      negative: -2,
      count: 3n,
      gone: undefined,
      'k"ey': 'line\nend',
      inner: { list: [true, 1], none: undefined },
    };
    expect(text(answer)).toBe(
      '{"whole":1.0,"part":0.1,"big":1e+21,"tiny":1e-7,"negative":-2.0,"count":3,"k\\"ey":"line\\nend","inner":{"list":[true,1.0]}}',
    );
    expect(text({})).toBe('{}');
  });

  test('a lazy list is made item by item, when it is asked for', () => {
    const made: number[] = [];
    const pieces = writeAnswer({
      list: LazyList.of([1, 2, 3], (item) => {
        made.push(item);
        return item;
      }),
    });
    expect([pieces.next().value, pieces.next().value, pieces.next().value]).toEqual(['{"list":', '[', '1.0']);
    expect(made).toEqual([1]);
    expect([...pieces].join('')).toBe(',2.0,3.0]}');
    expect(text({ list: new LazyList([]) })).toBe('{"list":[]}');
  });
});

describe('/tasks', () => {
  const snapshot = snapshotOf({
    frameworks: [
      frameworkSnapshotOf('f', {
        tasks: [taskOf('new', 'a', ['TASK_STAGING', 'TASK_RUNNING'], 30), taskOf('staging', 'a', [])],
        completedTasks: [taskOf('old', 'a', ['TASK_FINISHED'], 10)],
      }),
    ],
    completedFrameworks: [frameworkSnapshotOf('g', { completedTasks: [taskOf('other', 'a', ['TASK_KILLED'], 20)] })],
  });
  const ids = (query: string): string[] =>
    parsed<{ tasks: { id: string }[] }>(tasksView(snapshot, new URLSearchParams(query))).tasks.map(({ id }) => id);

  test.each([
    ['', ['new', 'other', 'old', 'staging']],
    ['order=asc', ['staging', 'old', 'other', 'new']],
    ['limit=2', ['new', 'other']],
    ['limit=2&offset=1', ['other', 'old']],
    ['limit=0', []],
    ['offset=9', []],
    ['limit=-1&offset=x', ['new', 'other', 'old', 'staging']],
    ['framework_id=g', ['other']],
    ['task_id=old', ['old']],
    ['framework_id=g&task_id=old', []],
  ])('?%s', (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  test('100 tasks are shown unless asked', () => {
    const tasks = Array.from({ length: 150 }, (_, index) => taskOf(`t${index}`, 'a', ['TASK_RUNNING'], index));
    const many = snapshotOf({ frameworks: [frameworkSnapshotOf('f', { tasks })] });
    const { tasks: shown } = parsed<{ tasks: { id: string }[] }>(tasksView(many, new URLSearchParams()));
    expect([shown.length, shown[0]?.id, shown.at(-1)?.id]).toEqual([100, 't149', 't50']);
  });
});

describe('/roles', () => {
  const agent = agentSnapshotOf('a', 'cpus:4;cpus(eng/web):8;mem(eng):64', {
    used: [parseResources('cpus(eng/web):3;cpus:1;ports:[1-10]').allocate('eng/web')],
  });
  const framework = frameworkSnapshotOf('f', {
    roles: new Set(['eng/web']),
    used: [parseResources('cpus(eng/web):3;cpus:1;ports:[1-10]').allocate('eng/web')],
    offered: [parseResources('cpus:2').allocate('eng/web')],
  });

  test('roles above and reserved ones are listed, with what is used below them', () => {
    const snapshot = snapshotOf({ agents: [agent], frameworks: [framework], weights: new Map([['ops', 2.5]]) });
    const { roles } = parsed<{ roles: { name: string }[] }>(rolesView(snapshot));
    expect(roles.map(({ name }) => name)).toEqual(['eng', 'eng/web', 'ops']);
    expect(roles[0]).toEqual({
      name: 'eng',
      weight: 1,
      // Used 4 cpus, and of 8 reserved ones 5 wait.
      quota: { role: 'eng', guarantee: {}, limit: {}, consumed: { cpus: 9, ports: 10, mem: 64 } },
      resources: { cpus: 6, ports: 10 },
      allocated: { cpus: 4, ports: 10 },
      offered: { cpus: 2 },
      reserved: { cpus: 8, mem: 64 },
      frameworks: [],
    });
    expect(roles[1]).toMatchObject({ frameworks: ['f'] });
    expect(roles[2]).toMatchObject({ weight: 2.5, allocated: {} });
  });
});

describe('agents and frameworks', () => {
  const agents = [
    agentSnapshotOf('a', 'cpus:4;mem(spark):64', { reregisteredAtMs: 1_250 }),
    agentSnapshotOf('b', 'cpus:1', { active: false }),
  ];

  test('an agent shows reserved and unreserved resources, flat and in full', () => {
    const recovered = [{ hostname: 'r', id: { value: 'c' } }];
    const all = parsed<{ slaves: unknown[]; recovered_slaves: unknown[] }>(
      agentsView(snapshotOf({ agents, recovered }), new URLSearchParams()),
    );
    expect(all.slaves[0]).toMatchObject({
      id: 'a',
      reregistered_time: 1.25,
      reserved_resources: { spark: { cpus: 0, gpus: 0, mem: 64, disk: 0 } },
      unreserved_resources: { cpus: 4, gpus: 0, mem: 0, disk: 0 },
      reserved_resources_full: {
        spark: [{ name: 'mem', type: 'SCALAR', role: 'spark', reservations: [{ type: 'STATIC', role: 'spark' }] }],
      },
      unreserved_resources_full: [{ name: 'cpus', role: '*' }],
    });
    expect(all.recovered_slaves).toEqual([{ id: 'c', hostname: 'r', port: 5051, attributes: {} }]);
    const one = agentsView(snapshotOf({ agents, recovered }), new URLSearchParams('slave_id=b'));
    expect(parsed(one)).toMatchObject({ slaves: [{ id: 'b' }], recovered_slaves: [] });
  });

  test('/state counts agents by activity and tells who leads', () => {
    expect(parsed(stateView(snapshotOf({ agents, unreachableCount: 3 })))).toMatchObject({
      activated_slaves: 1,
      deactivated_slaves: 1,
      unreachable_slaves: 3,
      leader: 'master@127.0.0.1:5050',
      leader_info: { id: 'm', port: 5050 },
      orphan_tasks: [],
    });
  });

  test('a framework of one role shows it as role, times only where they say something', () => {
    const single = frameworkSnapshotOf('s', { multiRole: false, info: { user: 'u', name: 'n', role: 'r' } });
    const again = frameworkSnapshotOf('t', { reregisteredAtMs: 5_000 });
    const view = frameworksView(snapshotOf({ frameworks: [single, again] }), new URLSearchParams());
    const { frameworks } = parsed<{ frameworks: Record<string, unknown>[] }>(view);
    expect(frameworks[0]).toMatchObject({
      role: 'r',
      unregistered_time: 0,
      failover_timeout: 0,
      offer_constraints: {},
    });
    expect(frameworks[0]).not.toHaveProperty('roles');
    expect(frameworks[0]).not.toHaveProperty('reregistered_time');
    expect(frameworks[1]).toMatchObject({ roles: ['*'], reregistered_time: 5 });
  });
});

test('/state-summary ties agents and frameworks by their tasks, ended ones too', () => {
  const snapshot: MasterSnapshot = snapshotOf({
    agents: [agentSnapshotOf('a', 'cpus:1'), agentSnapshotOf('b', 'cpus:1')],
    frameworks: [
      frameworkSnapshotOf('f', {
        tasks: [taskOf('1', 'a', ['TASK_RUNNING']), taskOf('2', 'a', ['TASK_RUNNING'])],
        completedTasks: [taskOf('3', 'gone', ['TASK_FAILED'])],
      }),
    ],
  });
  expect(JSON.parse([...summaryView(snapshot)].join(''))).toMatchObject({
    slaves: [
      { id: 'a', TASK_RUNNING: 2, TASK_FAILED: 0, framework_ids: ['f'] },
      { id: 'b', TASK_RUNNING: 0, framework_ids: [] },
    ],
    frameworks: [{ id: 'f', TASK_RUNNING: 2, TASK_FAILED: 1, TASK_FINISHED: 0, slave_ids: ['a', 'gone'] }],
  });
});

describe('/metrics', () => {
  test('ids, roles, states and reasons become labels, samples of a metric stand together', () => {
    const figures = new Map([
      ['allocator/mesos/roles/eng/web/shares/dominant', 0.5],
      ['master/frameworks/a%2Fb/f-0000/calls', 3],
      ['master/frameworks/a%2Fb/f-0000/calls/accept', 2],
      ['master/frameworks/a%2Fb/f-0000/roles/eng/web/suppressed', 1],
      ['master/frameworks/c/f-0001/calls', 4],
      ['master/task_failed/source_slave/reason_x"y', 1],
      ['master/tasks_running', 7],
      ['master/tasks_finished', 8],
    ]);
    expect(prometheusText(figures)).toBe(
      [
        '# TYPE mesos_allocator_role_dominant_share gauge',
        'mesos_allocator_role_dominant_share{role="eng/web"} 0.5',
        '# TYPE mesos_master_framework_calls counter',
        'mesos_master_framework_calls{framework="a%2Fb",framework_id="f-0000"} 3',
        'mesos_master_framework_calls{framework="c",framework_id="f-0001"} 4',
        '# TYPE mesos_master_framework_calls_by_type counter',
        'mesos_master_framework_calls_by_type{framework="a%2Fb",framework_id="f-0000",type="accept"} 2',
        '# TYPE mesos_master_framework_role_suppressed gauge',
        'mesos_master_framework_role_suppressed{framework="a%2Fb",framework_id="f-0000",role="eng/web"} 1',
        '# TYPE mesos_master_task_ends counter',
        'mesos_master_task_ends{state="failed",source="slave",reason="x\\"y"} 1',
        '# TYPE mesos_master_tasks_running gauge',
        'mesos_master_tasks_running 7',
        '# TYPE mesos_master_tasks_finished counter',
        'mesos_master_tasks_finished 8',
        '',
      ].join('\n'),
    );
  });
});
