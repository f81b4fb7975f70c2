// Listens with the real marathon-event-bus-client until the app's life is over; prints each event as a line of JSON.
const MarathonEventBusClient = require('marathon-event-bus-client');

const [host, port, appId] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const eventTypes = [
  'group_change_success',
  'deployment_info',
  'deployment_step_success',
  'deployment_success',
  'status_update_event',
  'instance_changed_event',
  'app_terminated_event',
];
const handlers = Object.fromEntries(eventTypes.map((type) => [type, (name, data) => told(name, data)]));
const client = new MarathonEventBusClient({ marathonHost: host, marathonPort: port, eventTypes, handlers });

client.on('subscribed', () => {
  say({ event: 'subscribed' });
  void live();
});
client.on('error', ({ error }) => say({ event: 'error', message: String(error?.message) }));

let running;
const isRunning = new Promise((resolve) => {
  running = resolve;
});

function told(name, data) {
  say({ event: name, appId: data.appId, taskStatus: data.taskStatus, plan: data.plan?.id, eventType: data.eventType });
  if (name === 'deployment_success') running();
  if (name === 'app_terminated_event' && data.appId === appId) {
    client.unsubscribe();
    process.exit(0);
  }
}

async function live() {
  const base = `http://${host}:${port}/v2/apps`;
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ id: appId, cmd: 'sleep 1000', cpus: 0.1, mem: 32 });
  await fetch(base, { method: 'POST', headers, body });
  await isRunning;
  await fetch(base + appId, { method: 'DELETE' });
}

client.subscribe();
