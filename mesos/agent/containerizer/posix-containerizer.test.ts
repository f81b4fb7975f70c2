import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerExit, LaunchSpec, RecoveredContainer } from './containerizer.ts';
import { openPosixContainerizer, type PosixContainerizer } from './posix-containerizer.ts';
import { readProcess } from './process-table.ts';

let directory: string;
let exits: ContainerExit[];
let onExit = (_exit: ContainerExit): void => {};
let opened: PosixContainerizer[];
let containerizer: PosixContainerizer;
let count = 0;
/** Processes are found by their container's id in the whole machine, those of a test beside this one too. */
const run = randomUUID();

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'meseta-containers-'));
  exits = [];
  opened = [];
  containerizer = await open();
});

afterEach(async () => {
  for (const name of readdirSync(join(directory, 'runtime'))) {
    if (!name.startsWith('.')) await opened.at(-1)?.destroy(name);
  }
  for (const one of opened) await one.close();
  rmSync(directory, { recursive: true, force: true });
});

/** An agent's view of the same runtime directory: each call is like another start of the agent. */
async function open(): Promise<PosixContainerizer> {
  const one = await openPosixContainerizer({
    runtimeDirectory: join(directory, 'runtime'),
    fetch: async () => {},
    onExit: (exit) => {
      exits.push(exit);
      onExit(exit);
    },
    sweepMs: 100,
  });
  opened.push(one);
  recovered = await one.recover();
  return one;
}
let recovered: readonly RecoveredContainer[];

function spec(value: string, more: Partial<LaunchSpec> = {}): LaunchSpec {
  const containerId = more.containerId ?? `${run}.c${++count}`;
  return {
    containerId,
    kind: 'task',
    command: { shell: true, value, arguments: [] },
    environment: { PATH: '/usr/bin:/bin' },
    sandbox: join(directory, 'sandboxes', containerId),
    uris: [],
    ...more,
  };
}

const text = (launched: LaunchSpec, name: string): string => readFileSync(join(launched.sandbox, name), 'utf8');

