import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentProcess } from '../support/cluster.ts';
import type { DaemonProcess } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { AgentLife, isAlive } from './agent-life.ts';

let life: AgentLife;
beforeEach(async () => {
  life = new AgentLife();
  await life.open(['--attributes=rack:r1']);
});
afterEach(() => life.close());

/** Another agent on the same work directory; answers exit code and output. */
async function another(...args: string[]): Promise<{ code: number | null; output: string }> {
  const other: DaemonProcess = await agentProcess(life.folder, 'agent', '127.0.0.1:1', args);
  other.spawn();
  const { pid } = other;
  await eventually('the other agent ends', () => !isAlive(pid));
  return { code: await other.end(), output: other.output };
}

const port = (): string => `--port=${life.agent.options.port}`;

test('a second agent on a live work directory is refused by the pid of the first', async () => {
  const { code, output } = await another();
  expect(code).toBe(1);
  expect(output).toContain(`pid ${life.agent.pid}`);
  life.run('t', 'exit 0');
  expect(await life.ended('t')).toMatchObject({ state: 'TASK_FINISHED' });
});

test('a start as another agent is refused with every difference, and tasks stay', async () => {
  life.run('t', 'sleep 1000');
  const { container_status: where } = await life.running('t');
  await life.agent.end('SIGTERM');
  const changed = await another(port(), '--hostname=other', '--attributes=rack:r2', '--resources=cpus:1;mem:1;disk:1');
  expect(changed.code).toBe(1);
  expect(changed.output).toContain('hostname: was localhost, now other');
  expect(changed.output).toContain('attribute rack: was r1, now r2');
  expect(changed.output).toContain('--reconfiguration_policy=additive');
  expect(isAlive(where?.executor_pid ?? 0)).toBe(true);
  await life.start();
});

test('--recover=cleanup ends the tasks and forgets who the agent was', async () => {
  life.run('t', 'sleep 1000');
  const { container_status: where } = await life.running('t');
  await life.agent.end('SIGKILL');
  expect((await another(port(), '--recover=cleanup')).code).toBe(0);
  expect(isAlive(where?.executor_pid ?? 0)).toBe(false);
  life.master.calls.length = 0;
  await life.start();
  expect(life.master.calls[0]?.type).toBe('REGISTER');
});

test('a master that marked the agent gone ends it and its tasks with exit code 0', async () => {
  life.run('t', 'sleep 1000');
  const { container_status: where } = await life.running('t');
  const { pid } = life.agent;
  life.master.send({ type: 'SHUTDOWN', shutdown: { message: 'Agent has been marked gone' } });
  await eventually('the agent ends', () => !isAlive(pid));
  expect(await life.agent.end()).toBe(0);
  expect(isAlive(where?.executor_pid ?? 0)).toBe(false);
});

test.each([
  [['--master=zk://127.0.0.1:2181/mesos'], 'zk:// is not supported yet'],
  [['--isolation=cgroups/cpu'], 'cgroups/cpu'],
  [['--no_such_flag=1'], 'no_such_flag'],
  [['--image_providers=DOCKER'], 'image_providers'],
  [['--resources=cpus:-1'], 'cpus'],
  [['--containerizers=docker,mesos'], 'containerizers'],
] as const)('what is not there is refused by name: %s', async (args, name) => {
  const { code, output } = await another(...args);
  expect(code).toBe(2);
  expect(output).toContain(name);
});
