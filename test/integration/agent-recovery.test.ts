import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AgentLife, isAlive, parentOf } from './agent-life.ts';

let life: AgentLife;
beforeEach(async () => {
  life = new AgentLife();
  await life.open();
});
afterEach(() => life.close());

const pidOf = async (taskId: string): Promise<number> => {
  const { container_status: where } = await life.running(taskId);
  return where?.executor_pid ?? 0;
};

/** A task that ends with the status in the file `go` as soon as that is there. */
const WAITS = 'while ! test -s go; do sleep 0.05; done; exit "$(cat go)"';
const letEnd = (taskId: string, status: number): void => {
  const runs = join(life.folder, 'agent/slaves/master-S0/frameworks/F/executors', taskId, 'runs/latest');
  // The same file system and one write: the task reads all or nothing.
  writeFileSync(join(runs, 'go'), String(status));
};

describe('kill -9 of the agent', () => {
  test('every task is adopted, its exit status never lost, ended meanwhile or later', async () => {
    life.run('later', WAITS);
    life.run('meanwhile', WAITS);
    life.run('killed', 'sleep 1000');
    await Promise.all([life.running('later'), life.running('meanwhile'), life.running('killed')]);
    const pid = await pidOf('killed');
    await life.agent.end('SIGKILL');
    letEnd('meanwhile', 7);
    process.kill(pid, 'SIGKILL');
    await eventually('the task is gone', () => !isAlive(pid));
    await life.start();
    expect(await life.ended('meanwhile')).toMatchObject({ message: 'Command exited with status 7' });
    expect(await life.ended('killed')).toMatchObject({ message: 'Command terminated with signal Killed' });
    letEnd('later', 0);
    expect(await life.ended('later')).toMatchObject({ state: 'TASK_FINISHED' });
  });

  test('between any two moments of many launches, each task ends exactly once', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `t${index}`);
    for (const id of ids) life.run(id, 'exit 3');
    await eventually('the first updates', () => life.master.calls.some(({ update }) => update !== undefined));
    await life.agent.end('SIGKILL');
    await life.start();
    // Orders that had not reached the agent are not its to repeat: a master would see them missing and send them anew.
    const known = new Set(
      life.master.calls
        .findLast(({ reregister }) => reregister !== undefined)
        ?.reregister?.tasks?.map(({ task }) => task.task_id.value),
    );
    for (const id of ids.filter((one) => known.has(one))) {
      expect(await life.ended(id)).toMatchObject({ state: 'TASK_FAILED', message: 'Command exited with status 3' });
    }
  });

  test('what a task leaves behind that ended meanwhile is ended by the next agent', async () => {
    life.run('parent', `setsid sleep 1000 & echo $! >left; ${WAITS}`);
    await life.running('parent');
    const left = join(life.folder, 'agent/slaves/master-S0/frameworks/F/executors/parent/runs/latest/left');
    const pid = await eventually(
      'the task tells what it leaves',
      () => Number(readFileSync(left, 'utf8')) || undefined,
    );
    const parent = await pidOf('parent');
    await life.agent.end('SIGKILL');
    letEnd('parent', 3);
    await eventually('the task is gone', () => !isAlive(parent));
    expect(isAlive(pid)).toBe(true);
    await life.start();
    await eventually('what it left is gone', () => !isAlive(pid));
    expect(await life.ended('parent')).toMatchObject({ message: 'Command exited with status 3' });
  });

  test('an update that nobody acknowledged comes again, the same one', async () => {
    life.master.acknowledges = false;
    life.run('t', 'exit 0');
    const first = await life.status('t', ({ state }) => state === 'TASK_STARTING');
    await life.agent.end('SIGKILL');
    life.master.calls.length = 0;
    await life.start();
    const again = await life.status('t', ({ state }) => state === 'TASK_STARTING');
    expect(again.uuid).toEqual(first.uuid);
    life.master.acknowledges = true;
    life.master.acknowledge('F', again);
    expect(await life.ended('t')).toMatchObject({ state: 'TASK_FINISHED' });
    await eventually('nothing is left', async () => {
      const state = (await life.json('/state')) as { frameworks: unknown[] };
      return state.frameworks.length === 0;
    });
  });

  test('a kill goes on', async () => {
    life.run('stubborn', 'trap "" TERM; while true; do sleep 0.1; done');
    const pid = await pidOf('stubborn');
    life.master.killTask('F', 'stubborn', 1_500);
    await life.status('stubborn', ({ state }) => state === 'TASK_KILLING');
    await life.agent.end('SIGKILL');
    await life.start();
    expect(await life.ended('stubborn')).toMatchObject({
      state: 'TASK_KILLED',
      message: 'Command terminated with signal Killed',
    });
    expect(isAlive(pid)).toBe(false);
  });
});