function exitOf(containerId: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const look = (): void => {
      const exit = exits.find((one) => one.containerId === containerId);
      if (exit !== undefined) resolve(exit.waitStatus);
    };
    const before = onExit;
    onExit = (exit) => {
      before(exit);
      look();
    };
    look();
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A number that a task wrote into its sandbox. */
async function pidIn(launched: LaunchSpec, name: string): Promise<number> {
  await until(() => existsSync(join(launched.sandbox, name)) && text(launched, name).endsWith('\n'));
  return Number(text(launched, name));
}

const isGone = (pid: number): boolean => readProcess(pid)?.zombie ?? true;

async function runToEnd(launched: LaunchSpec): Promise<number | undefined> {
  await containerizer.launch(launched);
  return exitOf(launched.containerId);
}

describe('a task', () => {
  test.each([
    ['true', 0],
    ['exit 3', 3 << 8],
    ['exit 137', 137 << 8],
    ['kill -9 $$', 9],
    ['kill -TERM $$', 15],
    ['kill -INT $$', 2],
    ['kill -PIPE $$', 13],
    ['ulimit -c 0; kill -SEGV $$', 11],
  ])('%s ends with its raw wait status', async (value, waitStatus) => {
    expect(await runToEnd(spec(value))).toBe(waitStatus);
  });

  test('gets its environment, nothing of the agent, and no ignored signal', async () => {
    const launched = spec('env; grep SigIgn /proc/self/status >&2; pwd >&2', { environment: { A: "it's\n$HOME `x`" } });
    expect(await runToEnd(launched)).toBe(0);
    const lines = text(launched, 'stdout')
      .split('\n')
      .filter((line) => !line.startsWith('PWD='));
    expect(lines).toEqual(["A=it's", '$HOME `x`', `MESETA_CONTAINER_ID=${launched.containerId}`, '']);
    expect(text(launched, 'stderr')).toBe(`SigIgn:\t0000000000000000\n${launched.sandbox}\n`);
  });

  test('without a shell is a program with its arguments as they are', async () => {
    const direct = (value: string, args: string[]) => spec('', { command: { shell: false, value, arguments: args } });
    const printed = direct('printf', ['printf', '%s|', '$HOME', "a'b", '']);
    expect(await runToEnd(printed)).toBe(0);
    expect(text(printed, 'stdout')).toBe("$HOME|a'b||");
    const renamed = direct('/bin/sh', ['my-name', '-c', 'echo $0']);
    expect(await runToEnd(renamed)).toBe(0);
    expect(text(renamed, 'stdout')).toBe('my-name\n');
    const missing = direct('no-such-program', ['no-such-program']);
    expect(await runToEnd(missing)).toBe(1 << 8);
    expect(text(missing, 'stderr')).toBe('Failed to execute command: No such file or directory\n');
  });

  test('leads a session of its own and is limited as asked', async () => {
    const rlimits = [{ type: 'RLMT_NOFILE', soft: 77n, hard: 99n }];
    const launched = spec('ulimit -n; ulimit -Hn; cut -d" " -f1,5,6 /proc/$$/stat', { rlimits });
    const { pid } = await containerizer.launch(launched);
    expect(await exitOf(launched.containerId)).toBe(0);
    expect(text(launched, 'stdout')).toBe(`77\n99\n${pid} ${pid} ${pid}\n`);
  });

  test('finds a link to its sandbox where one is asked for', async () => {
    for (const name of ['first', 'second']) {
      const launched = spec('cat ../latest/stdout > seen', { sandbox: join(directory, 'runs', name), link: 'latest' });
      expect(await runToEnd(launched)).toBe(0);
      expect(readlinkSync(join(directory, 'runs', 'latest'))).toBe(name);
    }
  });

  test('is measured with all its processes', async () => {
    const launched = spec('i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; sleep 60 & echo $! > child; wait');
    await containerizer.launch(launched);
    await pidIn(launched, 'child');
    const usage = await containerizer.usage(launched.containerId);
    expect(usage).toMatchObject({ processes: 2, threads: 2 });
    expect(usage?.mem_rss_bytes).toBeGreaterThan(500_000);
    expect(await containerizer.usage('unknown')).toBeUndefined();
  });

  test.runIf(process.getuid?.() === 0)('of another user has its rights and its sandbox', async () => {
    execFileSync('chmod', ['755', directory]);
    const launched = spec('id -un; id -Gn; touch mine', {
      user: 'nobody',
      environment: { PATH: '/usr/bin:/bin', LD_PRELOAD: '' },
    });
    expect(await runToEnd(launched)).toBe(0);
    expect(text(launched, 'stdout')).toBe('nobody\nnogroup\n');
    const owners = ['.', 'stdout', 'mine'].map((name) => statSync(join(launched.sandbox, name)).uid);
    expect(new Set(owners)).toEqual(new Set([Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }))]));
  });

  test('of a user that does not exist is refused with upstream text', async () => {
    const launched = spec('true', { user: 'no-such-user' });
    await expect(containerizer.launch(launched)).rejects.toMatchObject({
      reason: 'REASON_EXECUTOR_TERMINATED',
      message:
        `Failed to create executor directory '${launched.sandbox}': ` +
        "Failed to chown directory to 'no-such-user': No such user 'no-such-user'",
    });
    expect(existsSync(launched.sandbox)).toBe(false);
    expect(await runToEnd(spec('true', { user: userInfo().username }))).toBe(0);
  });
});

test('200 launches at once all run, each once', async () => {
  const all = Array.from({ length: 200 }, () => spec('echo once'));
  await Promise.all(all.map((one) => containerizer.launch(one)));
  const statuses = await Promise.all(all.map((one) => exitOf(one.containerId)));
  expect(statuses).toEqual(all.map(() => 0));
  expect(new Set(all.map((one) => text(one, 'stdout')))).toEqual(new Set(['once\n']));
  expect(exits).toHaveLength(200);
  await Promise.all(all.map((one) => containerizer.remove(one.containerId)));
  await until(() => readdirSync(join(directory, 'runtime')).every((name) => name.startsWith('.')));
});

