import { describe, expect, test } from 'vitest';
import { TEST_START_MS, TestChronos } from '../testing/test-chronos.ts';

const MINUTE_MS = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

describe('a scheduled job', () => {
  test('with an empty start runs at once, then every period', () => {
    const chronos = new TestChronos();
    expect(chronos.put({ name: 'a', schedule: 'R//PT1M' })).toBe(204);
    expect(chronos.master.launches).toHaveLength(1);
    chronos.endTasks('TASK_FINISHED');
    chronos.advance(MINUTE_MS - 1);
    expect(chronos.master.launches).toHaveLength(1);
    chronos.advance(1);
    expect(chronos.master.launches).toHaveLength(2);
    expect(chronos.entry('a').progress.successCount).toBe(1);
  });

  test('with a start in the past runs at once for its latest due time, then on its grid', () => {
    const chronos = new TestChronos();
    chronos.wallMs = Date.parse('2026-06-01T10:01:30Z');
    chronos.put({ name: 'a', schedule: 'R/2016-03-14T12:35:00.000Z/PT3M' });
    expect(chronos.master.launches.map((task) => task.task_id.value)).toEqual([
      `ct:${Date.parse('2026-06-01T09:59:00Z')}:0:a:`,
    ]);
    chronos.endTasks('TASK_FINISHED');
    chronos.advance(29_999);
    expect(chronos.runs('a').map(({ due }) => due)).toEqual(['2026-06-01T09:59:00.000Z']);
    chronos.advance(1);
    expect(chronos.runs('a')[0]?.due).toBe('2026-06-01T10:02:00.000Z');
  });

  test('Rn makes exactly n runs however late and however often it is restarted, then is disabled', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: `R3/${iso(TEST_START_MS - 10 * MINUTE_MS)}/PT1M` });
    for (let minute = 0; minute < 10; minute++) {
      chronos.restart();
      chronos.endTasks('TASK_FINISHED');
      chronos.advance(MINUTE_MS * (1 + (minute % 2)));
    }
    expect(chronos.master.launches).toHaveLength(3);
    expect(chronos.entry('a').job.disabled).toBe(true);
  });

  test('that is still running when it is due again runs its latest due time afterwards, and records the others', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R//PT1M' });
    chronos.advance(3.5 * MINUTE_MS);
    expect(chronos.master.launches).toHaveLength(1);
    chronos.endTasks('TASK_FINISHED');
    expect(chronos.master.launches).toHaveLength(2);
    expect(chronos.runs('a')[0]?.due).toBe(iso(TEST_START_MS + 3 * MINUTE_MS));
    expect(chronos.entry('a').progress.skips).toMatchObject([
      { fromMs: TEST_START_MS + MINUTE_MS, toMs: TEST_START_MS + 2 * MINUTE_MS, count: 2, reason: 'superseded' },
    ]);
  });

  test('records what it skips between two runs as a range of its own', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R//PT1M' });
    for (let turn = 0; turn < 2; turn++) {
      chronos.advance(2.5 * MINUTE_MS);
      chronos.endTasks('TASK_FINISHED');
    }
    const { skips } = chronos.entry('a').progress;
    expect(
      skips.map(({ fromMs, toMs, count }) => [
        (fromMs - TEST_START_MS) / MINUTE_MS,
        (toMs - TEST_START_MS) / MINUTE_MS,
        count,
      ]),
    ).toEqual([
      [1, 1, 1],
      [3, 4, 2],
    ]);
  });

  test('that is concurrent runs beside itself', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R//PT1M', concurrent: true });
    chronos.advance(2 * MINUTE_MS);
    expect(chronos.master.alive).toHaveLength(3);
  });

  test('posted again unchanged, as posted or as shown, does not run again', () => {
    const chronos = new TestChronos();
    const body = { name: 'a', schedule: 'R/2016-03-14T12:35:00.000Z/PT3M' };
    chronos.put(body);
    chronos.endTasks('TASK_FINISHED');
    chronos.put(body);
    chronos.put({ ...body, schedule: 'R/2026-06-08T12:02:00.000Z/PT3M' });
    expect(chronos.master.launches).toHaveLength(1);
    expect(chronos.entry('a').progress.successCount).toBe(1);
  });

  test('that is disabled does not run; enabled again it runs once for what it missed', () => {
    const chronos = new TestChronos();
    const body = { name: 'a', schedule: `R/${iso(TEST_START_MS)}/PT1M` };
    chronos.put({ ...body, disabled: true });
    chronos.advance(5 * MINUTE_MS);
    expect(chronos.master.launches).toHaveLength(0);
    chronos.put(body);
    expect(chronos.master.launches).toHaveLength(1);
  });
});