describe('other deaths', () => {
  test('of the spawn helper: tasks go on, and new ones start', async () => {
    life.run('old', WAITS);
    const pid = await pidOf('old');
    const helper = parentOf(parentOf(pid));
    const isHelper = readFileSync(`/proc/${helper}/cmdline`, 'utf8').includes('supervisor');
    expect(isHelper).toBe(true);
    process.kill(helper, 'SIGKILL');
    await eventually('the helper is gone', () => !isAlive(helper));
    life.run('new', 'exit 4');
    expect(await life.ended('new')).toMatchObject({ message: 'Command exited with status 4' });
    letEnd('old', 5);
    expect(await life.ended('old')).toMatchObject({ message: 'Command exited with status 5' });
  });

  test('of a supervisor: its task goes on, and its end is told, truly where the machine still knows it', async () => {
    life.run('t', WAITS);
    const pid = await pidOf('t');
    process.kill(parentOf(pid), 'SIGKILL');
    expect(isAlive(pid)).toBe(true);
    letEnd('t', 0);
    const { state, reason } = await life.ended('t');
    expect([['TASK_FINISHED'], ['TASK_FAILED', 'REASON_EXECUTOR_TERMINATED']]).toContainEqual(
      reason === undefined ? [state] : [state, reason],
    );
  });

  test('SIGSTOP of the spawn helper: ends are told meanwhile, starts come once it goes on', async () => {
    life.run('old', WAITS);
    const helper = parentOf(parentOf(await pidOf('old')));
    process.kill(helper, 'SIGSTOP');
    life.run('new', 'exit 4');
    letEnd('old', 5);
    expect(await life.ended('old')).toMatchObject({ message: 'Command exited with status 5' });
    process.kill(helper, 'SIGCONT');
    expect(await life.ended('new')).toMatchObject({ message: 'Command exited with status 4' });
  });

  test('SIGSTOP of supervisors: a kill reaches the task, and each end is told truly once they go on', async () => {
    life.run('ends', WAITS);
    life.run('killed', 'sleep 1000');
    const pids = await Promise.all([pidOf('ends'), pidOf('killed')]);
    const supervisors = pids.map(parentOf);
    for (const pid of supervisors) process.kill(pid, 'SIGSTOP');
    letEnd('ends', 7);
    life.master.killTask('F', 'killed', 1_500);
    await eventually('both tasks are gone', () => !pids.some(isAlive));
    for (const pid of supervisors) process.kill(pid, 'SIGCONT');
    expect(await life.ended('ends')).toMatchObject({ message: 'Command exited with status 7' });
    expect(await life.ended('killed')).toMatchObject({ state: 'TASK_KILLED' });
  });

  test('SIGSTOP of the agent: what ended meanwhile is told afterwards', async () => {
    life.run('t', WAITS);
    const pid = await pidOf('t');
    life.agent.signal('SIGSTOP');
    letEnd('t', 6);
    await eventually('the task is gone', () => !isAlive(pid));
    life.agent.signal('SIGCONT');
    expect(await life.ended('t')).toMatchObject({ message: 'Command exited with status 6' });
  });

  test('of the master: the agent comes back to it with its tasks', async () => {
    life.run('t', WAITS);
    await life.running('t');
    const before = life.master.registrations;
    life.master.drop();
    await eventually('the agent is back', () => life.master.registrations > before);
    const last = life.master.calls.findLast(({ type }) => type === 'REREGISTER');
    expect(last?.reregister?.tasks).toMatchObject([{ task: { task_id: { value: 't' }, state: 'TASK_RUNNING' } }]);
    letEnd('t', 0);
    expect(await life.ended('t')).toMatchObject({ state: 'TASK_FINISHED' });
  });
});

describe('ends that were asked for', () => {
  test('SIGTERM leaves the tasks', async () => {
    life.run('t', WAITS);
    const pid = await pidOf('t');
    expect(await life.agent.end('SIGTERM')).toBe(0);
    expect(isAlive(pid)).toBe(true);
    await life.start();
    letEnd('t', 0);
    expect(await life.ended('t')).toMatchObject({ state: 'TASK_FINISHED' });
  });

  test('SIGUSR1 takes them along, and the next start says so under the same id', async () => {
    life.run('t', 'sleep 1000 & sleep 1000');
    const pid = await pidOf('t');
    life.master.acknowledges = false;
    expect(await life.agent.end('SIGUSR1')).toBe(0);
    expect(isAlive(pid)).toBe(false);
    life.master.acknowledges = true;
    life.master.calls.length = 0;
    await life.start();
    expect(await life.ended('t')).toMatchObject({
      state: 'TASK_KILLED',
      message: expect.stringContaining('The agent was stopped with its tasks'),
    });
    const { reregister } = life.master.calls.find(({ type }) => type === 'REREGISTER') ?? {};
    expect(reregister?.hello.agent_info.id?.value).toBe('master-S0');
  });
});
