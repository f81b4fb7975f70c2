// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as mesos from './mesos.ts';

/** mesos.v1.agent.Call.Type */
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
  | 'GET_CONTAINERS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_OPERATIONS'
  | 'GET_TASKS'
  | 'GET_AGENT'
  | 'GET_RESOURCE_PROVIDERS'
  | 'LAUNCH_NESTED_CONTAINER'
  | 'WAIT_NESTED_CONTAINER'
  | 'KILL_NESTED_CONTAINER'
  | 'REMOVE_NESTED_CONTAINER'
  | 'LAUNCH_NESTED_CONTAINER_SESSION'
  | 'ATTACH_CONTAINER_INPUT'
  | 'ATTACH_CONTAINER_OUTPUT'
  | 'LAUNCH_CONTAINER'
  | 'WAIT_CONTAINER'
  | 'KILL_CONTAINER'
  | 'REMOVE_CONTAINER'
  | 'ADD_RESOURCE_PROVIDER_CONFIG'
  | 'UPDATE_RESOURCE_PROVIDER_CONFIG'
  | 'REMOVE_RESOURCE_PROVIDER_CONFIG'
  | 'MARK_RESOURCE_PROVIDER_GONE'
  | 'PRUNE_IMAGES';

/** mesos.v1.agent.Call.AttachContainerInput.Type */
export type Call_AttachContainerInput_Type =
  | 'UNKNOWN'
  | 'CONTAINER_ID'
  | 'PROCESS_IO';

/** mesos.v1.agent.Response.Type */
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
  | 'GET_CONTAINERS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_OPERATIONS'
  | 'GET_TASKS'
  | 'GET_AGENT'
  | 'GET_RESOURCE_PROVIDERS'
  | 'WAIT_NESTED_CONTAINER'
  | 'WAIT_CONTAINER';

/** mesos.v1.agent.ProcessIO.Type */
export type ProcessIO_Type =
  | 'UNKNOWN'
  | 'DATA'
  | 'CONTROL';

/** mesos.v1.agent.ProcessIO.Data.Type */
export type ProcessIO_Data_Type =
  | 'UNKNOWN'
  | 'STDIN'
  | 'STDOUT'
  | 'STDERR';

/** mesos.v1.agent.ProcessIO.Control.Type */
export type ProcessIO_Control_Type =
  | 'UNKNOWN'
  | 'TTY_INFO'
  | 'HEARTBEAT';

/** mesos.v1.agent.Call */
export interface Call {
  readonly type?: Call_Type | undefined;
  readonly get_metrics?: Call_GetMetrics | undefined;
  readonly set_logging_level?: Call_SetLoggingLevel | undefined;
  readonly list_files?: Call_ListFiles | undefined;
  readonly read_file?: Call_ReadFile | undefined;
  readonly get_containers?: Call_GetContainers | undefined;
  /** Deprecated. */
  readonly launch_nested_container?: Call_LaunchNestedContainer | undefined;
  /** Deprecated. */
  readonly wait_nested_container?: Call_WaitNestedContainer | undefined;
  /** Deprecated. */
  readonly kill_nested_container?: Call_KillNestedContainer | undefined;
  /** Deprecated. */
  readonly remove_nested_container?: Call_RemoveNestedContainer | undefined;
  readonly launch_nested_container_session?: Call_LaunchNestedContainerSession | undefined;
  readonly attach_container_input?: Call_AttachContainerInput | undefined;
  readonly attach_container_output?: Call_AttachContainerOutput | undefined;
  readonly launch_container?: Call_LaunchContainer | undefined;
  readonly wait_container?: Call_WaitContainer | undefined;
  readonly kill_container?: Call_KillContainer | undefined;
  readonly remove_container?: Call_RemoveContainer | undefined;
  readonly add_resource_provider_config?: Call_AddResourceProviderConfig | undefined;
  readonly update_resource_provider_config?: Call_UpdateResourceProviderConfig | undefined;
  readonly remove_resource_provider_config?: Call_RemoveResourceProviderConfig | undefined;
  readonly mark_resource_provider_gone?: Call_MarkResourceProviderGone | undefined;
  readonly prune_images?: Call_PruneImages | undefined;
}

/** mesos.v1.agent.Call.GetMetrics */
export interface Call_GetMetrics {
  readonly timeout?: mesos.DurationInfo | undefined;
}

/** mesos.v1.agent.Call.SetLoggingLevel */
export interface Call_SetLoggingLevel {
  readonly level: number;
  readonly duration: mesos.DurationInfo;
}

/** mesos.v1.agent.Call.ListFiles */
export interface Call_ListFiles {
  readonly path: string;
}

/** mesos.v1.agent.Call.ReadFile */
export interface Call_ReadFile {
  readonly path: string;
  readonly offset: bigint;
  readonly length?: bigint | undefined;
}

/** mesos.v1.agent.Call.GetContainers */
export interface Call_GetContainers {
  readonly show_nested?: boolean | undefined;
  readonly show_standalone?: boolean | undefined;
}

