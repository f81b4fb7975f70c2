import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { TaskInfo } from '../../sdk/v1/generated/mesos.ts';
import { eventually } from '../support/eventually.ts';
import { AgentLife, isAlive } from './agent-life.ts';

let life: AgentLife;
afterEach(() => life.close());

const FIXTURE = fileURLToPath(new URL('./fixtures/test-executor.ts', import.meta.url));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const ofExecutor = (executorId: string, command: string, data = ''): Partial<TaskInfo> => ({
  command: undefined,
  data: text(data),
  executor: {
    type: 'CUSTOM',
    executor_id: { value: executorId },
    command: { value: command },
    resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: '*' } }],
  },
});

const executor = (data = '', protobuf = false): Partial<TaskInfo> =>
  ofExecutor('x', `${protobuf ? 'MEDIA_TYPE=protobuf ' : ''}exec '${process.execPath}' '${FIXTURE}'`, data);

async function open(...args: string[]): Promise<void> {
  life = new AgentLife();
  await life.open(args);
}

describe('a custom executor', () => {
  test.each([false, true])(
    'runs several tasks in one process and talks with its framework (protobuf %s)',
    async (protobuf) => {
      await open();
      life.run('one', '', executor('finish', protobuf));
      life.run('two', '', executor('', protobuf));
      expect(await life.ended('one')).toMatchObject({
        state: 'TASK_FINISHED',
        message: 'done',
        source: 'SOURCE_EXECUTOR',
        executor_id: { value: 'x' },
      });
      const one = await life.running('one');
      const two = await life.running('two');
      expect(two.container_status?.container_id).toEqual(one.container_status?.container_id);
      const ids = { framework_id: { value: 'F' }, executor_id: { value: 'x' } };
      life.master.send({ type: 'MESSAGE', message: { ...ids, data: text('ping') } });
      const { message } = await eventually('an answer', () => life.master.calls.find(({ type }) => type === 'MESSAGE'));
      expect(message).toMatchObject({ ...ids, data: text('ping') });
      life.master.killTask('F', 'two');
      expect(await life.ended('two')).toMatchObject({ state: 'TASK_KILLED' });
      const pid = two.container_status?.executor_pid ?? 0;
      life.master.send({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
      await eventually('the executor ends', () => !isAlive(pid));
      const { executor_exited } = await eventually('its end is told', () =>
        life.master.calls.find(({ type }) => type === 'EXECUTOR_EXITED'),
      );
      expect(executor_exited).toMatchObject({ ...ids, status: 0 });
    },
  );

  test('outlives a kill -9 of the agent: what it did meanwhile is told', async () => {
    await open();
    life.run('t', '', executor());
    const before = await life.running('t');
    await life.agent.end('SIGKILL');
    await life.start();
    life.master.killTask('F', 't');
    expect(await life.ended('t')).toMatchObject({ state: 'TASK_KILLED' });
    life.run('next', '', executor());
    expect((await life.running('next')).container_status?.executor_pid).toBe(before.container_status?.executor_pid);
  });

  test('that never subscribes is killed in time', async () => {
    await open('--executor_registration_timeout=1secs');
    life.run('t', '', ofExecutor('never', 'sleep 1000'));
    expect(await life.ended('t')).toMatchObject({
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
      message: 'Executor did not register within 1secs',
    });
    const exited = life.master.calls.find(({ type }) => type === 'EXECUTOR_EXITED');
    expect(exited?.executor_exited?.status).toBe(9);
  });

  test('that ends takes its tasks along; the raw wait status is told first', async () => {
    await open();
    life.run('t', '', ofExecutor('short', 'exit 3'));
    expect(await life.ended('t')).toMatchObject({
      state: 'TASK_FAILED',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    });
    const order = life.master.calls.map(({ type }) => type).filter((type) => type !== 'REGISTER' && type !== 'PONG');
    expect(order).toEqual(['EXECUTOR_EXITED', 'UPDATE']);
    expect(life.master.calls.find(({ type }) => type === 'EXECUTOR_EXITED')?.executor_exited?.status).toBe(768);
  });
});

describe('the executor API', () => {
  const post = (body: string, headers: Record<string, string> = { 'Content-Type': 'application/json' }) =>
    fetch(`${life.agent.url}/slave(1)/api/v1/executor`, { method: 'POST', headers, body });
  const ids = { framework_id: { value: 'F' }, executor_id: { value: 'x' } };

  test("refuses in upstream's words", async () => {
    await open();
    const refused = async (call: unknown): Promise<[number, string]> => {
      const answer = await post(typeof call === 'string' ? call : JSON.stringify(call));
      return [answer.status, await answer.text()];
    };
    expect(await refused({})).toEqual([
      400,
      'Failed to convert JSON into Call protobuf: Missing required fields: executor_id, framework_id',
    ]);
    expect((await refused('{"a":'))[0]).toBe(400);
    const invalid = 'Failed to validate Executor::Call:';
    expect(await refused(ids)).toEqual([400, `${invalid} Expecting 'type' to be present`]);
    expect(await refused({ ...ids, type: 'SUBSCRIBE' })).toEqual([
      400,
      `${invalid} Expecting 'subscribe' to be present`,
    ]);
    expect(await refused({ ...ids, type: 'SUBSCRIBE', subscribe: {} })).toEqual([400, 'Framework cannot be found']);
    expect(await refused({ ...ids, type: 'HEARTBEAT' })).toEqual([202, '']);
    const status = { task_id: { value: 't' }, state: 'TASK_RUNNING' };
    expect(await refused({ ...ids, type: 'UPDATE', update: { status } })).toEqual([
      400,
      `${invalid} Expecting 'uuid' to be present`,
    ]);
    const get = await fetch(`${life.agent.url}/api/v1/executor`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const accept = { 'Content-Type': 'application/json', Accept: 'text/html' };
    expect((await post(JSON.stringify({ ...ids, type: 'SUBSCRIBE', subscribe: {} }), accept)).status).toBe(406);
  });
});
