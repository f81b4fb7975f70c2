import type { AppInput, GroupInput } from '../../model/input.ts';

/** Who asked, for `api_post_event`. */
export interface Requester {
  readonly clientIp: string;
  /** Path of the request. */
  readonly uri: string;
}

interface Forceable {
  /** Cancel conflicting deployments instead of answering 409. */
  readonly force: boolean;
}

interface Killing extends Forceable {
  /** Take the killed instances off the app's count, as a deployment. */
  readonly scale: boolean;
  /** Forget the instances: what replaces them gets new ids. */
  readonly wipe: boolean;
}

/** `POST /v2/apps` */
export interface CreateApp extends Forceable {
  readonly kind: 'app.create';
  readonly input: AppInput;
  readonly requester: Requester;
}

/** `PUT` and `PATCH /v2/apps/{id}` */
export interface UpdateApp extends Forceable {
  readonly kind: 'app.update';
  /** Absolute. */
  readonly id: string;
  readonly input: AppInput;
  /** False: fields that are absent take their defaults. */
  readonly partial: boolean;
  /** False: an unknown app is a 404. */
  readonly mayCreate: boolean;
  readonly requester: Requester;
}

/** `PUT` and `PATCH /v2/apps` */
export interface UpdateApps extends Forceable {
  readonly kind: 'apps.update';
  readonly inputs: readonly AppInput[];
  readonly partial: boolean;
  readonly mayCreate: boolean;
  readonly requester: Requester;
}

/** `DELETE /v2/apps/{id}` */
export interface DeleteApp extends Forceable {
  readonly kind: 'app.delete';
  readonly id: string;
}

/** `POST /v2/apps/{id}/restart` */
export interface RestartApp extends Forceable {
  readonly kind: 'app.restart';
  readonly id: string;
}

/** `DELETE /v2/apps/{id}/tasks` */
export interface KillAppTasks extends Killing {
  readonly kind: 'app.kill';
  readonly id: string;
  /** Exact host name; absent or `*`: any. */
  readonly host?: string | undefined;
}

/** `DELETE /v2/apps/{id}/tasks/{taskId}` */
export interface KillAppTask extends Killing {
  readonly kind: 'app.killOne';
  readonly id: string;
  readonly taskId: string;
}

/** `POST /v2/tasks/delete` */
export interface KillTasks extends Killing {
  readonly kind: 'tasks.kill';
  readonly ids: readonly string[];
}

/** `POST /v2/groups`, `/v2/groups/{id}` */
export interface CreateGroup extends Forceable {
  readonly kind: 'group.create';
  /** Absolute id of the path; the input's id starts from it. */
  readonly base: string;
  readonly input: GroupInput;
}

/** `PUT /v2/groups`, `/v2/groups/{id}` */
export interface UpdateGroup extends Forceable {
  readonly kind: 'group.update';
  readonly base: string;
  readonly input: GroupInput;
  /** Only answer the steps. */
  readonly dryRun: boolean;
}

/** `DELETE /v2/groups`, `/v2/groups/{id}` */
export interface DeleteGroup extends Forceable {
  readonly kind: 'group.delete';
  readonly id: string;
}

/** `DELETE /v2/deployments/{id}`; force: stop it and leave everything as it is, else go back by a new deployment. */
export interface CancelDeployment extends Forceable {
  readonly kind: 'deployment.cancel';
  readonly id: string;
}

/** `DELETE /v2/queue/{id}/delay` */
export interface ResetDelay {
  readonly kind: 'queue.resetDelay';
  readonly id: string;
}

/** A change that a client asks for: types and shapes are checked, ids of paths absolute, meaning is not checked yet. */
export type ApiCommand =
  | CreateApp
  | UpdateApp
  | UpdateApps
  | DeleteApp
  | RestartApp
  | KillAppTasks
  | KillAppTask
  | KillTasks
  | CreateGroup
  | UpdateGroup
  | DeleteGroup
  | CancelDeployment
  | ResetDelay;
