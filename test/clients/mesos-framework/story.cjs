// mesos-framework, unmodified: keeps two sleeping tasks running, sees one die and brings it back, kills, tears down.
'use strict';

const { Scheduler, Mesos } = require('mesos-framework');
const { CommandInfo } = Mesos.getMesos();

const [masterUrl, port] = process.argv[2].split(':');
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const logging = { path: process.argv[3], fileName: 'story.log', level: 'error' };

const scheduler = new Scheduler({
  masterUrl,
  port: Number(port),
  frameworkName: 'mesos-framework story',
  logging,
  restartStates: ['TASK_FAILED', 'TASK_KILLED', 'TASK_LOST', 'TASK_ERROR', 'TASK_FINISHED'],
  tasks: {
    sleepers: {
      priority: 1,
      instances: 2,
      commandInfo: new CommandInfo(null, null, true, 'sleep 1000', null, null),
      resources: { cpus: 0.1, mem: 32, ports: 1, disk: 0 },
    },
  },
});

const running = new Set();
let killed;
scheduler.on('subscribed', ({ frameworkId }) => say({ event: 'subscribed', frameworkId }));
scheduler.on('heartbeat', () => say({ event: 'heartbeat' }));
// TEARDOWN ends the stream, which this client calls an error.
let isOver = false;
scheduler.on('error', (error) => isOver || say({ event: 'error', message: error.message ?? String(error) }));
scheduler.on('update', ({ status }) => {
  const { state, task_id: taskId } = status;
  say({ event: 'update', task: taskId.value, state });
  if (state === 'TASK_RUNNING') running.add(taskId.value);
  else running.delete(taskId.value);
  if (running.size === 2 && killed === undefined) {
    killed = taskId.value;
    scheduler.kill(killed, status.agent_id.value);
  } else if (running.size === 2 && !running.has(killed)) {
    say({ event: 'restarted' });
    isOver = true;
    scheduler.teardown();
    setTimeout(() => process.exit(0), 500);
  }
});
scheduler.on('ready', () => scheduler.subscribe());
setTimeout(() => process.exit(1), 90_000);
