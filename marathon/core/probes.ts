import type { StepContext } from '../../sdk/base/step.ts';
import type { ProbeStart } from './effects.ts';
import type { ProbeResult } from './events.ts';
import { applyHealthResult, isMarathonCheck } from './health.ts';
import { instanceOfTask } from './ids.ts';
import type { Instance, InstanceTask } from './instance.ts';
import { putInstance } from './instances.ts';
import type { MarathonFrame, MarathonState } from './state.ts';
import { checkPort } from './task-info.ts';

/** In the grace period a check that was never good runs this often, if its own interval is longer. */
const EAGER_INTERVAL_MS = 1000;
/** Most bytes of a readiness answer that are kept. */
const READINESS_BODY_MAX = 4096;

/**
 * Starts and stops probes so that they are what an instance needs now: its own health checks while it runs, and its readiness
 * check while a deployment waits for it.
 *
 * Differs: the first check runs at once and, until one is good or the grace period is over, at least every second; upstream waits up to 5 s
 * and then whole intervals.
 */
export function syncProbes(state: MarathonState, id: string, ctx: StepContext, frame: MarathonFrame): void {
  const instance = state.instances.get(id);
  const wanted = wantedProbes(state, instance);
  const before = state.probes.get(id);
  const keys = new Set(wanted.map((probe) => probe.key));
  for (const key of before?.keys ?? []) if (!keys.has(key)) frame.emit({ kind: 'probe.stop', key });
  for (const probe of wanted) if (before?.keys.has(probe.key) !== true) frame.emit(probe);
  if (keys.size === 0 || instance?.task === undefined) {
    state.probes.delete(id);
    return;
  }
  const { id: taskId, startedAtMs } = instance.task;
  // After a restart of Marathon only the wall clock tells how long the task has been running.
  const ranMs = Math.max(0, ctx.wallMs - (startedAtMs ?? ctx.wallMs));
  const runningMonoMs = before?.taskId === taskId ? before.runningMonoMs : ctx.monoMs - ranMs;
  state.probes.set(id, { taskId, keys, runningMonoMs });
}

/** What a probe found, if it still concerns anybody. */
export function onProbeResult(state: MarathonState, event: ProbeResult, ctx: StepContext, frame: MarathonFrame): void {
  const [kind, taskId = '', index = ''] = event.key.split('/');
  const id = instanceOfTask(taskId);
  const instance = id === undefined ? undefined : state.instances.get(id);
  if (instance === undefined || instance.task?.id !== taskId) return;
  if (kind === 'health') {
    const result = { ok: event.ok, cause: event.cause ?? '' };
    applyHealthResult(state, instance.id, Number(index), result, ctx, frame);
  } else applyReadiness(state, instance, event, ctx, frame);
}

function wantedProbes(state: MarathonState, instance: Instance | undefined): ProbeStart[] {
  if (instance === undefined || instance.condition !== 'Running' || instance.task === undefined) return [];
  const { task } = instance;
  const probes: ProbeStart[] = [];
  for (const index of instance.app.healthChecks.keys()) {
    const probe = healthProbe(instance, task, index);
    if (probe !== undefined) probes.push(probe);
  }
  const ready = readinessProbe(state, instance, task);
  return ready === undefined ? probes : [...probes, ready];
}

function healthProbe(instance: Instance, task: InstanceTask, index: number): ProbeStart | undefined {
  const check = instance.app.healthChecks[index];
  if (check === undefined || !isMarathonCheck(check)) return undefined;
  const port = checkPort(check, task.hostPorts);
  if (port === undefined) return undefined;
  const intervalMs = check.intervalSeconds * 1000;
  const wasGood = instance.health.some((health) => health.index === index && health.firstSuccessMs !== undefined);
  return {
    kind: 'probe.start',
    key: `health/${task.id}/${index}`,
    protocol: check.protocol === 'TCP' ? 'TCP' : check.protocol === 'HTTPS' ? 'HTTPS' : 'HTTP',
    host: instance.agent?.host ?? '',
    port,
    path: absolute(check.path ?? '/'),
    intervalMs,
    eagerForMs: wasGood ? 0 : check.gracePeriodSeconds * 1000,
    eagerIntervalMs: Math.min(intervalMs, EAGER_INTERVAL_MS),
    timeoutMs: check.timeoutSeconds * 1000,
    ignoreHttp1xx: check.ignoreHttp1xx,
    bodyBytesMax: 0,
  };
}

function readinessProbe(state: MarathonState, instance: Instance, task: InstanceTask): ProbeStart | undefined {
  const check = instance.app.readinessChecks[0];
  if (check === undefined || instance.readiness?.ready === true || !state.locks.has(instance.appId)) return undefined;
  const index = instance.app.portDefinitions.findIndex(({ name }) => name === check.portName);
  const port = task.hostPorts[index];
  if (port === undefined) return undefined;
  const intervalMs = check.intervalSeconds * 1000;
  return {
    kind: 'probe.start',
    key: `ready/${task.id}`,
    protocol: check.protocol,
    host: instance.agent?.host ?? '',
    port,
    path: absolute(check.path),
    intervalMs,
    eagerForMs: 0,
    eagerIntervalMs: intervalMs,
    timeoutMs: check.timeoutSeconds * 1000,
    ignoreHttp1xx: false,
    goodStatuses: check.httpStatusCodesForReady,
    bodyBytesMax: check.preserveLastResponse ? READINESS_BODY_MAX : 0,
  };
}

/** A failed query counts as status 504, as upstream. */
function applyReadiness(
  state: MarathonState,
  instance: Instance,
  event: ProbeResult,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const check = instance.app.readinessChecks[0];
  if (check === undefined || instance.condition !== 'Running') return;
  const response = event.response ?? { status: 504, contentType: 'text/plain', body: event.cause ?? '' };
  const readiness = {
    name: check.name,
    ready: event.ok,
    ...(check.preserveLastResponse ? { lastResponse: response } : {}),
  };
  const updated = { ...instance, readiness };
  if (instance.readiness?.ready === event.ok) state.instances.set(instance.id, updated);
  else putInstance(state, updated, ctx, frame);
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