describe('lateness', () => {
  test('without epsilon any lateness runs, once', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: `R/${iso(TEST_START_MS + MINUTE_MS)}/PT1H` });
    chronos.wallMs += 59 * MINUTE_MS;
    chronos.restart();
    expect(chronos.runs('a').map(({ due }) => due)).toEqual([iso(TEST_START_MS + MINUTE_MS)]);
  });

  test('with epsilon later due times are skipped and recorded as one range', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: `R/${iso(TEST_START_MS + MINUTE_MS)}/PT1H`, epsilon: 'PT5M' });
    for (const hours of [1, 2]) {
      chronos.wallMs = TEST_START_MS + hours * 60 * MINUTE_MS;
      chronos.restart();
    }
    expect(chronos.runs('a')).toEqual([]);
    expect(chronos.entry('a').progress.skips).toMatchObject([
      { fromMs: TEST_START_MS + MINUTE_MS, toMs: TEST_START_MS + 61 * MINUTE_MS, count: 2, reason: 'late' },
    ]);
    chronos.advance(MINUTE_MS);
    expect(chronos.master.launches).toHaveLength(1);
  });
});

describe('failures', () => {
  test('are retried up to retries, after the delay, as attempts of the same run', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R1//P', retries: 2 });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(chronos.master.launches).toHaveLength(attempt + 1);
      chronos.endTasks('TASK_FAILED');
      chronos.advance(59_999);
      chronos.restart();
      expect(chronos.master.launches).toHaveLength(attempt + 1);
      chronos.advance(1);
    }
    expect(chronos.master.launches.map((task) => task.task_id.value.split(':')[2])).toEqual(['0', '1', '2']);
    expect(chronos.runs('a')).toMatchObject([{ state: 'failure', failures: 3 }]);
    expect(chronos.entry('a').progress).toMatchObject({ errorCount: 1, errorsSinceLastSuccess: 1, successCount: 0 });
  });

  test('a later run is retried too, after a run that failed for good', () => {
    const chronos = new TestChronos({ failureRetryMs: 1000 });
    chronos.put({ name: 'a', schedule: 'R//PT1H', retries: 1 });
    for (const attempts of [2, 4]) {
      chronos.endTasks('TASK_FAILED');
      chronos.advance(1000);
      chronos.endTasks('TASK_FAILED');
      expect(chronos.master.launches).toHaveLength(attempts);
      chronos.advance(60 * MINUTE_MS - 1000);
    }
  });

  test('disable the job after as many runs as --disable_after_failures says', () => {
    const chronos = new TestChronos({ disableAfterFailures: 2 });
    chronos.put({ name: 'a', schedule: 'R//PT1M', retries: 0 });
    chronos.endTasks('TASK_FAILED');
    expect(chronos.entry('a').job.disabled).toBe(false);
    chronos.advance(MINUTE_MS);
    chronos.endTasks('TASK_FAILED');
    expect(chronos.entry('a').job.disabled).toBe(true);
    chronos.advance(5 * MINUTE_MS);
    expect(chronos.master.launches).toHaveLength(2);
  });

  test('an interrupted run starts again as the same run and counts as no failure', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R1//P', retries: 0 });
    chronos.endTasks('TASK_KILLED');
    chronos.advance(0);
    chronos.endTasks('TASK_GONE');
    chronos.advance(1000);
    chronos.endTasks('TASK_FINISHED');
    expect(chronos.runs('a')).toMatchObject([{ state: 'success', failures: 0, interruptions: 2 }]);
    expect(chronos.entry('a').progress).toMatchObject({ errorCount: 0, successCount: 1 });
  });

  test('a task on an unreachable agent is waited for: nothing is started in its place', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R//PT1M' });
    const [taskId = ''] = chronos.master.alive;
    chronos.master.isReachable = false;
    chronos.master.say(taskId, 'TASK_UNREACHABLE');
    chronos.advance(10 * MINUTE_MS);
    expect(chronos.master.launches).toHaveLength(1);
    chronos.master.isReachable = true;
    chronos.master.say(taskId, 'TASK_RUNNING');
    chronos.endTasks('TASK_FINISHED');
    expect(chronos.entry('a').progress.successCount).toBe(1);
  });
});

