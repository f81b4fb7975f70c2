import { unknownApp, unknownGroup } from '../../core/api/refusal.ts';
import { taskAnswers } from '../../core/api/task-answer.ts';
import type { Instance } from '../../core/instance.ts';
import { instancesOf, type MarathonState } from '../../core/state.ts';
import type { JsonObject } from '../../model/answer.ts';
import type { AppDefinition } from '../../model/app.ts';
import { allApps, findApp, findGroup } from '../../model/group.ts';
import { isListed } from './app-view.ts';

/** `GET /v2/tasks`; `statuses` may name `running` and `staging`, others are ignored. */
export function taskList(state: MarathonState, statuses: readonly string[]): JsonObject {
  const conditions = new Set(
    statuses.map((status) => status.toLowerCase()).flatMap((status) => CONDITIONS[status] ?? []),
  );
  const tasks: JsonObject[] = [];
  for (const app of allApps(state.root)) {
    const servicePorts = app.portDefinitions.map(({ port }) => port);
    const instances = listed(state, app);
    const wanted = conditions.size === 0 ? instances : instances.filter(({ condition }) => conditions.has(condition));
    tasks.push(...taskAnswers(wanted, servicePorts));
  }
  return { tasks };
}

/** `GET /v2/apps/{id}/tasks`. @throws ApiRefusal 404 */
export function appTasks(state: MarathonState, id: string): JsonObject {
  const app = findApp(state.root, id);
  if (app === undefined) throw unknownApp(id);
  return { tasks: tasksOf(state, app) };
}

/** The tasks of all apps at or below a group. @throws ApiRefusal 404 */
export function groupTasks(state: MarathonState, id: string): JsonObject {
  const group = findGroup(state.root, id);
  if (group === undefined) throw unknownGroup(id);
  return { tasks: Array.from(allApps(group), (app) => tasksOf(state, app)).flat() };
}

/**
 * The plain text list that HAProxy bridges read: one line per app and port,
 * `app_with_slashes_as_underscores<TAB>servicePort<TAB>host:port<TAB>...`; apps without ports have a blank for the port.
 *
 * @param apps those to list; absent for all.
 */
export function taskText(state: MarathonState, appId?: string): string {
  const app = appId === undefined ? undefined : findApp(state.root, appId);
  if (appId !== undefined && app === undefined) throw unknownApp(appId);
  const lines: string[] = [];
  for (const each of app === undefined ? allApps(state.root) : [app]) lines.push(...textLines(state, each));
  return lines.map((line) => `${line}\n`).join('');
}

const CONDITIONS: Readonly<Record<string, readonly Instance['condition'][]>> = {
  running: ['Running'],
  staging: ['Staging'],
};

function listed(state: MarathonState, app: AppDefinition): readonly Instance[] {
  return instancesOf(state, app.id).filter(isListed);
}

function tasksOf(state: MarathonState, app: AppDefinition): JsonObject[] {
  return taskAnswers(listed(state, app));
}

function textLines(state: MarathonState, app: AppDefinition): string[] {
  const name = app.id.slice(1).replaceAll('/', '_');
  const running = listed(state, app).filter(({ condition }) => condition === 'Running');
  const line = (port: string, endpoints: readonly string[]): string => [name, port, ...endpoints, ''].join('\t');
  if (app.portDefinitions.length === 0)
    return [
      line(
        ' ',
        running.map(({ agent }) => agent?.host ?? ''),
      ),
    ];
  return app.portDefinitions.map(({ port }, index) =>
    line(
      String(port),
      running.flatMap(({ agent, task }) => {
        const hostPort = task?.hostPorts[index];
        return hostPort === undefined ? [] : [`${agent?.host ?? ''}:${hostPort}`];
      }),
    ),
  );
}
