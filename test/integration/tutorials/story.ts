import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SchedulerDriver } from '../../../sdk/scheduler/driver.ts';
import type { Offer } from '../../../sdk/v1/generated/mesos.ts';
import { eventually } from '../../support/eventually.ts';
import { shareAmongThree } from './three-frameworks.ts';

/**
 * Lines of the classic tutorials, as they stand: default ports, default folders. Runs in a network and mount namespace of
 * its own, where those are free; prints what it saw as one JSON object a line.
 */
const MASTER = '127.0.0.1:5050';
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

interface Running {
  output(): string;
  end(): Promise<void>;
}

/** Runs a shell line in which upstream's program names stand for ours, until the signal ends it. */
function line(text: string, endSignal: NodeJS.Signals = 'SIGTERM'): Running {
  const path = `${fileURLToPath(new URL('../../../deploy/bin', import.meta.url))}:${process.env['PATH']}`;
  const child = spawn('sh', ['-c', `exec ${text}`], {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    output: () => output,
    end: async () => {
      child.kill(endSignal);
      await ended;
    },
  };
}

const get = async (url: string): Promise<unknown> => (await fetch(url)).json();
const isUp = (url: string) => eventually(`${url} answers`, async () => (await fetch(url)).ok);

/** The first offer that a framework with this role gets; it is declined. */
function firstOffer(role: string): Promise<Offer> {
  return new Promise((resolve, reject) => {
    const driver = new SchedulerDriver({
      master: MASTER,
      framework: { user: '', name: `asks for ${role}`, role },
      refused: (message) => reject(new Error(message)),
      offers: ([offer]) => {
        if (offer !== undefined) void driver.stop({ teardown: true }).then(() => resolve(offer));
      },
    });
    driver.start();
  });
}

function sums(offer: Offer): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { name, scalar } of offer.resources ?? []) {
    if (scalar !== undefined) totals[name] = (totals[name] ?? 0) + scalar.value;
  }
  return totals;
}

async function withCluster(agentLine: string, story: () => Promise<void>): Promise<void> {
  // Another article, another machine: an agent refuses a work directory whose resources were others.
  execFileSync('sh', ['-c', 'rm -rf /tmp/mesos/*']);
  const master = line('mesos-master --registry=in_memory --ip=127.0.0.1');
  await isUp(`http://${MASTER}/health`);
  // SIGTERM would leave its tasks running.
  const agent = line(agentLine, 'SIGUSR1');
  await eventually(
    'the agent is registered',
    async () => ((await get(`http://${MASTER}/state`)) as { activated_slaves: number }).activated_slaves === 1,
  );
  await story();
  await agent.end();
  await master.end();
  say({ step: 'output', master: master.output(), agent: agent.output() });
}

await withCluster(
  'mesos-slave --master=127.0.0.1:5050 --resources="cpus:4;mem:2048;cpus(spark):8;mem(spark):4096"',
  async () => {
    say({ step: 'roles', spark: sums(await firstOffer('spark')), others: sums(await firstOffer('*')) });
  },
);

await withCluster(
  'mesos-slave --master=127.0.0.1:5050 --port=5151 --resources="cpus:6;mem:6762;disk:13483"',
  async () => {
    const { id: masterId } = (await get(`http://${MASTER}/state`)) as { id: string };
    say({
      step: 'first offer',
      masterId,
      offer: JSON.parse(
        JSON.stringify(await firstOffer('*'), (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
      ),
    });
    say({ step: 'three frameworks', ...(await shareAmongThree(MASTER)) });
  },
);

await withCluster(
  'mesos-slave --master=127.0.0.1:5050 --resources="cpus:4;mem:8192;disk:4096;ports:[31000-32000]"',
  async () => {
    const marathon = line(`marathon --master=${MASTER} --data_dir=/tmp/mesos/marathon`);
    const chronos = line(`chronos --master=${MASTER} --data_dir=/tmp/mesos/chronos`);
    await Promise.all([isUp('http://127.0.0.1:8080/ping'), isUp('http://127.0.0.1:4400/ping')]);
    const post = async (url: string, body: string) => {
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return { status: answer.status, text: await answer.text() };
    };
    const command = 'touch /tmp/mesos/spark-ran; sleep 1000';
    const app = { cmd: command, id: 'spark-pi', cpus: 1, mem: 1024, instances: 1 };
    const job = {
      name: 'Scheduled Spark Submit Job',
      command: 'echo submitted',
      shell: true,
      async: false,
      cpus: 0.1,
      disk: 256,
      mem: 1024,
      owner: 'owner@example.com',
      description: 'Spark Job executed every 3 minutes',
      schedule: 'R/2016-03-14T12:35:00.000Z/PT3M',
    };
    const appAnswer = await post('http://127.0.0.1:8080/v2/apps', JSON.stringify(app));
    const jobAnswer = await post('http://127.0.0.1:4400/scheduler/iso8601', JSON.stringify(job));
    say({ step: 'posted', app: appAnswer.status, job: jobAnswer.status });
    await eventually(
      'the app runs',
      async () =>
        ((await get('http://127.0.0.1:8080/v2/apps/spark-pi')) as { app: { tasksRunning: number } }).app
          .tasksRunning === 1,
    );
    const jobs = await eventually('the job has run', async () => {
      const found = (await get('http://127.0.0.1:4400/scheduler/jobs')) as { successCount: number; schedule: string }[];
      return (found[0]?.successCount ?? 0) >= 1 && found;
    });
    say({ step: 'ran', successCount: jobs[0]?.successCount, schedule: jobs[0]?.schedule });
    // As the articles print them: a raw newline inside the command, and a job without its "command": key.
    say({
      step: 'printed app',
      ...(await post('http://127.0.0.1:8080/v2/apps', '{\n  "cmd": "spark-submit\n--class Pi", "id": "x"}')),
    });
    say({
      step: 'printed job',
      ...(await post('http://127.0.0.1:4400/scheduler/iso8601', '{\n  "name": "x",\n  "spark-submit", "shell": true}')),
    });
    await marathon.end();
    await chronos.end();
  },
);
say({ step: 'end' });
process.exit(0);
