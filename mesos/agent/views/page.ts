/** The agent's page: one self-contained document that reads `/state` and `/monitor/statistics` every two seconds. */
export function agentPage(): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Meseta agent</title><style>${STYLE}</style></head>
<body><h1>Meseta agent <code id="id"></code></h1><p id="facts">reading…</p>
<h2>Tasks</h2><table><thead><tr><th>Task<th>Framework<th>State<th>CPUs<th>Memory<th>Sandbox</tr></thead><tbody id="live"></tbody></table>
<h2>Ended tasks</h2><table><thead><tr><th>Task<th>Framework<th>State<th>CPUs<th>Memory<th>Sandbox</tr></thead><tbody id="ended"></tbody></table>
<p>Data: <a href="state">state</a> · <a href="containers">containers</a> · <a href="metrics/snapshot">metrics</a> ·
<a href="metrics">metrics for Prometheus</a> · <a href="flags">flags</a></p>
<script>${SCRIPT}</script></body></html>
`;
}

const STYLE = `
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8884}
h1 code{font-size:.7em;font-weight:400}h2{margin-top:2rem}td{overflow-wrap:anywhere}`;

const SCRIPT = `
const put=(id,text)=>{document.getElementById(id).textContent=text};
const row=(task,framework,directory)=>{const tr=document.createElement('tr');
const cells=[task.id,framework.name,task.state.replace('TASK_','').toLowerCase(),task.resources.cpus,task.resources.mem+' MB'];
for(const text of cells){const td=document.createElement('td');td.textContent=text;tr.append(td)}
const td=document.createElement('td');for(const name of ['stdout','stderr']){const a=document.createElement('a');
a.href='files/download?path='+encodeURIComponent(directory+'/'+name);a.textContent=name;td.append(a,' ')}tr.append(td);return tr};
const read=async()=>{try{const state=await (await fetch('state')).json();put('id',state.id||'not registered yet');
const r=state.unreserved_resources_allocated,t=state.resources;
put('facts',state.hostname+', master '+(state.master_hostname??'unknown')+'; in use '+r.cpus+' of '+t.cpus+' CPUs, '+r.mem+' of '+t.mem+' MB');
const live=[],ended=[];for(const framework of [...state.frameworks,...state.completed_frameworks])
for(const executor of [...framework.executors,...framework.completed_executors]){
for(const task of [...executor.tasks,...executor.queued_tasks])live.push(row({state:'TASK_STAGING',...task},framework,executor.directory));
for(const task of executor.completed_tasks)ended.unshift(row(task,framework,executor.directory))}
document.getElementById('live').replaceChildren(...live);document.getElementById('ended').replaceChildren(...ended.slice(0,100))}
catch(error){put('facts','the agent does not answer: '+error)}setTimeout(read,2000)};read();`;
