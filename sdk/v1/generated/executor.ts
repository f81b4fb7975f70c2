// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as mesos from './mesos.ts';

/** mesos.v1.executor.Event.Type */
export type Event_Type =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'LAUNCH'
  | 'LAUNCH_GROUP'
  | 'KILL'
  | 'ACKNOWLEDGED'
  | 'MESSAGE'
  | 'ERROR'
  | 'SHUTDOWN'
  | 'HEARTBEAT';

/** mesos.v1.executor.Call.Type */
export type Call_Type =
  | 'UNKNOWN'
  | 'SUBSCRIBE'
  | 'UPDATE'
  | 'MESSAGE'
  | 'HEARTBEAT';

/** mesos.v1.executor.Event */
export interface Event {
  readonly type?: Event_Type | undefined;
  readonly subscribed?: Event_Subscribed | undefined;
  readonly acknowledged?: Event_Acknowledged | undefined;
  readonly launch?: Event_Launch | undefined;
  readonly launch_group?: Event_LaunchGroup | undefined;
  readonly kill?: Event_Kill | undefined;
  readonly message?: Event_Message | undefined;
  readonly error?: Event_Error | undefined;
}

/** mesos.v1.executor.Event.Subscribed */
export interface Event_Subscribed {
  readonly executor_info: mesos.ExecutorInfo;
  readonly framework_info: mesos.FrameworkInfo;
  readonly agent_info: mesos.AgentInfo;
  readonly container_id?: mesos.ContainerID | undefined;
}

/** mesos.v1.executor.Event.Launch */
export interface Event_Launch {
  readonly task: mesos.TaskInfo;
}

/** mesos.v1.executor.Event.LaunchGroup */
export interface Event_LaunchGroup {
  readonly task_group: mesos.TaskGroupInfo;
}

/** mesos.v1.executor.Event.Kill */
export interface Event_Kill {
  readonly task_id: mesos.TaskID;
  readonly kill_policy?: mesos.KillPolicy | undefined;
}

/** mesos.v1.executor.Event.Acknowledged */
export interface Event_Acknowledged {
  readonly task_id: mesos.TaskID;
  readonly uuid: Uint8Array;
}

/** mesos.v1.executor.Event.Message */
export interface Event_Message {
  readonly data: Uint8Array;
}

/** mesos.v1.executor.Event.Error */
export interface Event_Error {
  readonly message: string;
}

/** mesos.v1.executor.Call */
export interface Call {
  readonly executor_id: mesos.ExecutorID;
  readonly framework_id: mesos.FrameworkID;
  readonly type?: Call_Type | undefined;
  readonly subscribe?: Call_Subscribe | undefined;
  readonly update?: Call_Update | undefined;
  readonly message?: Call_Message | undefined;
}

/** mesos.v1.executor.Call.Subscribe */
export interface Call_Subscribe {
  readonly unacknowledged_tasks?: readonly mesos.TaskInfo[] | undefined;
  readonly unacknowledged_updates?: readonly Call_Update[] | undefined;
}

/** mesos.v1.executor.Call.Update */
export interface Call_Update {
  readonly status: mesos.TaskStatus;
}

/** mesos.v1.executor.Call.Message */
export interface Call_Message {
  readonly data: Uint8Array;
}