describe('kill', () => {
  test('ends the run without a retry or an error, also when Chronos dies before the answer', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R1//P' });
    chronos.crash = { kind: 'after-effects', effects: 0 };
    chronos.ask({ kind: 'api.kill-job', name: 'a' });
    expect(chronos.master.alive).toEqual([]);
    expect(chronos.runs('a')).toMatchObject([{ state: 'killed' }]);
    expect(chronos.entry('a').progress).toMatchObject({ errorCount: 0, lastErrorMs: undefined });
    chronos.advance(5 * MINUTE_MS);
    expect(chronos.master.launches).toHaveLength(1);
  });

  test.each(['api.kill-job', 'api.delete-job'] as const)('%s reaches a task whose agent comes back later', (kind) => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R1//P' });
    chronos.disconnect();
    chronos.master.isAgentBack = false;
    chronos.advance(MINUTE_MS);
    chronos.disconnect();
    chronos.advance(2_000);
    chronos.ask({ kind, name: 'a' });
    chronos.advance(1_000);
    expect(chronos.master.alive).toHaveLength(1);
    chronos.master.isAgentBack = true;
    chronos.advance(8_000);
    expect(chronos.master.alive).toEqual([]);
  });

  test('delete kills the tasks, also across a crash', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R//PT1M' });
    chronos.crash = { kind: 'after-effects', effects: 0 };
    chronos.ask({ kind: 'api.delete-job', name: 'a' });
    expect(chronos.master.alive).toEqual([]);
    expect([...chronos.store.keys()]).toEqual(['framework/id']);
  });
});

describe('run now', () => {
  test('runs beside the schedule, with its arguments appended to the command', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', command: 'echo', arguments: ['own'], schedule: 'R2/2030-01-01T00:00:00Z/PT1H' });
    expect(chronos.ask({ kind: 'api.run-job', name: 'a', arguments: 'given; by hand' }).status).toBe(204);
    chronos.endTasks('TASK_FINISHED');
    chronos.ask({ kind: 'api.run-job', name: 'a', arguments: undefined });
    expect(chronos.master.launches.map((task) => task.command?.value)).toEqual(['echo given; by hand', 'echo own']);
    expect(chronos.master.launches[0]?.task_id.value).toBe(`ct:${TEST_START_MS}:0:a:given by hand`);
    expect(chronos.entry('a').progress.remaining).toBe(2);
  });

  test('without a shell the program gets the arguments as they are', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', command: '/bin/echo', arguments: ['a b', 'c'], shell: false, schedule: 'R1//P' });
    expect(chronos.master.launches[0]?.command).toMatchObject({
      shell: false,
      value: '/bin/echo',
      arguments: ['/bin/echo', 'a b', 'c'],
    });
  });

  test('two runs in the same millisecond are two runs; a job that is not concurrent runs one after the other', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R0//P' });
    chronos.ask({ kind: 'api.run-job', name: 'a', arguments: undefined });
    chronos.ask({ kind: 'api.run-job', name: 'a', arguments: undefined });
    expect(chronos.master.alive).toHaveLength(1);
    chronos.endTasks('TASK_FINISHED');
    chronos.endTasks('TASK_FINISHED');
    expect(new Set(chronos.runs('a').map(({ due }) => due)).size).toBe(2);
    expect(chronos.entry('a').progress.successCount).toBe(2);
  });

  test('on a disabled job is answered 204, not run, and recorded', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R//PT1M', disabled: true });
    expect(chronos.ask({ kind: 'api.run-job', name: 'a', arguments: undefined }).status).toBe(204);
    expect(chronos.master.launches).toHaveLength(0);
    expect(chronos.entry('a').progress.skips).toMatchObject([{ reason: 'disabled', count: 1 }]);
  });
});

