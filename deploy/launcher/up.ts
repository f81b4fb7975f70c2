import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { portOwner } from '../../sdk/daemon/port-owner.ts';
import { MESETA_VERSION } from '../../sdk/daemon/version.ts';
import { requireSoundPlan } from './check.ts';
import { describeWork, startExamples } from './examples.ts';
import { type DaemonPlan, planCluster, type UpOptions } from './plan.ts';
import { LiveLines, readyScreen } from './screen.ts';
import { endProcess, Supervised } from './supervised.ts';
import { LaunchError, WorkDir } from './work-dir.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 20;
const WATCH_MS = 1_000;
const LOG_TRIM_MS = 60_000;
const STOP_STAGES = [0, 1, 2] as const;
const STAGE_NAMES = ['frameworks', 'agents with their tasks', 'master'] as const;

/**
 * `meseta up`: runs a whole cluster until Ctrl-C.
 *
 * @returns the exit code.
 * @throws LaunchError for what the user can mend: a busy port, a folder in use.
 */
export async function up(options: UpOptions): Promise<number> {
  const workDir = new WorkDir(resolve(options.workDir));
  const plans = planCluster(options, (name) => workDir.dataPath(name));
  requireSoundPlan(options.ip, plans);
  workDir.claim();
  try {
    return await runCluster(options, plans, workDir);
  } finally {
    workDir.release();
  }
}

async function runCluster(options: UpOptions, plans: readonly DaemonPlan[], workDir: WorkDir): Promise<number> {
  const lines = new LiveLines(process.stdout);
  await endLeftovers(workDir, lines);
  for (const plan of plans) await requireFreePort(options.ip, plan);

  const end = Promise.withResolvers<number>();
  let stopping = false;
  const daemons = plans.map(
    (plan) =>
      new Supervised(plan, workDir, (text, isFatal) => {
        lines.say(text);
        if (isFatal) end.resolve(1);
      }),
  );
  const onSignal = (): void => {
    if (stopping) {
      lines.say('Ending everything by force. Tasks may be left; the next start on this folder adopts them.');
      for (const daemon of daemons) daemon.kill();
    }
    stopping = true;
    end.resolve(0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  for (const daemon of daemons) daemon.start();

  const watching = new AbortController();
  const shown = showCluster(options, plans, workDir, lines, watching.signal).catch((error: unknown) => {
    if (watching.signal.aborted) return;
    lines.say(error instanceof Error ? error.message : String(error));
    end.resolve(1);
  });
  const trimming = setInterval(() => {
    for (const daemon of daemons) daemon.trimLog();
  }, LOG_TRIM_MS);
  const code = await end.promise;
  stopping = true;
  watching.abort();
  clearInterval(trimming);
  await shown;
  lines.clear();
  await stopAll(daemons, lines);
  return code;
}

async function showCluster(
  options: UpOptions,
  plans: readonly DaemonPlan[],
  workDir: WorkDir,
  lines: LiveLines,
  stop: AbortSignal,
): Promise<void> {
  await Promise.all(plans.map((plan) => untilReady(plan, workDir, stop)));
  const agent = plans.find(({ stopStage }) => stopStage === 1);
  lines.say(
    readyScreen({
      version: MESETA_VERSION,
      readySeconds: process.uptime(),
      plans,
      workDir: workDir.path,
      isolation: agent === undefined ? 'no agent runs' : await isolationOf(agent, stop),
    }),
  );
  const url = (name: string) => new URL(plans.find((plan) => plan.name === name)?.url ?? '').origin;
  const targets = { marathonUrl: url('marathon'), chronosUrl: url('chronos') };
  if (options.examples) await startExamples(targets);
  while (!stop.aborted) {
    try {
      lines.show(await describeWork(targets));
    } catch {
      // A daemon that is being started again says so by itself.
    }
    await pause(WATCH_MS, stop);
  }
}

/** What the agent says of the isolation in force. */
async function isolationOf(agent: DaemonPlan, stop: AbortSignal): Promise<string> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!stop.aborted && performance.now() < deadlineMs) {
    try {
      const answer = await fetch(`${agent.url}/state`, { signal: stop });
      const state = (await answer.json()) as { meseta?: { isolation?: { mode?: string; reason?: string } } };
      const { mode = 'unknown', reason = '' } = state.meseta?.isolation ?? {};
      return reason === '' ? mode : `${mode}: ${reason}`;
    } catch {
      // It has died meanwhile, and is being started again.
      await pause(READY_POLL_MS, stop);
    }
  }
  return 'unknown';
}

async function untilReady(plan: DaemonPlan, workDir: WorkDir, stop: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!stop.aborted) {
    try {
      const answer = await fetch(new URL(plan.healthPath, plan.url), {
        signal: AbortSignal.any([stop, AbortSignal.timeout(2_000)]),
      });
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    if (performance.now() > deadlineMs) {
      throw new Error(
        `${plan.name} is not ready after ${READY_TIMEOUT_MS / 1000} s; its log is ${workDir.logPath(plan.name)}`,
      );
    }
    await pause(READY_POLL_MS, stop);
  }
}

async function endLeftovers(workDir: WorkDir, lines: LiveLines): Promise<void> {
  const left = workDir.leftovers();
  if (left.length === 0) return;
  lines.say(`Ending what an earlier start left: ${left.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ')}`);
  const stageOf = (name: string) => (name === 'master' ? 2 : name.startsWith('agent') ? 1 : 0);
  for (const stage of STOP_STAGES) {
    const ending = left.filter(({ name }) => stageOf(name) === stage);
    await Promise.all(ending.map((note) => endProcess(note, stage === 1 ? 'SIGUSR1' : 'SIGTERM', 45_000)));
  }
}

async function stopAll(daemons: readonly Supervised[], lines: LiveLines): Promise<void> {
  for (const stage of STOP_STAGES) {
    lines.say(`Stopping ${STAGE_NAMES[stage]} ...`);
    await Promise.all(daemons.filter(({ plan }) => plan.stopStage === stage).map((daemon) => daemon.stop()));
  }
  lines.say('Stopped. The next start resumes the same apps and jobs.');
}

async function requireFreePort(ip: string, plan: DaemonPlan): Promise<void> {
  const probe = createServer();
  const code = await new Promise<string | undefined>((settle) => {
    probe.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'unknown'));
    probe.listen(plan.port, ip, () => probe.close(() => settle(undefined)));
  });
  if (code === undefined) return;
  if (code === 'EADDRNOTAVAIL') {
    throw new LaunchError(`${ip} is no address of this machine: choose another with --ip=ADDRESS`);
  }
  const why =
    code === 'EADDRINUSE' ? `is taken by ${portOwner(plan.port) ?? 'another process'}` : `cannot be used (${code})`;
  throw new LaunchError(`port ${plan.port} for ${plan.name} ${why}: choose another with ${plan.portFlag}=PORT`);
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      settle();
    }
    stop.addEventListener('abort', done);
  });
}