describe('ending a task', () => {
  test('SIGTERM reaches everything once; what obeys is not killed', async () => {
    const child = 'trap "echo child >> ended; exit 0" TERM; echo $$ > child; while :; do sleep 0.05; done';
    const launched = spec(`sh -c '${child}' & trap "wait; echo main >> ended; exit 7" TERM; wait`);
    await containerizer.launch(launched);
    await pidIn(launched, 'child');
    containerizer.kill(launched.containerId, { graceMs: 10_000 });
    expect(await exitOf(launched.containerId)).toBe(7 << 8);
    expect(text(launched, 'ended')).toBe('child\nmain\n');
  });

  test('SIGKILL follows after the grace, which later calls only shorten', async () => {
    const launched = spec('trap "" TERM; echo $$ > main; while :; do sleep 0.05; done');
    await containerizer.launch(launched);
    await pidIn(launched, 'main');
    containerizer.kill(launched.containerId, { graceMs: 60_000 });
    containerizer.kill(launched.containerId, { graceMs: 50 });
    containerizer.kill(launched.containerId, { graceMs: 60_000 });
    expect(await exitOf(launched.containerId)).toBe(9);
  });

  test('a daemon that left session and parent is ended too', async () => {
    const launched = spec('setsid sh -c "setsid sleep 600 & echo \\$! > daemon" & sleep 600');
    await containerizer.launch(launched);
    const daemon = await pidIn(launched, 'daemon');
    await until(() => readProcess(daemon)?.session === daemon);
    await containerizer.destroy(launched.containerId);
    expect(isGone(daemon)).toBe(true);
    expect(await exitOf(launched.containerId)).toBe(9);
  });

  test('what a task leaves behind is ended even if the agent closes just then', async () => {
    const launched = spec('sleep 1000 & echo $! > child; exit 0');
    await containerizer.launch(launched);
    await exitOf(launched.containerId);
    await containerizer.remove(launched.containerId);
    await containerizer.close();
    expect(readProcess(Number(text(launched, 'child')))?.zombie ?? true).toBe(true);
  });

  test('what a task leaves behind at its own end is ended', async () => {
    const launched = spec('setsid sleep 600 & echo $! > daemon; exit 0');
    expect(await runToEnd(launched)).toBe(0);
    const daemon = await pidIn(launched, 'daemon');
    await until(() => isGone(daemon));
  });

  test('the tasks beside it are left alone', async () => {
    const [one, other] = [spec('sleep 600'), spec('sleep 600')];
    await containerizer.launch(one);
    const { pid } = await containerizer.launch(other);
    await containerizer.destroy(one.containerId);
    expect(isGone(pid)).toBe(false);
    expect(exits.map((exit) => exit.containerId)).toEqual([one.containerId]);
  });

  test('before it could start means that it never does', async () => {
    const helper = containerizer.helperPid as number;
    process.kill(helper, 'SIGSTOP');
    const launched = spec('echo ran > ran');
    const failure = expect(containerizer.launch(launched)).rejects.toMatchObject({
      reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
    });
    await until(() => existsSync(join(directory, 'runtime', launched.containerId, 'spec')));
    await containerizer.destroy(launched.containerId);
    await failure;
    process.kill(helper, 'SIGCONT');
    expect(await runToEnd(spec('true'))).toBe(0);
    expect(existsSync(join(launched.sandbox, 'ran'))).toBe(false);
  });
});

describe('when the spawn helper is killed', () => {
  test('running tasks do not notice, new ones start, none twice', async () => {
    const before = spec('sleep 0.3; exit 5');
    await containerizer.launch(before);
    const all = Array.from({ length: 60 }, () => spec('echo once >> ran'));
    const launches = all.map((one) => containerizer.launch(one));
    for (let round = 0; round < 3; round++) {
      await until(() => containerizer.helperPid !== undefined);
      process.kill(containerizer.helperPid as number, 'SIGKILL');
      await until(() => containerizer.helperPid === undefined);
    }
    await Promise.all(launches);
    const statuses = await Promise.all(all.map((one) => exitOf(one.containerId)));
    expect(statuses).toEqual(all.map(() => 0));
    expect(all.map((one) => text(one, 'ran'))).toEqual(all.map(() => 'once\n'));
    expect(await exitOf(before.containerId)).toBe(5 << 8);
  });
});

