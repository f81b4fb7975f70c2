import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';

/** `meseta up` as a user has it: the real program, its real daemons, real signals. */
interface Launcher {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
}

interface Ports {
  readonly master: number;
  readonly agent: number;
  readonly marathon: number;
  readonly chronos: number;
}

/** As many as a test starts at once; agent i has the i-th port from the first one's. */
const AGENTS = 3;

let folder: string;
let ports: Ports;
const started: Launcher[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meseta-up-'));
  ports = {
    master: await freePort(),
    agent: await freePort(AGENTS),
    marathon: await freePort(),
    chronos: await freePort(),
  };
});

afterEach(async () => {
  for (const launcher of started.splice(0)) {
    launcher.child.kill('SIGTERM');
    await launcher.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function up(...args: readonly string[]): Launcher {
  const program = fileURLToPath(new URL('../../deploy/launcher/main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      program,
      'up',
      `--work-dir=${folder}`,
      `--master-port=${ports.master}`,
      `--agent-port=${ports.agent}`,
      `--marathon-port=${ports.marathon}`,
      `--chronos-port=${ports.chronos}`,
      '--resources=cpus:4;mem:4096;disk:4096;ports:[31000-32000]',
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const launcher = { child, ended, output: () => output };
  started.push(launcher);
  return launcher;
}

const marathonUrl = () => `http://127.0.0.1:${ports.marathon}`;
const ready = (launcher: Launcher) =>
  eventually('the ready screen', () => {
    if (launcher.output().includes('is ready after')) return true;
    throw new Error(`the launcher says: ${launcher.output()}`);
  });

interface AppState {
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly tasks: readonly { readonly id: string; readonly host: string; readonly ports: readonly number[] }[];
}

async function appState(id: string): Promise<AppState> {
  const answer = await fetch(`${marathonUrl()}/v2/apps/${id}`);
  return ((await answer.json()) as { app: AppState }).app;
}

const json = { 'content-type': 'application/json' };

async function runApp(instances: number): Promise<void> {
  const body = JSON.stringify({ id: '/sleeper', cmd: `MARK=${folder} sleep 1000`, cpus: 0.1, mem: 32, instances });
  expect((await fetch(`${marathonUrl()}/v2/apps`, { method: 'POST', headers: json, body })).status).toBe(201);
  await eventually('the app runs', async () => (await appState('/sleeper')).tasksRunning === instances);
}

/** Processes that belong to this folder: daemons, supervisors, tasks. */
function processesOfFolder(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
        return text.includes(folder);
      } catch {
        return false;
      }
    });
}

async function daemonPid(name: string): Promise<number> {
  return (JSON.parse(readFileSync(join(folder, 'daemons', `${name}.json`), 'utf8')) as { pid: number }).pid;
}

describe('meseta up', () => {
  test('runs the examples, answers under its URLs, and leaves no process after Ctrl-C', async () => {
    const launcher = up();
    await ready(launcher);
    await eventually('the example app is healthy', async () => (await appState('/example-web')).tasksHealthy === 2);
    const place = (await appState('/example-web')).tasks[0];
    const page = await fetch(`http://${place?.host}:${place?.ports[0]}/`);
    expect(await page.text()).toContain(`Hello from ${place?.id}`);
    await eventually('the example job has run', () => /example-tick\s+1 runs succeeded/.test(launcher.output()));
    for (const url of Object.values(ports).map((port) => `http://127.0.0.1:${port}/`)) {
      const answer = await fetch(url);
      expect(answer.headers.get('content-type'), url).toContain('text/html');
    }
    launcher.child.kill('SIGINT');
    expect(await launcher.ended).toBe(0);
    expect(processesOfFolder()).toEqual([]);
  });

  test('resumes apps after a stop, without counting the stop as a failure', async () => {
    const first = up('--no-examples');
    await ready(first);
    await runApp(2);
    first.child.kill('SIGINT');
    await first.ended;
    const second = up('--no-examples');
    await ready(second);
    await eventually('the app runs again', async () => (await appState('/sleeper')).tasksRunning === 2);
    const { app } = (await (await fetch(`${marathonUrl()}/v2/apps//sleeper?embed=app.lastTaskFailure`)).json()) as {
      app: { lastTaskFailure?: unknown };
    };
    expect(app.lastTaskFailure).toBeUndefined();
  });

  test('retries a cron run that a stop interrupted as the same run', async () => {
    const first = up('--no-examples');
    await ready(first);
    const chronosUrl = `http://127.0.0.1:${ports.chronos}/v1/scheduler`;
    const command = `echo "$mesos_task_id" >> ${folder}/runs; test -e ${folder}/second || exec sleep 1000`;
    const body = JSON.stringify({ name: 'once', command, schedule: 'R1//PT1H', owner: 'a@example.com', retries: 0 });
    expect((await fetch(`${chronosUrl}/iso8601`, { method: 'POST', headers: json, body })).ok).toBe(true);
    const runs = () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n');
    await eventually('the run has begun', () => runs().length === 1);
    first.child.kill('SIGINT');
    await first.ended;
    writeFileSync(join(folder, 'second'), '');
    const second = up('--no-examples');
    await ready(second);
    const job = await eventually('the run has succeeded', async () => {
      const jobs = (await (await fetch(`${chronosUrl}/jobs`)).json()) as { successCount: number; errorCount: number }[];
      return jobs[0]?.successCount === 1 && jobs[0];
    });
    expect(job.errorCount).toBe(0);
    // ct:<due>:<attempt>:<name>:<arguments> - the same due time.
    const [before, after] = runs().map((id) => id.split(':')[1]);
    expect(runs()).toHaveLength(2);
    expect(after).toBe(before);
  });

  test('starts a daemon again that dies, and tasks live on', async () => {
    const launcher = up('--no-examples');
    await ready(launcher);
    await runApp(1);
    const before = (await appState('/sleeper')).tasks.map(({ id }) => id);
    for (const name of ['master', 'agent-1', 'marathon', 'chronos']) {
      const pid = await daemonPid(name);
      process.kill(pid, 'SIGKILL');
      await eventually(`${name} is back`, async () => (await daemonPid(name)) !== pid);
    }
    await eventually('the same task runs', async () => {
      const state = await appState('/sleeper');
      return state.tasksRunning === 1 && state.tasks[0]?.id === before[0];
    });
  });

  test('ends what a killed launcher left, and goes on with its apps', async () => {
    const first = up('--no-examples');
    await ready(first);
    await runApp(1);
    const left = await daemonPid('marathon');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = up('--no-examples');
    await ready(second);
    expect(second.output()).toContain(`marathon (pid ${left})`);
    await eventually('the app runs', async () => (await appState('/sleeper')).tasksRunning === 1);
    second.child.kill('SIGINT');
    await second.ended;
    expect(processesOfFolder()).toEqual([]);
  });

  test('refuses a folder in use, naming the pid, and a busy port, naming owner and flag', async () => {
    const launcher = up('--no-examples');
    await ready(launcher);
    const second = up('--no-examples');
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`pid ${launcher.child.pid}`);

    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const { port } = busy.address() as { port: number };
    const otherFolder = mkdtempSync(join(tmpdir(), 'meseta-up-'));
    const third = up(
      `--work-dir=${otherFolder}`,
      `--chronos-port=${port}`,
      `--master-port=${await freePort()}`,
      `--agent-port=${await freePort()}`,
      `--marathon-port=${await freePort()}`,
    );
    expect(await third.ended).toBe(1);
    expect(third.output().trim().split('\n')).toEqual([
      expect.stringMatching(`port ${port} .*pid ${process.pid} .*--chronos-port`),
    ]);
    busy.close();
    rmSync(otherFolder, { recursive: true, force: true });
  });

  test('runs as many agents as asked', async () => {
    const launcher = up('--no-examples', `--agents=${AGENTS}`);
    await ready(launcher);
    await eventually('all agents registered', async () => {
      const state = (await (await fetch(`http://127.0.0.1:${ports.master}/state`)).json()) as {
        activated_slaves: number;
      };
      return state.activated_slaves === AGENTS;
    });
  });
});

test('the bins tell their version from any folder', () => {
  for (const bin of ['meseta', 'mesos-master', 'mesos-agent', 'mesos-slave', 'marathon', 'chronos']) {
    const path = fileURLToPath(new URL(`../../deploy/bin/${bin}`, import.meta.url));
    expect(execFileSync(path, ['--version'], { cwd: tmpdir(), encoding: 'utf8' })).toContain('0.1.0');
  }
});
