import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Addresses of the frameworks that the examples run on. */
export interface ExampleTargets {
  readonly marathonUrl: string;
  readonly chronosUrl: string;
}

const EXAMPLES = new URL('../examples/', import.meta.url);
const ASK_TIMEOUT_MS = 5_000;

/** Starts the bundled app and cron job where they do not exist yet; an existing one is left as the user has it. */
export async function startExamples({ marathonUrl, chronosUrl }: ExampleTargets): Promise<void> {
  const app = readExample('web.json');
  if ((await ask(`${marathonUrl}/v2/apps${app['id']}`)).status === 404) {
    const env = { MESETA_NODE: process.execPath, MESETA_EXAMPLES: fileURLToPath(EXAMPLES).replace(/\/$/, '') };
    await post(`${marathonUrl}/v2/apps`, { ...app, env });
  }
  const job = readExample('tick.json');
  const found = await ask(`${chronosUrl}/v1/scheduler/jobs/search?name=${job['name']}`);
  if (((await found.json()) as unknown[]).length === 0) await post(`${chronosUrl}/v1/scheduler/iso8601`, job);
}

/** One line for each app and job of the cluster, in plain words. */
export async function describeWork({ marathonUrl, chronosUrl }: ExampleTargets): Promise<string[]> {
  const [apps, jobs] = await Promise.all([
    ask(`${marathonUrl}/v2/apps?embed=apps.tasks&embed=apps.counts`).then((answer) => answer.json()),
    ask(`${chronosUrl}/v1/scheduler/jobs`).then((answer) => answer.json()),
  ]);
  return [...(apps as { apps: AppInfo[] }).apps.map(describeApp), ...(jobs as JobInfo[]).map(describeJob)];
}

interface AppInfo {
  readonly id: string;
  readonly instances: number;
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly healthChecks?: readonly unknown[];
  readonly deployments?: readonly unknown[];
  readonly tasks?: readonly { readonly host: string; readonly ports?: readonly number[] }[];
}

interface JobInfo {
  readonly name: string;
  readonly schedule?: string;
  readonly successCount: number;
  readonly errorCount: number;
  readonly lastSuccess: string;
}

function describeApp(app: AppInfo): string {
  const health = (app.healthChecks ?? []).length > 0 ? `, ${app.tasksHealthy} healthy` : '';
  const deploying = (app.deployments ?? []).length > 0 ? ', deploying' : '';
  const places = (app.tasks ?? []).flatMap(({ host, ports }) =>
    (ports ?? []).slice(0, 1).map((port) => `http://${host}:${port}`),
  );
  return `app  ${app.id.padEnd(16)} ${app.tasksRunning}/${app.instances} running${health}${deploying}  ${places.slice(0, 4).join(' ')}`.trimEnd();
}

function describeJob(job: JobInfo): string {
  const last = job.lastSuccess === '' ? '' : `, last at ${job.lastSuccess.slice(11, 19)} UTC`;
  const failed = job.errorCount === 0 ? '' : `, ${job.errorCount} failed`;
  return `job  ${job.name.padEnd(16)} ${job.successCount} runs succeeded${failed}${last}  ${job.schedule ?? ''}`.trimEnd();
}

function readExample(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(file, EXAMPLES), 'utf8')) as Record<string, unknown>;
}

function ask(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
