/**
 * Ids of instances and tasks, as upstream 1.11:
 *
 *     instance  <path with _>.instance-<uuid>
 *     task      <instance id>._app.<incarnation>
 *
 * A path segment has no `_`, so the path can be read back.
 */
const INSTANCE = /^([^.].*)\.(?:instance-|marathon-)([^.]+)$/;
const TASK = /^(.+)\._app(?:\.(\d+))?$/;

/** The id of a new instance. */
export function instanceId(appId: string, uuid: string): string {
  return `${appId.slice(1).replaceAll('/', '_')}.instance-${uuid}`;
}

/** The task id of an instance's launch. */
export function taskId(instance: string, incarnation: number): string {
  return `${instance}._app.${incarnation}`;
}

/** The instance of a task id, or undefined when Marathon made no such id. */
export function instanceOfTask(id: string): string | undefined {
  const instance = TASK.exec(id)?.[1];
  return instance !== undefined && INSTANCE.test(instance) ? instance : undefined;
}

/** The app id in an instance id, or undefined when it is none. */
export function appOfInstance(id: string): string | undefined {
  const path = INSTANCE.exec(id)?.[1];
  return path === undefined ? undefined : `/${path.replaceAll('_', '/')}`;
}