test('a helper that hangs does not keep the agent from closing', async () => {
  const helper = containerizer.helperPid as number;
  process.kill(helper, 'SIGSTOP');
  await containerizer.close();
  expect(isGone(helper)).toBe(true);
});

describe('when a supervisor is killed', () => {
  test('its task runs on; its end is told when it came, once', async () => {
    // Longer than a few sweeps of the agent.
    const launched = spec('sleep 0.4');
    const { pid } = await containerizer.launch(launched);
    let gone: boolean | undefined;
    onExit = () => {
      gone = isGone(pid);
    };
    process.kill(readProcess(pid)?.ppid as number, 'SIGKILL');
    await exitOf(launched.containerId);
    expect(gone).toBe(true);
    expect(exits).toHaveLength(1);
  });

  test('it can still be ended', async () => {
    const launched = spec('sleep 600');
    const { pid } = await containerizer.launch(launched);
    process.kill(readProcess(pid)?.ppid as number, 'SIGKILL');
    await containerizer.destroy(launched.containerId);
    expect(isGone(pid)).toBe(true);
    expect(exits).toHaveLength(1);
  });
});

describe('the next agent', () => {
  test('adopts what runs and is told its end', async () => {
    const launched = spec('while [ ! -e go ]; do sleep 0.02; done; exit 9');
    const { pid } = await containerizer.launch(launched);
    await containerizer.close();
    containerizer = await open();
    expect(recovered).toEqual([{ state: 'running', containerId: launched.containerId, pid }]);
    execFileSync('touch', [join(launched.sandbox, 'go')]);
    expect(await exitOf(launched.containerId)).toBe(9 << 8);
    expect(exits).toHaveLength(1);
  });

  test('learns how everything ended that ended between two agents', async () => {
    const all = [spec('exit 4'), spec('kill -9 $$')];
    const started = await Promise.all(all.map((one) => containerizer.launch(one)));
    await containerizer.close();
    await until(() => started.every(({ pid }) => isGone(pid)));
    await open();
    expect(
      [...recovered].sort((one, other) => one.containerId.localeCompare(other.containerId, 'en', { numeric: true })),
    ).toEqual([
      { state: 'exited', containerId: all[0]?.containerId, pid: started[0]?.pid, waitStatus: 4 << 8 },
      { state: 'exited', containerId: all[1]?.containerId, pid: started[1]?.pid, waitStatus: 9 },
    ]);
  });

  test('is told what never started, and it never does', async () => {
    const helper = containerizer.helperPid as number;
    process.kill(helper, 'SIGSTOP');
    const launched = spec('echo ran > ran');
    containerizer.launch(launched).catch(() => {});
    await until(() => existsSync(join(directory, 'runtime', launched.containerId, 'spec')));
    const next = await open();
    expect(recovered).toEqual([{ state: 'never-started', containerId: launched.containerId }]);
    process.kill(helper, 'SIGCONT');
    await next.launch(spec('true'));
    await containerizer.close();
    expect(existsSync(join(launched.sandbox, 'ran'))).toBe(false);
  });

  test('takes a process of another boot, or with a reused pid, for gone', async () => {
    const { writeFileSync, mkdirSync } = await import('node:fs');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const start = readProcess(process.pid)?.start;
    const pidFiles = {
      reused: `1 ${process.pid} 1 999999 ${boot} n\n`,
      rebooted: `1 ${process.pid} ${start} 999999 another-boot n\n`,
    };
    for (const [containerId, content] of Object.entries(pidFiles)) {
      mkdirSync(join(directory, 'runtime', containerId));
      writeFileSync(join(directory, 'runtime', containerId, 'pid'), content);
    }
    containerizer = await open();
    for (const one of recovered) expect(one).toMatchObject({ state: 'exited', pid: process.pid });
    expect(recovered.map((one) => 'waitStatus' in one && one.waitStatus)).toEqual([undefined, undefined]);
  });
});
