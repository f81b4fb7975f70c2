// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as duration from './duration.ts';
import type * as maintenance from './maintenance.ts';
import type * as mesos from './mesos.ts';
import type * as quota from './quota.ts';
import type * as scheduler from './scheduler.ts';

/** mesos.v1.master.Call.Type */
export type Call_Type =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_FLAGS'
  | 'GET_VERSION'
  | 'GET_METRICS'
  | 'GET_LOGGING_LEVEL'
  | 'SET_LOGGING_LEVEL'
  | 'LIST_FILES'
  | 'READ_FILE'
  | 'GET_STATE'
  | 'GET_AGENTS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_OPERATIONS'
  | 'GET_TASKS'
  | 'GET_ROLES'
  | 'GET_WEIGHTS'
  | 'UPDATE_WEIGHTS'
  | 'GET_MASTER'
  | 'SUBSCRIBE'
  | 'RESERVE_RESOURCES'
  | 'UNRESERVE_RESOURCES'
  | 'CREATE_VOLUMES'
  | 'DESTROY_VOLUMES'
  | 'GROW_VOLUME'
  | 'SHRINK_VOLUME'
  | 'GET_MAINTENANCE_STATUS'
  | 'GET_MAINTENANCE_SCHEDULE'
  | 'UPDATE_MAINTENANCE_SCHEDULE'
  | 'START_MAINTENANCE'
  | 'STOP_MAINTENANCE'
  | 'DRAIN_AGENT'
  | 'DEACTIVATE_AGENT'
  | 'REACTIVATE_AGENT'
  | 'GET_QUOTA'
  | 'UPDATE_QUOTA'
  | 'SET_QUOTA'
  | 'REMOVE_QUOTA'
  | 'TEARDOWN'
  | 'MARK_AGENT_GONE';

/** mesos.v1.master.Response.Type */
export type Response_Type =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_FLAGS'
  | 'GET_VERSION'
  | 'GET_METRICS'
  | 'GET_LOGGING_LEVEL'
  | 'LIST_FILES'
  | 'READ_FILE'
  | 'GET_STATE'
  | 'GET_AGENTS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_OPERATIONS'
  | 'GET_TASKS'
  | 'GET_ROLES'
  | 'GET_WEIGHTS'
  | 'GET_MASTER'
  | 'GET_MAINTENANCE_STATUS'
  | 'GET_MAINTENANCE_SCHEDULE'
  | 'GET_QUOTA';

/** mesos.v1.master.Event.Type */
export type Event_Type =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'TASK_ADDED'
  | 'TASK_UPDATED'
  | 'AGENT_ADDED'
  | 'AGENT_REMOVED'
  | 'FRAMEWORK_ADDED'
  | 'FRAMEWORK_UPDATED'
  | 'FRAMEWORK_REMOVED'
  | 'HEARTBEAT';

/** mesos.v1.master.Call */
export interface Call {
  readonly type?: Call_Type | undefined;
  readonly get_metrics?: Call_GetMetrics | undefined;
  readonly set_logging_level?: Call_SetLoggingLevel | undefined;
  readonly list_files?: Call_ListFiles | undefined;
  readonly read_file?: Call_ReadFile | undefined;
  readonly update_weights?: Call_UpdateWeights | undefined;
  readonly reserve_resources?: Call_ReserveResources | undefined;
  readonly unreserve_resources?: Call_UnreserveResources | undefined;
  readonly create_volumes?: Call_CreateVolumes | undefined;
  readonly destroy_volumes?: Call_DestroyVolumes | undefined;
  readonly grow_volume?: Call_GrowVolume | undefined;
  readonly shrink_volume?: Call_ShrinkVolume | undefined;
  readonly update_maintenance_schedule?: Call_UpdateMaintenanceSchedule | undefined;
  readonly start_maintenance?: Call_StartMaintenance | undefined;
  readonly stop_maintenance?: Call_StopMaintenance | undefined;
  readonly drain_agent?: Call_DrainAgent | undefined;
  readonly deactivate_agent?: Call_DeactivateAgent | undefined;
  readonly reactivate_agent?: Call_ReactivateAgent | undefined;
  readonly update_quota?: Call_UpdateQuota | undefined;
  readonly teardown?: Call_Teardown | undefined;
  readonly mark_agent_gone?: Call_MarkAgentGone | undefined;
  /** Deprecated. */
  readonly set_quota?: Call_SetQuota | undefined;
  /** Deprecated. */
  readonly remove_quota?: Call_RemoveQuota | undefined;
}

