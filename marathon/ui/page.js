// One page that shows what Marathon runs. It only reads, every few seconds; all values go in as text.

const REFRESH_MS = 3000;
const INSTANCES_MAX = 500;

/** What the reasons of /v2/queue mean to a person. */
const REASONS = {
  UnfulfilledRole: 'of a role that the app does not accept',
  UnfulfilledConstraint: 'on agents that its constraints exclude',
  NoCorrespondingReservationFound: 'without the reservation that it needs',
  AgentMaintenance: 'of agents under maintenance',
  InsufficientCpus: 'with too few CPUs',
  InsufficientMemory: 'with too little memory',
  InsufficientDisk: 'with too little disk',
  InsufficientGpus: 'with too few GPUs',
  InsufficientPorts: 'without the ports that it needs',
  DeclinedScarceResources: 'with scarce resources kept for others',
};

const byId = (id) => document.getElementById(id);

async function load(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return await response.json();
}

async function refresh() {
  try {
    const [{ apps }, deployments, { queue }] = await Promise.all([
      load('/v2/apps?embed=apps.tasks&embed=apps.lastTaskFailure'),
      load('/v2/deployments'),
      load('/v2/queue'),
    ]);
    showApps(apps, queue);
    showWaiting(queue);
    showDeployments(deployments);
    showInstances(apps);
    showFailures(apps);
    say(`Up to date at ${new Date().toLocaleTimeString()}`);
  } catch (error) {
    say(`No answer: ${error.message}. Trying again.`);
  }
  setTimeout(refresh, REFRESH_MS);
}

/** A time alone is not worth an announcement, so screen readers hear of changes of the kind of message only. */
function say(text) {
  const status = byId('status');
  status.setAttribute('aria-live', text.startsWith('Up to date') ? 'off' : 'polite');
  setText(status, text);
}

function showApps(apps, queue) {
  byId('empty').hidden = apps.length > 0;
  byId('apps').hidden = apps.length === 0;
  const waiting = new Map(queue.map((item) => [item.app.id, item]));
  const rows = apps.map((app) => {
    const [state, kind] = stateOf(app, waiting.get(app.id));
    return [
      cell([text('strong', app.id), text('code', commandOf(app), 'command')]),
      cell([text('span', state, kind)]),
      cell([`${app.tasksRunning} of ${app.instances}`], 'number'),
      cell([healthOf(app)]),
      cell([`${app.cpus} CPU, ${app.mem} MB`], 'number'),
      cell([timeOf(app.version)], 'number'),
    ];
  });
  replaceRows('apps', rows);
}

function stateOf(app, waiting) {
  if (app.deployments.length > 0) return [waiting === undefined ? 'Deploying' : 'Deploying, waiting', 'busy'];
  if (waiting !== undefined) return waiting.delay.overdue ? ['Waiting', 'busy'] : ['Delayed after failures', 'bad'];
  if (app.instances === 0) return ['Suspended', 'busy'];
  return ['Running', 'good'];
}

function commandOf(app) {
  return app.cmd ?? (app.args ?? []).join(' ');
}

function healthOf(app) {
  if ((app.healthChecks ?? []).length === 0) return 'no checks';
  const { tasksHealthy, tasksUnhealthy } = app;
  const parts = [];
  if (tasksHealthy > 0) parts.push(`${tasksHealthy} healthy`);
  if (tasksUnhealthy > 0) parts.push(`${tasksUnhealthy} unhealthy`);
  return parts.length === 0 ? 'unknown' : parts.join(', ');
}

function showWaiting(queue) {
  byId('waiting-section').hidden = queue.length === 0;
  replaceItems('waiting', queue.map(explain));
}

function explain({ app, count, delay, processedOffersSummary: summary }) {
  const what = `${app.id}: ${count} ${count === 1 ? 'instance waits' : 'instances wait'}`;
  if (!delay.overdue) return `${what} for ${delay.timeLeftSeconds} s more, because earlier launches failed.`;
  const refused = summary.rejectSummaryLastOffers.filter(({ declined }) => declined > 0);
  if (refused.length === 0) return `${what} for an offer from an agent.`;
  const reasons = refused.map(({ reason, declined }) => `${declined} ${REASONS[reason] ?? reason}`);
  return `${what}. Last offers that did not fit: ${reasons.join('; ')}.`;
}