describe('async jobs', () => {
  const reported = (chronos: TestChronos, statusCode: number) =>
    chronos.ask({
      kind: 'api.report-task',
      taskId: chronos.master.launches.at(-1)?.task_id.value ?? '',
      statusCode,
    }).status;

  test('posted to the old root end when they are reported, across a restart', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R1//P', async: true }, 'legacy');
    chronos.endTasks('TASK_FINISHED');
    expect(chronos.entry('a').progress.successCount).toBe(0);
    chronos.restart();
    expect(reported(chronos, 0)).toBe(204);
    expect(chronos.entry('a').progress.successCount).toBe(1);
  });

  test('a report of failure is retried; a report before the task ends waits for its end', () => {
    const chronos = new TestChronos({ failureRetryMs: 0 });
    chronos.put({ name: 'a', schedule: 'R1//P', async: true }, 'legacy');
    expect(reported(chronos, 1)).toBe(204);
    expect(chronos.master.launches).toHaveLength(1);
    chronos.endTasks('TASK_FINISHED');
    chronos.advance(0);
    expect(chronos.master.launches).toHaveLength(2);
  });

  test('posted to the new root end with their task', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R1//P', async: true }, 'v1');
    expect(reported(chronos, 0)).toBe(400);
    chronos.endTasks('TASK_FINISHED');
    expect(chronos.entry('a').progress.successCount).toBe(1);
  });
});

describe('launching', () => {
  test('a run that fits nowhere holds up nobody, and says what was lacking', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'big', schedule: 'R1//P', cpus: 64 });
    chronos.put({ name: 'odd', schedule: 'R1//P', constraints: [['rack', 'LIKE', 'r1|r2']] });
    chronos.put({ name: 'small', schedule: 'R1//P', constraints: [['hostname', 'LIKE', 'agent[.]ex.*']] });
    expect(chronos.master.launches.map((task) => task.name)).toEqual(['ChronosTask:small']);
    chronos.advance(10_000);
    chronos.master.call({ type: 'REVIVE', revive: {} });
    expect(chronos.runs('big')).toMatchObject([{ pending: 'the last offers lacked: cpus (1)' }]);
    expect(chronos.runs('odd')).toMatchObject([{ pending: 'the last offers lacked: constraint rack LIKE r1|r2 (1)' }]);
  });

  test('high priority goes first', () => {
    const chronos = new TestChronos();
    chronos.master.totalCpus = 1;
    chronos.put({ name: 'blocker', schedule: 'R1//P' });
    chronos.put({ name: 'low', schedule: 'R1//P' });
    chronos.put({ name: 'high', schedule: 'R1//P', highPriority: true });
    chronos.endTasks('TASK_FINISHED');
    expect(chronos.master.launches.map((task) => task.name)).toEqual(['ChronosTask:blocker', 'ChronosTask:high']);
  });

  test('a launch whose ACCEPT never left is found out by reconciliation and made again', () => {
    const chronos = new TestChronos();
    chronos.crash = { kind: 'after-effects', effects: 0 };
    chronos.master.totalCpus = 1;
    chronos.put({ name: 'a', schedule: 'R1//P' });
    chronos.put({ name: 'a', schedule: 'R1//P' });
    chronos.advance(1);
    expect(chronos.master.alive).toHaveLength(1);
    chronos.endTasks('TASK_FINISHED');
    expect(chronos.entry('a').progress.successCount).toBe(1);
  });

  test('while nothing is queued offers are suppressed; a new run revives them at once', () => {
    const chronos = new TestChronos();
    expect(chronos.master.calls.map(({ type }) => type)).toEqual(expect.arrayContaining(['SUPPRESS', 'DECLINE']));
    chronos.put({ name: 'a', schedule: 'R1//P' });
    expect(chronos.master.calls.map(({ type }) => type)).toContain('REVIVE');
    expect(chronos.state.demand.isSuppressed).toBe(true);
  });

  test('the environment is upstream’s and cannot be overridden', () => {
    const chronos = new TestChronos();
    const environmentVariables = [
      { name: 'HOST', value: 'mine' },
      { name: 'OWN', value: 'x' },
    ];
    chronos.put({ name: 'a', owner: 'me@example.com', schedule: 'R1//P', environmentVariables });
    const task = chronos.master.launches[0];
    const variables = task?.command?.environment?.variables ?? [];
    expect(Object.fromEntries(variables.map(({ name, value }) => [name, value]))).toEqual({
      mesos_task_id: task?.task_id.value,
      MESOS_TASK_ID: task?.task_id.value,
      CHRONOS_JOB_OWNER: 'me@example.com',
      CHRONOS_JOB_NAME: 'a',
      HOST: 'agent.example',
      CHRONOS_RESOURCE_MEM: '128.0',
      CHRONOS_RESOURCE_CPU: '1.0',
      CHRONOS_RESOURCE_DISK: '256.0',
      CHRONOS_JOB_RUN_TIME: String(TEST_START_MS),
      CHRONOS_JOB_RUN_ATTEMPT: '0',
      OWN: 'x',
    });
  });
});