/** mesos.v1.master.Call.GetMetrics */
export interface Call_GetMetrics {
  readonly timeout?: mesos.DurationInfo | undefined;
}

/** mesos.v1.master.Call.SetLoggingLevel */
export interface Call_SetLoggingLevel {
  readonly level: number;
  readonly duration: mesos.DurationInfo;
}

/** mesos.v1.master.Call.ListFiles */
export interface Call_ListFiles {
  readonly path: string;
}

/** mesos.v1.master.Call.ReadFile */
export interface Call_ReadFile {
  readonly path: string;
  readonly offset: bigint;
  readonly length?: bigint | undefined;
}

/** mesos.v1.master.Call.UpdateWeights */
export interface Call_UpdateWeights {
  readonly weight_infos?: readonly mesos.WeightInfo[] | undefined;
}

/** mesos.v1.master.Call.ReserveResources */
export interface Call_ReserveResources {
  readonly agent_id: mesos.AgentID;
  readonly source?: readonly mesos.Resource[] | undefined;
  readonly resources?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.master.Call.UnreserveResources */
export interface Call_UnreserveResources {
  readonly agent_id: mesos.AgentID;
  readonly resources?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.master.Call.CreateVolumes */
export interface Call_CreateVolumes {
  readonly agent_id: mesos.AgentID;
  readonly volumes?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.master.Call.DestroyVolumes */
export interface Call_DestroyVolumes {
  readonly agent_id: mesos.AgentID;
  readonly volumes?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.master.Call.GrowVolume */
export interface Call_GrowVolume {
  readonly agent_id?: mesos.AgentID | undefined;
  readonly volume: mesos.Resource;
  readonly addition: mesos.Resource;
}

/** mesos.v1.master.Call.ShrinkVolume */
export interface Call_ShrinkVolume {
  readonly agent_id?: mesos.AgentID | undefined;
  readonly volume: mesos.Resource;
  readonly subtract: mesos.Value_Scalar;
}

/** mesos.v1.master.Call.UpdateMaintenanceSchedule */
export interface Call_UpdateMaintenanceSchedule {
  readonly schedule: maintenance.Schedule;
}

/** mesos.v1.master.Call.StartMaintenance */
export interface Call_StartMaintenance {
  readonly machines?: readonly mesos.MachineID[] | undefined;
}

/** mesos.v1.master.Call.StopMaintenance */
export interface Call_StopMaintenance {
  readonly machines?: readonly mesos.MachineID[] | undefined;
}

/** mesos.v1.master.Call.DrainAgent */
export interface Call_DrainAgent {
  readonly agent_id: mesos.AgentID;
  readonly max_grace_period?: duration.Duration | undefined;
  /** Default false. */
  readonly mark_gone?: boolean | undefined;
}

/** mesos.v1.master.Call.DeactivateAgent */
export interface Call_DeactivateAgent {
  readonly agent_id: mesos.AgentID;
}

/** mesos.v1.master.Call.ReactivateAgent */
export interface Call_ReactivateAgent {
  readonly agent_id: mesos.AgentID;
}

/** mesos.v1.master.Call.UpdateQuota */
export interface Call_UpdateQuota {
  readonly force?: boolean | undefined;
  readonly quota_configs?: readonly quota.QuotaConfig[] | undefined;
}

/** mesos.v1.master.Call.SetQuota */
export interface Call_SetQuota {
  readonly quota_request: quota.QuotaRequest;
}

/** mesos.v1.master.Call.RemoveQuota */
export interface Call_RemoveQuota {
  readonly role: string;
}

/** mesos.v1.master.Call.Teardown */
export interface Call_Teardown {
  readonly framework_id: mesos.FrameworkID;
}

/** mesos.v1.master.Call.MarkAgentGone */
export interface Call_MarkAgentGone {
  readonly agent_id: mesos.AgentID;
}

/** mesos.v1.master.Response */
export interface Response {
  readonly type?: Response_Type | undefined;
  readonly get_health?: Response_GetHealth | undefined;
  readonly get_flags?: Response_GetFlags | undefined;
  readonly get_version?: Response_GetVersion | undefined;
  readonly get_metrics?: Response_GetMetrics | undefined;
  readonly get_logging_level?: Response_GetLoggingLevel | undefined;
  readonly list_files?: Response_ListFiles | undefined;
  readonly read_file?: Response_ReadFile | undefined;
  readonly get_state?: Response_GetState | undefined;
  readonly get_agents?: Response_GetAgents | undefined;
  readonly get_frameworks?: Response_GetFrameworks | undefined;
  readonly get_executors?: Response_GetExecutors | undefined;
  readonly get_operations?: Response_GetOperations | undefined;
  readonly get_tasks?: Response_GetTasks | undefined;
  readonly get_roles?: Response_GetRoles | undefined;
  readonly get_weights?: Response_GetWeights | undefined;
  readonly get_master?: Response_GetMaster | undefined;
  readonly get_maintenance_status?: Response_GetMaintenanceStatus | undefined;
  readonly get_maintenance_schedule?: Response_GetMaintenanceSchedule | undefined;
  readonly get_quota?: Response_GetQuota | undefined;
}

/** mesos.v1.master.Response.GetHealth */
export interface Response_GetHealth {
  readonly healthy: boolean;
}

/** mesos.v1.master.Response.GetFlags */
export interface Response_GetFlags {
  readonly flags?: readonly mesos.Flag[] | undefined;
}

/** mesos.v1.master.Response.GetVersion */
export interface Response_GetVersion {
  readonly version_info: mesos.VersionInfo;
}

/** mesos.v1.master.Response.GetMetrics */
export interface Response_GetMetrics {
  readonly metrics?: readonly mesos.Metric[] | undefined;
}

/** mesos.v1.master.Response.GetLoggingLevel */
export interface Response_GetLoggingLevel {
  readonly level: number;
}

/** mesos.v1.master.Response.ListFiles */
export interface Response_ListFiles {
  readonly file_infos?: readonly mesos.FileInfo[] | undefined;
}

/** mesos.v1.master.Response.ReadFile */
export interface Response_ReadFile {
  readonly size: bigint;
  readonly data: Uint8Array;
}

/** mesos.v1.master.Response.GetState */
export interface Response_GetState {
  readonly get_tasks?: Response_GetTasks | undefined;
  readonly get_executors?: Response_GetExecutors | undefined;
  readonly get_frameworks?: Response_GetFrameworks | undefined;
  readonly get_agents?: Response_GetAgents | undefined;
}

/** mesos.v1.master.Response.GetAgents */
export interface Response_GetAgents {
  readonly agents?: readonly Response_GetAgents_Agent[] | undefined;
  readonly recovered_agents?: readonly mesos.AgentInfo[] | undefined;
}

/** mesos.v1.master.Response.GetAgents.Agent */
export interface Response_GetAgents_Agent {
  readonly agent_info: mesos.AgentInfo;
  readonly active: boolean;
  readonly deactivated?: boolean | undefined;
  readonly version: string;
  readonly pid?: string | undefined;
  readonly registered_time?: mesos.TimeInfo | undefined;
  readonly reregistered_time?: mesos.TimeInfo | undefined;
  readonly total_resources?: readonly mesos.Resource[] | undefined;
  readonly allocated_resources?: readonly mesos.Resource[] | undefined;
  readonly offered_resources?: readonly mesos.Resource[] | undefined;
  readonly capabilities?: readonly mesos.AgentInfo_Capability[] | undefined;
  readonly resource_providers?: readonly Response_GetAgents_Agent_ResourceProvider[] | undefined;
  readonly drain_info?: mesos.DrainInfo | undefined;
  readonly estimated_drain_start_time?: mesos.TimeInfo | undefined;
}

/** mesos.v1.master.Response.GetAgents.Agent.ResourceProvider */
export interface Response_GetAgents_Agent_ResourceProvider {
  readonly resource_provider_info: mesos.ResourceProviderInfo;
  readonly total_resources?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.master.Response.GetFrameworks */
export interface Response_GetFrameworks {
  readonly frameworks?: readonly Response_GetFrameworks_Framework[] | undefined;
  readonly completed_frameworks?: readonly Response_GetFrameworks_Framework[] | undefined;
  /** Deprecated. */
  readonly recovered_frameworks?: readonly mesos.FrameworkInfo[] | undefined;
}

/** mesos.v1.master.Response.GetFrameworks.Framework */
export interface Response_GetFrameworks_Framework {
  readonly framework_info: mesos.FrameworkInfo;
  readonly active: boolean;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly registered_time?: mesos.TimeInfo | undefined;
  readonly reregistered_time?: mesos.TimeInfo | undefined;
  readonly unregistered_time?: mesos.TimeInfo | undefined;
  readonly offers?: readonly mesos.Offer[] | undefined;
  readonly inverse_offers?: readonly mesos.InverseOffer[] | undefined;
  readonly allocated_resources?: readonly mesos.Resource[] | undefined;
  readonly offered_resources?: readonly mesos.Resource[] | undefined;
  readonly offer_constraints?: scheduler.OfferConstraints | undefined;
}

/** mesos.v1.master.Response.GetExecutors */
export interface Response_GetExecutors {
  readonly executors?: readonly Response_GetExecutors_Executor[] | undefined;
  /** Deprecated. */
  readonly orphan_executors?: readonly Response_GetExecutors_Executor[] | undefined;
}

/** mesos.v1.master.Response.GetExecutors.Executor */
export interface Response_GetExecutors_Executor {
  readonly executor_info: mesos.ExecutorInfo;
  readonly agent_id: mesos.AgentID;
}

/** mesos.v1.master.Response.GetOperations */
export interface Response_GetOperations {
  readonly operations?: readonly mesos.Operation[] | undefined;
}

/** mesos.v1.master.Response.GetTasks */
export interface Response_GetTasks {
  /** Deprecated. */
  readonly pending_tasks?: readonly mesos.Task[] | undefined;
  readonly tasks?: readonly mesos.Task[] | undefined;
  readonly unreachable_tasks?: readonly mesos.Task[] | undefined;
  readonly completed_tasks?: readonly mesos.Task[] | undefined;
  /** Deprecated. */
  readonly orphan_tasks?: readonly mesos.Task[] | undefined;
}

/** mesos.v1.master.Response.GetRoles */
export interface Response_GetRoles {
  readonly roles?: readonly mesos.Role[] | undefined;
}

/** mesos.v1.master.Response.GetWeights */
export interface Response_GetWeights {
  readonly weight_infos?: readonly mesos.WeightInfo[] | undefined;
}

/** mesos.v1.master.Response.GetMaster */
export interface Response_GetMaster {
  readonly master_info?: mesos.MasterInfo | undefined;
  readonly start_time?: number | undefined;
  readonly elected_time?: number | undefined;
}

/** mesos.v1.master.Response.GetMaintenanceStatus */
export interface Response_GetMaintenanceStatus {
  readonly status: maintenance.ClusterStatus;
}

/** mesos.v1.master.Response.GetMaintenanceSchedule */
export interface Response_GetMaintenanceSchedule {
  readonly schedule: maintenance.Schedule;
}

/** mesos.v1.master.Response.GetQuota */
export interface Response_GetQuota {
  readonly status: quota.QuotaStatus;
}

/** mesos.v1.master.Event */
export interface Event {
  readonly type?: Event_Type | undefined;
  readonly subscribed?: Event_Subscribed | undefined;
  readonly task_added?: Event_TaskAdded | undefined;
  readonly task_updated?: Event_TaskUpdated | undefined;
  readonly agent_added?: Event_AgentAdded | undefined;
  readonly agent_removed?: Event_AgentRemoved | undefined;
  readonly framework_added?: Event_FrameworkAdded | undefined;
  readonly framework_updated?: Event_FrameworkUpdated | undefined;
  readonly framework_removed?: Event_FrameworkRemoved | undefined;
}

/** mesos.v1.master.Event.Subscribed */
export interface Event_Subscribed {
  readonly get_state?: Response_GetState | undefined;
  readonly heartbeat_interval_seconds?: number | undefined;
}

/** mesos.v1.master.Event.TaskAdded */
export interface Event_TaskAdded {
  readonly task: mesos.Task;
}

/** mesos.v1.master.Event.TaskUpdated */
export interface Event_TaskUpdated {
  readonly framework_id: mesos.FrameworkID;
  readonly status: mesos.TaskStatus;
  readonly state: mesos.TaskState;
}

/** mesos.v1.master.Event.FrameworkAdded */
export interface Event_FrameworkAdded {
  readonly framework: Response_GetFrameworks_Framework;
}

/** mesos.v1.master.Event.FrameworkUpdated */
export interface Event_FrameworkUpdated {
  readonly framework: Response_GetFrameworks_Framework;
}

/** mesos.v1.master.Event.FrameworkRemoved */
export interface Event_FrameworkRemoved {
  readonly framework_info: mesos.FrameworkInfo;
}

/** mesos.v1.master.Event.AgentAdded */
export interface Event_AgentAdded {
  readonly agent: Response_GetAgents_Agent;
}

/** mesos.v1.master.Event.AgentRemoved */
export interface Event_AgentRemoved {
  readonly agent_id: mesos.AgentID;
}