/** mesos.v1.agent.Call.LaunchNestedContainer */
export interface Call_LaunchNestedContainer {
  readonly container_id: mesos.ContainerID;
  readonly command?: mesos.CommandInfo | undefined;
  readonly container?: mesos.ContainerInfo | undefined;
}

/** mesos.v1.agent.Call.WaitNestedContainer */
export interface Call_WaitNestedContainer {
  readonly container_id: mesos.ContainerID;
}

/** mesos.v1.agent.Call.KillNestedContainer */
export interface Call_KillNestedContainer {
  readonly container_id: mesos.ContainerID;
  readonly signal?: number | undefined;
}

/** mesos.v1.agent.Call.RemoveNestedContainer */
export interface Call_RemoveNestedContainer {
  readonly container_id: mesos.ContainerID;
}

/** mesos.v1.agent.Call.LaunchNestedContainerSession */
export interface Call_LaunchNestedContainerSession {
  readonly container_id: mesos.ContainerID;
  readonly command?: mesos.CommandInfo | undefined;
  readonly container?: mesos.ContainerInfo | undefined;
}

/** mesos.v1.agent.Call.AttachContainerInput */
export interface Call_AttachContainerInput {
  readonly type?: Call_AttachContainerInput_Type | undefined;
  readonly container_id?: mesos.ContainerID | undefined;
  readonly process_io?: ProcessIO | undefined;
}

/** mesos.v1.agent.Call.AttachContainerOutput */
export interface Call_AttachContainerOutput {
  readonly container_id: mesos.ContainerID;
}

/** mesos.v1.agent.Call.LaunchContainer */
export interface Call_LaunchContainer {
  readonly container_id: mesos.ContainerID;
  readonly command?: mesos.CommandInfo | undefined;
  readonly resources?: readonly mesos.Resource[] | undefined;
  readonly container?: mesos.ContainerInfo | undefined;
  readonly limits?: Readonly<Record<string, mesos.Value_Scalar>> | undefined;
}

/** mesos.v1.agent.Call.WaitContainer */
export interface Call_WaitContainer {
  readonly container_id: mesos.ContainerID;
}

/** mesos.v1.agent.Call.KillContainer */
export interface Call_KillContainer {
  readonly container_id: mesos.ContainerID;
  readonly signal?: number | undefined;
}

/** mesos.v1.agent.Call.RemoveContainer */
export interface Call_RemoveContainer {
  readonly container_id: mesos.ContainerID;
}

/** mesos.v1.agent.Call.AddResourceProviderConfig */
export interface Call_AddResourceProviderConfig {
  readonly info: mesos.ResourceProviderInfo;
}

/** mesos.v1.agent.Call.UpdateResourceProviderConfig */
export interface Call_UpdateResourceProviderConfig {
  readonly info: mesos.ResourceProviderInfo;
}

/** mesos.v1.agent.Call.RemoveResourceProviderConfig */
export interface Call_RemoveResourceProviderConfig {
  readonly type: string;
  readonly name: string;
}

/** mesos.v1.agent.Call.MarkResourceProviderGone */
export interface Call_MarkResourceProviderGone {
  readonly resource_provider_id: mesos.ResourceProviderID;
}

/** mesos.v1.agent.Call.PruneImages */
export interface Call_PruneImages {
  readonly excluded_images?: readonly mesos.Image[] | undefined;
}

/** mesos.v1.agent.Response */
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
  readonly get_containers?: Response_GetContainers | undefined;
  readonly get_frameworks?: Response_GetFrameworks | undefined;
  readonly get_executors?: Response_GetExecutors | undefined;
  readonly get_operations?: Response_GetOperations | undefined;
  readonly get_tasks?: Response_GetTasks | undefined;
  readonly get_agent?: Response_GetAgent | undefined;
  readonly get_resource_providers?: Response_GetResourceProviders | undefined;
  readonly wait_nested_container?: Response_WaitNestedContainer | undefined;
  readonly wait_container?: Response_WaitContainer | undefined;
}

/** mesos.v1.agent.Response.GetHealth */
export interface Response_GetHealth {
  readonly healthy: boolean;
}

/** mesos.v1.agent.Response.GetFlags */
export interface Response_GetFlags {
  readonly flags?: readonly mesos.Flag[] | undefined;
}

/** mesos.v1.agent.Response.GetVersion */
export interface Response_GetVersion {
  readonly version_info: mesos.VersionInfo;
}

/** mesos.v1.agent.Response.GetMetrics */
export interface Response_GetMetrics {
  readonly metrics?: readonly mesos.Metric[] | undefined;
}

/** mesos.v1.agent.Response.GetLoggingLevel */
export interface Response_GetLoggingLevel {
  readonly level: number;
}

/** mesos.v1.agent.Response.ListFiles */
export interface Response_ListFiles {
  readonly file_infos?: readonly mesos.FileInfo[] | undefined;
}

