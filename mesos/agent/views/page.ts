import { createHash } from 'node:crypto';

const COLUMNS =
  '<th scope="col">Task<th scope="col">Framework<th scope="col">State<th scope="col">CPUs<th scope="col">Memory';

const STYLE = `
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif;background:light-dark(#fff,#14171a);color:light-dark(#1b1f23,#e6e9ec)}
body{max-width:80rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.5rem;margin:0}h1 code{font-size:.7em;font-weight:400}h2{font-size:1.1rem;margin:2rem 0 .5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem 1rem .3rem 0;border-bottom:1px solid #8884}
th:first-child,td:first-child{width:40%}td{overflow-wrap:anywhere}.scroll{overflow-x:auto}
a{color:light-dark(#0550ae,#79c0ff)}.good{color:light-dark(#116329,#56d364)}.bad{color:light-dark(#a40e26,#ff7b72)}
#facts,.muted,footer{color:light-dark(#586069,#9aa4af)}`;

const SCRIPT = `
const byId=(id)=>document.getElementById(id);
const put=(id,text)=>{byId(id).textContent=text};
const amount=(value)=>Number(value).toLocaleString(undefined,{maximumFractionDigits:3});
const good=['staging','starting','running','finished'];
const cell=(text,kind)=>{const td=document.createElement('td');td.textContent=text;if(kind)td.className=kind;return td};
const sandbox=(directory)=>{const td=document.createElement('td');for(const name of ['stdout','stderr']){const a=document.createElement('a');
a.href='files/download?path='+encodeURIComponent(directory+'/'+name);a.textContent=name;td.append(a,' ')}return td};
const row=({task,framework,directory})=>{const tr=document.createElement('tr');const state=task.state.replace('TASK_','').toLowerCase();
tr.append(cell(task.id),cell(framework.name),cell(state,good.includes(state)?'good':'bad'),cell(amount(task.resources.cpus)),
cell(amount(task.resources.mem)+' MB'),sandbox(directory));return tr};
const fill=(id,entries)=>{byId(id).hidden=entries.length===0;byId(id+'-empty').hidden=entries.length>0;
byId(id).querySelector('tbody').replaceChildren(...entries.map(row))};
const timeOf=({task})=>task.statuses.at(-1)?.timestamp??0;
const refresh=async()=>{try{
const answer=await fetch('state',{signal:AbortSignal.timeout(10000)});if(!answer.ok)throw new Error('state answered '+answer.status);
const state=await answer.json();const used=state.unreserved_resources_allocated,total=state.resources;
put('id',state.id||'not registered yet');
put('facts',state.hostname+', '+(state.master_hostname===undefined?'no master':'master '+state.master_hostname)+'. In use: '+amount(used.cpus)+
' of '+amount(total.cpus)+' CPUs, '+amount(used.mem)+' of '+amount(total.mem)+' MB.');
const live=[],ended=[];for(const framework of [...state.frameworks,...state.completed_frameworks])
for(const {tasks,queued_tasks,completed_tasks,directory} of [...framework.executors,...framework.completed_executors]){
for(const task of tasks)live.push({task,framework,directory});
for(const task of queued_tasks)live.push({task:{statuses:[],state:'TASK_STAGING',...task},framework,directory});
for(const task of completed_tasks)ended.push({task,framework,directory})}
ended.sort((left,right)=>timeOf(right)-timeOf(left));
fill('live',live);fill('ended',ended.slice(0,100))}catch(error){put('facts','The agent does not answer ('+error.message+'); trying again.')}};
const run=async()=>{for(;;){if(!document.hidden)await refresh();await new Promise((resolve)=>setTimeout(resolve,2000))}};
void run();`;

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Meseta agent</title><style>${STYLE}</style></head>
<body><header><h1>Meseta agent <code id="id"></code></h1><p id="facts" role="status">Reading the state…</p>
<noscript><p>This page needs JavaScript; the same facts are at <a href="state">/state</a>.</p></noscript></header>
<main>${section('live', 'Tasks', 'No task runs here.')}${section('ended', 'Ended tasks', 'No task has ended here since this agent started.')}</main>
<footer><p>Data: <a href="state">state</a> · <a href="containers">containers</a> · <a href="metrics/snapshot">metrics</a> ·
<a href="metrics">metrics for Prometheus</a> · <a href="flags">flags</a> · <a href="version">version</a></p></footer>
<script>${SCRIPT}</script></body></html>
`;

/** The agent's page: one document that reads `/state` every two seconds while somebody looks. */
export function agentPage(): string {
  return PAGE;
}

/** What the page may do: run its own script, and read its own agent. */
export const AGENT_PAGE_POLICY = `default-src 'none'; script-src '${hashOf(SCRIPT)}'; style-src '${hashOf(STYLE)}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

function section(id: string, title: string, empty: string): string {
  return `<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><p id="${id}-empty" class="muted" hidden>${empty}</p>
<div class="scroll"><table id="${id}" hidden><thead><tr>${COLUMNS}<th scope="col">Sandbox</tr></thead><tbody></tbody></table></div></section>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
