// Shows what the read endpoints say, every two seconds while somebody looks. All text is set as text, never as markup.

const REFRESH_MS = 2000;
const TASKS_SHOWN = 50;

const byId = (id) => document.getElementById(id);
const setText = (id, text) => {
  byId(id).textContent = text;
};

async function readJson(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A number without needless digits. */
function amount(value) {
  return Number(value).toLocaleString(undefined, { maximumFractionDigits: 3 });
}

function megabytes(value) {
  return value >= 10_240 ? `${amount(Math.round(value / 102.4) / 10)} GB` : `${amount(value)} MB`;
}

const resourceKinds = [
  ['cpus', 'CPUs', amount],
  ['mem', 'Memory', megabytes],
  ['disk', 'Disk', megabytes],
  ['gpus', 'GPUs', amount],
];

function cell(content, kind) {
  const element = document.createElement('td');
  if (content instanceof Node) element.append(content);
  else element.textContent = content;
  if (kind !== undefined) element.className = kind;
  return element;
}

function code(text) {
  const element = document.createElement('code');
  element.textContent = text;
  return element;
}

function fillTable(id, rows) {
  byId(id).hidden = rows.length === 0;
  byId(`${id}-empty`).hidden = rows.length > 0;
  byId(id)
    .querySelector('tbody')
    .replaceChildren(
      ...rows.map((cells) => {
        const row = document.createElement('tr');
        row.append(...cells);
        return row;
      }),
    );
}

function agentRow(agent) {
  const used = (name, print) => `${print(agent.used_resources[name])} of ${print(agent.resources[name])}`;
  const attributes = Object.entries(agent.attributes).map(([name, value]) => `${name}:${value}`);
  return [
    cell(`${agent.hostname}:${agent.port}`),
    cell(code(agent.id)),
    agent.active ? cell('active', 'good') : cell('not offered', 'bad'),
    cell(used('cpus', amount)),
    cell(used('mem', megabytes)),
    cell(used('disk', megabytes)),
    cell(amount(agent.TASK_RUNNING)),
    cell(attributes.join(', ')),
  ];
}

/** A link only where it is plain http: the address is the framework's own word. */
function frameworkName(framework) {
  if (!/^https?:\/\//.test(framework.webui_url)) return document.createTextNode(framework.name);
  const link = document.createElement('a');
  link.href = framework.webui_url;
  link.rel = 'noreferrer noopener';
  link.textContent = framework.name;
  return link;
}

function frameworkRow(framework) {
  const state = framework.active ? 'active' : framework.connected ? 'inactive' : 'disconnected';
  const { offered_resources: offered, used_resources: used } = framework;
  const isOffered = offered.cpus > 0 || offered.mem > 0;
  const badly = framework.TASK_FAILED + framework.TASK_LOST + framework.TASK_ERROR;
  return [
    cell(frameworkName(framework)),
    cell(code(framework.id)),
    cell(state, framework.active ? 'good' : 'bad'),
    cell(amount(used.cpus)),
    cell(megabytes(used.mem)),
    cell(isOffered ? `${amount(offered.cpus)} CPUs, ${megabytes(offered.mem)}` : '–'),
    cell(amount(framework.TASK_RUNNING)),
    cell(`${amount(framework.TASK_FINISHED)} / ${amount(badly)}`),
  ];
}

const goodStates = new Set(['TASK_RUNNING', 'TASK_FINISHED', 'TASK_STARTING', 'TASK_STAGING']);

function taskRow(task, names) {
  const newest = task.statuses.at(-1);
  const since = newest === undefined ? '–' : new Date(newest.timestamp * 1000).toLocaleString();
  const word = task.state.replace('TASK_', '').toLowerCase().replaceAll('_', ' ');
  return [
    cell(code(task.id)),
    cell(word, goodStates.has(task.state) ? 'good' : 'bad'),
    cell(since),
    cell(names.get(task.framework_id) ?? task.framework_id),
    cell(names.get(task.slave_id) ?? task.slave_id),
    cell(amount(task.resources.cpus)),
    cell(megabytes(task.resources.mem)),
    cell(task.resources.ports ?? ''),
  ];
}

function showResources(agents) {
  const sum = (key, name) => agents.reduce((total, agent) => total + agent[key][name], 0);
  const rows = resourceKinds
    .map(([name, label, print]) => ({ label, print, total: sum('resources', name), used: sum('used_resources', name) }))
    .filter(({ total, label }) => total > 0 || label === 'CPUs');
  byId('resources').replaceChildren(
    ...rows.flatMap(({ label, print, total, used }) => {
      const term = document.createElement('dt');
      term.textContent = label;
      const text = document.createElement('dd');
      text.textContent = `${print(used)} of ${print(total)} in use`;
      const meter = document.createElement('meter');
      meter.max = total || 1;
      meter.value = used;
      meter.setAttribute('aria-label', `${label} in use`);
      const graph = document.createElement('dd');
      graph.append(meter);
      return [term, text, graph];
    }),
  );
}

function showCommands() {
  const { hostname, port } = window.location;
  const master = `${hostname}:${port || '80'}`;
  setText('agent-command', `npx mesos-agent --master=${master} --work_dir=/tmp/mesos-agent`);
  setText('marathon-command', `npx marathon --master=${master}`);
  setText('chronos-command', `npx chronos --master=${master}`);
}

async function refresh() {
  try {
    const [summary, tasks, version] = await Promise.all([
      readJson('state-summary'),
      readJson(`tasks?limit=${TASKS_SHOWN}`),
      readJson('version'),
    ]);
    const names = new Map([
      ...summary.slaves.map(({ id, hostname, port }) => [id, `${hostname}:${port}`]),
      ...summary.frameworks.map(({ id, name }) => [id, name]),
    ]);
    setText('cluster', summary.cluster ?? summary.hostname);
    showResources(summary.slaves);
    fillTable('agents', summary.slaves.map(agentRow));
    fillTable('frameworks', summary.frameworks.map(frameworkRow));
    fillTable(
      'tasks',
      tasks.tasks.map((task) => taskRow(task, names)),
    );
    setText(
      'status',
      `${count(summary.slaves.length, 'agent')}, ${count(summary.frameworks.length, 'framework')}. Meseta ${version.meseta?.version ?? ''}, compatible with Mesos ${version.version}.`,
    );
  } catch (error) {
    setText('status', `The master does not answer (${error.message}); trying again.`);
  }
}

async function run() {
  showCommands();
  for (;;) {
    if (!document.hidden) await refresh();
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

void run();