/** mesos.v1.agent.Response.ReadFile */
export interface Response_ReadFile {
  readonly size: bigint;
  readonly data: Uint8Array;
}

/** mesos.v1.agent.Response.GetState */
export interface Response_GetState {
  readonly get_tasks?: Response_GetTasks | undefined;
  readonly get_executors?: Response_GetExecutors | undefined;
  readonly get_frameworks?: Response_GetFrameworks | undefined;
}

/** mesos.v1.agent.Response.GetContainers */
export interface Response_GetContainers {
  readonly containers?: readonly Response_GetContainers_Container[] | undefined;
}

/** mesos.v1.agent.Response.GetContainers.Container */
export interface Response_GetContainers_Container {
  readonly framework_id?: mesos.FrameworkID | undefined;
  readonly executor_id?: mesos.ExecutorID | undefined;
  readonly executor_name?: string | undefined;
  readonly container_id: mesos.ContainerID;
  readonly container_status?: mesos.ContainerStatus | undefined;
  readonly resource_statistics?: mesos.ResourceStatistics | undefined;
}

/** mesos.v1.agent.Response.GetFrameworks */
export interface Response_GetFrameworks {
  readonly frameworks?: readonly Response_GetFrameworks_Framework[] | undefined;
  readonly completed_frameworks?: readonly Response_GetFrameworks_Framework[] | undefined;
}

/** mesos.v1.agent.Response.GetFrameworks.Framework */
export interface Response_GetFrameworks_Framework {
  readonly framework_info: mesos.FrameworkInfo;
}

/** mesos.v1.agent.Response.GetExecutors */
export interface Response_GetExecutors {
  readonly executors?: readonly Response_GetExecutors_Executor[] | undefined;
  readonly completed_executors?: readonly Response_GetExecutors_Executor[] | undefined;
}

/** mesos.v1.agent.Response.GetExecutors.Executor */
export interface Response_GetExecutors_Executor {
  readonly executor_info: mesos.ExecutorInfo;
}

/** mesos.v1.agent.Response.GetOperations */
export interface Response_GetOperations {
  readonly operations?: readonly mesos.Operation[] | undefined;
}

/** mesos.v1.agent.Response.GetTasks */
export interface Response_GetTasks {
  readonly pending_tasks?: readonly mesos.Task[] | undefined;
  readonly queued_tasks?: readonly mesos.Task[] | undefined;
  readonly launched_tasks?: readonly mesos.Task[] | undefined;
  readonly terminated_tasks?: readonly mesos.Task[] | undefined;
  readonly completed_tasks?: readonly mesos.Task[] | undefined;
}

/** mesos.v1.agent.Response.GetAgent */
export interface Response_GetAgent {
  readonly agent_info?: mesos.AgentInfo | undefined;
  readonly drain_config?: mesos.DrainConfig | undefined;
  readonly estimated_drain_start_time?: mesos.TimeInfo | undefined;
}

/** mesos.v1.agent.Response.GetResourceProviders */
export interface Response_GetResourceProviders {
  readonly resource_providers?: readonly Response_GetResourceProviders_ResourceProvider[] | undefined;
}

/** mesos.v1.agent.Response.GetResourceProviders.ResourceProvider */
export interface Response_GetResourceProviders_ResourceProvider {
  readonly resource_provider_info: mesos.ResourceProviderInfo;
  readonly total_resources?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.agent.Response.WaitNestedContainer */
export interface Response_WaitNestedContainer {
  readonly exit_status?: number | undefined;
  readonly state?: mesos.TaskState | undefined;
  readonly reason?: mesos.TaskStatus_Reason | undefined;
  readonly limitation?: mesos.TaskResourceLimitation | undefined;
  readonly message?: string | undefined;
}

/** mesos.v1.agent.Response.WaitContainer */
export interface Response_WaitContainer {
  readonly exit_status?: number | undefined;
  readonly state?: mesos.TaskState | undefined;
  readonly reason?: mesos.TaskStatus_Reason | undefined;
  readonly limitation?: mesos.TaskResourceLimitation | undefined;
  readonly message?: string | undefined;
}

/** mesos.v1.agent.ProcessIO */
export interface ProcessIO {
  readonly type?: ProcessIO_Type | undefined;
  readonly data?: ProcessIO_Data | undefined;
  readonly control?: ProcessIO_Control | undefined;
}

/** mesos.v1.agent.ProcessIO.Data */
export interface ProcessIO_Data {
  readonly type?: ProcessIO_Data_Type | undefined;
  readonly data?: Uint8Array | undefined;
}

/** mesos.v1.agent.ProcessIO.Control */
export interface ProcessIO_Control {
  readonly type?: ProcessIO_Control_Type | undefined;
  readonly tty_info?: mesos.TTYInfo | undefined;
  readonly heartbeat?: ProcessIO_Control_Heartbeat | undefined;
}

/** mesos.v1.agent.ProcessIO.Control.Heartbeat */
export interface ProcessIO_Control_Heartbeat {
  readonly interval?: mesos.DurationInfo | undefined;
}