function showDeployments(deployments) {
  byId('deployments-section').hidden = deployments.length === 0;
  const items = deployments.map(({ id, currentStep, totalSteps, currentActions }) => {
    const actions = currentActions.map(({ action, app }) => `${action} ${app}`).join(', ');
    return `${id}: step ${currentStep} of ${totalSteps}, ${actions}`;
  });
  replaceItems('deployments', items);
}

function showInstances(apps) {
  const tasks = apps.flatMap((app) => app.tasks ?? []).slice(0, INSTANCES_MAX);
  byId('instances-section').hidden = tasks.length === 0;
  const rows = tasks.map((task) => [
    cell([text('code', task.id)]),
    cell([text('span', task.state.replace('TASK_', '').toLowerCase(), kindOf(task.state))]),
    cell([healthOfTask(task)]),
    cell([text('code', [task.host, ...(task.ports ?? [])].join(':'))]),
    cell([timeOf(task.startedAt ?? task.stagedAt)], 'number'),
  ]);
  replaceRows('instances', rows);
}

function kindOf(state) {
  if (state === 'TASK_RUNNING') return 'good';
  return state === 'TASK_UNREACHABLE' ? 'bad' : 'busy';
}

function healthOfTask({ healthCheckResults = [] }) {
  if (healthCheckResults.length === 0) return '';
  const failed = healthCheckResults.filter(({ alive }) => !alive);
  if (failed.length === 0) return text('span', 'healthy', 'good');
  return text('span', `unhealthy: ${failed[0].lastFailureCause ?? 'no answer'}`, 'bad');
}

function showFailures(apps) {
  const failures = apps.flatMap(({ lastTaskFailure }) => lastTaskFailure ?? []);
  byId('failures-section').hidden = failures.length === 0;
  const items = failures.map(({ appId, timestamp, state, message, host }) => {
    return `${appId}, ${timeOf(timestamp)}, on ${host}: ${state} ${message}`;
  });
  replaceItems('failures', items);
}

function timeOf(timestamp) {
  return timestamp === undefined ? '' : new Date(timestamp).toLocaleString();
}

function text(tag, content, className) {
  const element = document.createElement(tag);
  element.textContent = content;
  if (className !== undefined) element.className = className;
  return element;
}

function cell(children, className) {
  const element = document.createElement('td');
  element.append(...children);
  if (className !== undefined) element.className = className;
  return element;
}

/** Rows that did not change stay, with what is selected in them. */
function replaceRows(tableId, rows) {
  const body = byId(tableId).tBodies[0];
  rows.forEach((cells, index) => {
    const row = document.createElement('tr');
    row.append(...cells);
    const old = body.rows[index];
    if (old === undefined) body.append(row);
    else if (!old.isEqualNode(row)) old.replaceWith(row);
  });
  while (body.rows.length > rows.length) body.deleteRow(-1);
}

function replaceItems(listId, items) {
  const list = byId(listId);
  items.forEach((content, index) => {
    const old = list.children[index];
    if (old === undefined) list.append(text('li', content));
    else setText(old, content);
  });
  while (list.children.length > items.length) list.lastChild.remove();
}

function setText(element, content) {
  if (element.textContent !== content) element.textContent = content;
}

byId('example').textContent = [
  `curl -X POST ${location.origin}/v2/apps -H 'Content-Type: application/json' -d '{`,
  '  "id": "hello",',
  '  "cmd": "while true; do date; sleep 5; done",',
  '  "cpus": 0.1,',
  '  "mem": 32,',
  '  "instances": 2',
  "}'",
].join('\n');

load('/v2/info')
  .then((info) =>
    setText(byId('about'), `compatible with Marathon ${info.version}, master ${info.marathon_config.master}`),
  )
  .catch(() => undefined);
void refresh();
