// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as mesos from './mesos.ts';

/** meseta.agent_link.v1.Call.Type */
export type Call_Type =
  | 'UNKNOWN'
  | 'REGISTER'
  | 'REREGISTER'
  | 'PONG'
  | 'UPDATE'
  | 'MESSAGE'
  | 'EXECUTOR_EXITED'
  | 'UNREGISTER';

/** meseta.agent_link.v1.Event.Type */
export type Event_Type =
  | 'UNKNOWN'
  | 'REGISTERED'
  | 'REREGISTERED'
  | 'PING'
  | 'RUN_TASK'
  | 'KILL_TASK'
  | 'ACKNOWLEDGE'
  | 'MESSAGE'
  | 'SHUTDOWN_EXECUTOR'
  | 'SHUTDOWN_FRAMEWORK'
  | 'UPDATE_FRAMEWORK'
  | 'SHUTDOWN'
  | 'REFUSED';

/** meseta.agent_link.v1.Calls */
export interface Calls {
  readonly agent_id?: mesos.AgentID | undefined;
  readonly calls?: readonly Call[] | undefined;
  readonly batch?: bigint | undefined;
}

/** meseta.agent_link.v1.Call */
export interface Call {
  readonly type: Call_Type;
  readonly register?: Call_Register | undefined;
  readonly reregister?: Call_Reregister | undefined;
  readonly pong?: Call_Pong | undefined;
  readonly update?: Call_Update | undefined;
  readonly message?: Call_Message | undefined;
  readonly executor_exited?: Call_ExecutorExited | undefined;
  readonly unregister?: Call_Unregister | undefined;
}

/** meseta.agent_link.v1.Call.Register */
export interface Call_Register {
  readonly hello: Call_Hello;
}

/** meseta.agent_link.v1.Call.Reregister */
export interface Call_Reregister {
  readonly hello: Call_Hello;
  readonly frameworks?: readonly mesos.FrameworkInfo[] | undefined;
  readonly executors?: readonly Call_Executor[] | undefined;
  readonly tasks?: readonly Call_TaskReport[] | undefined;
}

/** meseta.agent_link.v1.Call.Hello */
export interface Call_Hello {
  readonly protocol: number;
  readonly version: string;
  readonly agent_info: mesos.AgentInfo;
  readonly capabilities?: readonly mesos.AgentInfo_Capability[] | undefined;
  readonly newest_epoch?: bigint | undefined;
  readonly ip?: string | undefined;
  readonly attempt?: bigint | undefined;
  readonly registration_id?: string | undefined;
}

/** meseta.agent_link.v1.Call.Executor */
export interface Call_Executor {
  readonly framework_id: mesos.FrameworkID;
  readonly executor_info: mesos.ExecutorInfo;
}

/** meseta.agent_link.v1.Call.TaskReport */
export interface Call_TaskReport {
  readonly task: mesos.Task;
}

/** meseta.agent_link.v1.Call.Pong */
export interface Call_Pong {
  readonly sequence: bigint;
}

/** meseta.agent_link.v1.Call.Update */
export interface Call_Update {
  readonly framework_id: mesos.FrameworkID;
  readonly status: mesos.TaskStatus;
  readonly latest_state?: mesos.TaskState | undefined;
}

/** meseta.agent_link.v1.Call.Message */
export interface Call_Message {
  readonly framework_id: mesos.FrameworkID;
  readonly executor_id: mesos.ExecutorID;
  readonly data: Uint8Array;
}

/** meseta.agent_link.v1.Call.ExecutorExited */
export interface Call_ExecutorExited {
  readonly framework_id: mesos.FrameworkID;
  readonly executor_id: mesos.ExecutorID;
  readonly status: number;
  /** Default false. */
  readonly silent?: boolean | undefined;
}

/** meseta.agent_link.v1.Call.Unregister */
export interface Call_Unregister {
  readonly reason?: string | undefined;
}

/** meseta.agent_link.v1.Event */
export interface Event {
  readonly type: Event_Type;
  readonly registered?: Event_Registered | undefined;
  readonly ping?: Event_Ping | undefined;
  readonly run_task?: Event_RunTask | undefined;
  readonly kill_task?: Event_KillTask | undefined;
  readonly acknowledge?: Event_Acknowledge | undefined;
  readonly message?: Event_Message | undefined;
  readonly shutdown_executor?: Event_ShutdownExecutor | undefined;
  readonly shutdown_framework?: Event_ShutdownFramework | undefined;
  readonly update_framework?: Event_UpdateFramework | undefined;
  readonly shutdown?: Event_Shutdown | undefined;
  readonly refused?: Event_Refused | undefined;
}

/** meseta.agent_link.v1.Event.Registered */
export interface Event_Registered {
  readonly agent_id: mesos.AgentID;
  readonly master_info: mesos.MasterInfo;
  readonly epoch: bigint;
  readonly protocol: number;
  readonly ping_timeout_seconds: number;
}

/** meseta.agent_link.v1.Event.Ping */
export interface Event_Ping {
  readonly sequence: bigint;
}

/** meseta.agent_link.v1.Event.RunTask */
export interface Event_RunTask {
  readonly framework_info: mesos.FrameworkInfo;
  readonly task: mesos.TaskInfo;
}

/** meseta.agent_link.v1.Event.KillTask */
export interface Event_KillTask {
  readonly framework_id: mesos.FrameworkID;
  readonly task_id: mesos.TaskID;
  readonly kill_policy?: mesos.KillPolicy | undefined;
}

/** meseta.agent_link.v1.Event.Acknowledge */
export interface Event_Acknowledge {
  readonly framework_id: mesos.FrameworkID;
  readonly task_id: mesos.TaskID;
  readonly uuid: Uint8Array;
}

/** meseta.agent_link.v1.Event.Message */
export interface Event_Message {
  readonly framework_id: mesos.FrameworkID;
  readonly executor_id: mesos.ExecutorID;
  readonly data: Uint8Array;
}

/** meseta.agent_link.v1.Event.ShutdownExecutor */
export interface Event_ShutdownExecutor {
  readonly framework_id: mesos.FrameworkID;
  readonly executor_id: mesos.ExecutorID;
}

/** meseta.agent_link.v1.Event.ShutdownFramework */
export interface Event_ShutdownFramework {
  readonly framework_id: mesos.FrameworkID;
}

/** meseta.agent_link.v1.Event.UpdateFramework */
export interface Event_UpdateFramework {
  readonly framework_info: mesos.FrameworkInfo;
}

/** meseta.agent_link.v1.Event.Shutdown */
export interface Event_Shutdown {
  readonly message: string;
}

/** meseta.agent_link.v1.Event.Refused */
export interface Event_Refused {
  readonly message: string;
  readonly retry: boolean;
}
