// Written by `npm run generate` from sdk/v1/proto. Do not edit.

/** mesos.v1.Status */
export type Status =
  | 'DRIVER_NOT_STARTED'
  | 'DRIVER_RUNNING'
  | 'DRIVER_ABORTED'
  | 'DRIVER_STOPPED';

/** mesos.v1.TaskState */
export type TaskState =
  | 'TASK_STAGING'
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_KILLING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_ERROR'
  | 'TASK_LOST'
  | 'TASK_DROPPED'
  | 'TASK_UNREACHABLE'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN';

/** mesos.v1.OperationState */
export type OperationState =
  | 'OPERATION_UNSUPPORTED'
  | 'OPERATION_PENDING'
  | 'OPERATION_FINISHED'
  | 'OPERATION_FAILED'
  | 'OPERATION_ERROR'
  | 'OPERATION_DROPPED'
  | 'OPERATION_UNREACHABLE'
  | 'OPERATION_GONE_BY_OPERATOR'
  | 'OPERATION_RECOVERING'
  | 'OPERATION_UNKNOWN';

/** mesos.v1.DrainState */
export type DrainState =
  | 'UNKNOWN'
  | 'DRAINING'
  | 'DRAINED';

/** mesos.v1.MachineInfo.Mode */
export type MachineInfo_Mode =
  | 'UP'
  | 'DRAINING'
  | 'DOWN';

/** mesos.v1.FrameworkInfo.Capability.Type */
export type FrameworkInfo_Capability_Type =
  | 'UNKNOWN'
  | 'REVOCABLE_RESOURCES'
  | 'TASK_KILLING_STATE'
  | 'GPU_RESOURCES'
  | 'SHARED_RESOURCES'
  | 'PARTITION_AWARE'
  | 'MULTI_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'REGION_AWARE';

/** mesos.v1.CheckInfo.Type */
export type CheckInfo_Type =
  | 'UNKNOWN'
  | 'COMMAND'
  | 'HTTP'
  | 'TCP';

/** mesos.v1.HealthCheck.Type */
export type HealthCheck_Type =
  | 'UNKNOWN'
  | 'COMMAND'
  | 'HTTP'
  | 'TCP';

/** mesos.v1.ExecutorInfo.Type */
export type ExecutorInfo_Type =
  | 'UNKNOWN'
  | 'DEFAULT'
  | 'CUSTOM';

/** mesos.v1.MasterInfo.Capability.Type */
export type MasterInfo_Capability_Type =
  | 'UNKNOWN'
  | 'AGENT_UPDATE'
  | 'AGENT_DRAINING';

/** mesos.v1.AgentInfo.Capability.Type */
export type AgentInfo_Capability_Type =
  | 'UNKNOWN'
  | 'MULTI_ROLE'
  | 'HIERARCHICAL_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'RESOURCE_PROVIDER'
  | 'RESIZE_VOLUME'
  | 'AGENT_OPERATION_FEEDBACK'
  | 'AGENT_DRAINING'
  | 'TASK_RESOURCE_LIMITS';

/** mesos.v1.CSIPluginContainerInfo.Service */
export type CSIPluginContainerInfo_Service =
  | 'UNKNOWN'
  | 'CONTROLLER_SERVICE'
  | 'NODE_SERVICE';

/** mesos.v1.Value.Type */
export type Value_Type =
  | 'SCALAR'
  | 'RANGES'
  | 'SET'
  | 'TEXT';

/** mesos.v1.Resource.ReservationInfo.Type */
export type Resource_ReservationInfo_Type =
  | 'UNKNOWN'
  | 'STATIC'
  | 'DYNAMIC';

/** mesos.v1.Resource.DiskInfo.Source.Type */
export type Resource_DiskInfo_Source_Type =
  | 'UNKNOWN'
  | 'PATH'
  | 'MOUNT'
  | 'BLOCK'
  | 'RAW';

/** mesos.v1.Offer.Operation.Type */
export type Offer_Operation_Type =
  | 'UNKNOWN'
  | 'LAUNCH'
  | 'LAUNCH_GROUP'
  | 'RESERVE'
  | 'UNRESERVE'
  | 'CREATE'
  | 'DESTROY'
  | 'GROW_VOLUME'
  | 'SHRINK_VOLUME'
  | 'CREATE_DISK'
  | 'DESTROY_DISK';

/** mesos.v1.TaskStatus.Source */
export type TaskStatus_Source =
  | 'SOURCE_MASTER'
  | 'SOURCE_AGENT'
  | 'SOURCE_EXECUTOR';

/** mesos.v1.TaskStatus.Reason */
export type TaskStatus_Reason =
  | 'REASON_COMMAND_EXECUTOR_FAILED'
  | 'REASON_CONTAINER_LAUNCH_FAILED'
  | 'REASON_CONTAINER_LIMITATION'
  | 'REASON_CONTAINER_LIMITATION_DISK'
  | 'REASON_CONTAINER_LIMITATION_MEMORY'
  | 'REASON_CONTAINER_PREEMPTED'
  | 'REASON_CONTAINER_UPDATE_FAILED'
  | 'REASON_MAX_COMPLETION_TIME_REACHED'
  | 'REASON_EXECUTOR_REGISTRATION_TIMEOUT'
  | 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT'
  | 'REASON_EXECUTOR_TERMINATED'
  | 'REASON_EXECUTOR_UNREGISTERED'
  | 'REASON_FRAMEWORK_REMOVED'
  | 'REASON_GC_ERROR'
  | 'REASON_INVALID_FRAMEWORKID'
  | 'REASON_INVALID_OFFERS'
  | 'REASON_IO_SWITCHBOARD_EXITED'
  | 'REASON_MASTER_DISCONNECTED'
  | 'REASON_RECONCILIATION'
  | 'REASON_RESOURCES_UNKNOWN'
  | 'REASON_AGENT_DISCONNECTED'
  | 'REASON_AGENT_DRAINING'
  | 'REASON_AGENT_REMOVED'
  | 'REASON_AGENT_REMOVED_BY_OPERATOR'
  | 'REASON_AGENT_REREGISTERED'
  | 'REASON_AGENT_RESTARTED'
  | 'REASON_AGENT_UNKNOWN'
  | 'REASON_TASK_KILLED_DURING_LAUNCH'
  | 'REASON_TASK_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_GROUP_INVALID'
  | 'REASON_TASK_GROUP_UNAUTHORIZED'
  | 'REASON_TASK_INVALID'
  | 'REASON_TASK_UNAUTHORIZED'
  | 'REASON_TASK_UNKNOWN';

/** mesos.v1.Environment.Variable.Type */
export type Environment_Variable_Type =
  | 'UNKNOWN'
  | 'VALUE'
  | 'SECRET';

/** mesos.v1.Secret.Type */
export type Secret_Type =
  | 'UNKNOWN'
  | 'REFERENCE'
  | 'VALUE';

/** mesos.v1.Image.Type */
export type Image_Type =
  | 'APPC'
  | 'DOCKER';

/** mesos.v1.MountPropagation.Mode */
export type MountPropagation_Mode =
  | 'UNKNOWN'
  | 'HOST_TO_CONTAINER'
  | 'BIDIRECTIONAL';

/** mesos.v1.Volume.Mode */
export type Volume_Mode =
  | 'RW'
  | 'RO';

/** mesos.v1.Volume.Source.Type */
export type Volume_Source_Type =
  | 'UNKNOWN'
  | 'DOCKER_VOLUME'
  | 'HOST_PATH'
  | 'SANDBOX_PATH'
  | 'SECRET'
  | 'CSI_VOLUME';

/** mesos.v1.Volume.Source.SandboxPath.Type */
export type Volume_Source_SandboxPath_Type =
  | 'UNKNOWN'
  | 'SELF'
  | 'PARENT';

/** mesos.v1.Volume.Source.CSIVolume.VolumeCapability.AccessMode.Mode */
export type Volume_Source_CSIVolume_VolumeCapability_AccessMode_Mode =
  | 'UNKNOWN'
  | 'SINGLE_NODE_WRITER'
  | 'SINGLE_NODE_READER_ONLY'
  | 'MULTI_NODE_READER_ONLY'
  | 'MULTI_NODE_SINGLE_WRITER'
  | 'MULTI_NODE_MULTI_WRITER';

/** mesos.v1.NetworkInfo.Protocol */
export type NetworkInfo_Protocol =
  | 'IPv4'
  | 'IPv6';

/** mesos.v1.CapabilityInfo.Capability */
export type CapabilityInfo_Capability =
  | 'UNKNOWN'
  | 'CHOWN'
  | 'DAC_OVERRIDE'
  | 'DAC_READ_SEARCH'
  | 'FOWNER'
  | 'FSETID'
  | 'KILL'
  | 'SETGID'
  | 'SETUID'
  | 'SETPCAP'
  | 'LINUX_IMMUTABLE'
  | 'NET_BIND_SERVICE'
  | 'NET_BROADCAST'
  | 'NET_ADMIN'
  | 'NET_RAW'
  | 'IPC_LOCK'
  | 'IPC_OWNER'
  | 'SYS_MODULE'
  | 'SYS_RAWIO'
  | 'SYS_CHROOT'
  | 'SYS_PTRACE'
  | 'SYS_PACCT'
  | 'SYS_ADMIN'
  | 'SYS_BOOT'
  | 'SYS_NICE'
  | 'SYS_RESOURCE'
  | 'SYS_TIME'
  | 'SYS_TTY_CONFIG'
  | 'MKNOD'
  | 'LEASE'
  | 'AUDIT_WRITE'
  | 'AUDIT_CONTROL'
  | 'SETFCAP'
  | 'MAC_OVERRIDE'
  | 'MAC_ADMIN'
  | 'SYSLOG'
  | 'WAKE_ALARM'
  | 'BLOCK_SUSPEND'
  | 'AUDIT_READ';

/** mesos.v1.LinuxInfo.IpcMode */
export type LinuxInfo_IpcMode =
  | 'UNKNOWN'
  | 'PRIVATE'
  | 'SHARE_PARENT';

/** mesos.v1.RLimitInfo.RLimit.Type */
export type RLimitInfo_RLimit_Type =
  | 'UNKNOWN'
  | 'RLMT_AS'
  | 'RLMT_CORE'
  | 'RLMT_CPU'
  | 'RLMT_DATA'
  | 'RLMT_FSIZE'
  | 'RLMT_LOCKS'
  | 'RLMT_MEMLOCK'
  | 'RLMT_MSGQUEUE'
  | 'RLMT_NICE'
  | 'RLMT_NOFILE'
  | 'RLMT_NPROC'
  | 'RLMT_RSS'
  | 'RLMT_RTPRIO'
  | 'RLMT_RTTIME'
  | 'RLMT_SIGPENDING'
  | 'RLMT_STACK';

/** mesos.v1.ContainerInfo.Type */
export type ContainerInfo_Type =
  | 'DOCKER'
  | 'MESOS';

/** mesos.v1.ContainerInfo.DockerInfo.Network */
export type ContainerInfo_DockerInfo_Network =
  | 'HOST'
  | 'BRIDGE'
  | 'NONE'
  | 'USER';

/** mesos.v1.CgroupInfo.Blkio.Operation */
export type CgroupInfo_Blkio_Operation =
  | 'UNKNOWN'
  | 'TOTAL'
  | 'READ'
  | 'WRITE'
  | 'SYNC'
  | 'ASYNC'
  | 'DISCARD';

/** mesos.v1.DiscoveryInfo.Visibility */
export type DiscoveryInfo_Visibility =
  | 'FRAMEWORK'
  | 'CLUSTER'
  | 'EXTERNAL';

/** mesos.v1.FrameworkID */
export interface FrameworkID {
  readonly value: string;
}

/** mesos.v1.OfferID */
export interface OfferID {
  readonly value: string;
}

/** mesos.v1.AgentID */
export interface AgentID {
  readonly value: string;
}

/** mesos.v1.TaskID */
export interface TaskID {
  readonly value: string;
}

/** mesos.v1.ExecutorID */
export interface ExecutorID {
  readonly value: string;
}

/** mesos.v1.ContainerID */
export interface ContainerID {
  readonly value: string;
  readonly parent?: ContainerID | undefined;
}

/** mesos.v1.ResourceProviderID */
export interface ResourceProviderID {
  readonly value: string;
}

/** mesos.v1.OperationID */
export interface OperationID {
  readonly value: string;
}

/** mesos.v1.TimeInfo */
export interface TimeInfo {
  readonly nanoseconds: bigint;
}

/** mesos.v1.DurationInfo */
export interface DurationInfo {
  readonly nanoseconds: bigint;
}

/** mesos.v1.Address */
export interface Address {
  readonly hostname?: string | undefined;
  readonly ip?: string | undefined;
  readonly port: number;
}

/** mesos.v1.URL */
export interface URL {
  readonly scheme: string;
  readonly address: Address;
  readonly path?: string | undefined;
  readonly query?: readonly Parameter[] | undefined;
  readonly fragment?: string | undefined;
}

/** mesos.v1.Unavailability */
export interface Unavailability {
  readonly start: TimeInfo;
  readonly duration?: DurationInfo | undefined;
}

/** mesos.v1.MachineID */
export interface MachineID {
  readonly hostname?: string | undefined;
  readonly ip?: string | undefined;
}

/** mesos.v1.MachineInfo */
export interface MachineInfo {
  readonly id: MachineID;
  readonly mode?: MachineInfo_Mode | undefined;
  readonly unavailability?: Unavailability | undefined;
}

/** mesos.v1.FrameworkInfo */
export interface FrameworkInfo {
  readonly user: string;
  readonly name: string;
  readonly id?: FrameworkID | undefined;
  /** Default 0. */
  readonly failover_timeout?: number | undefined;
  /** Default false. */
  readonly checkpoint?: boolean | undefined;
  /** Default "*". Deprecated. */
  readonly role?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly hostname?: string | undefined;
  readonly principal?: string | undefined;
  readonly webui_url?: string | undefined;
  readonly capabilities?: readonly FrameworkInfo_Capability[] | undefined;
  readonly labels?: Labels | undefined;
  readonly offer_filters?: Readonly<Record<string, OfferFilters>> | undefined;
}

/** mesos.v1.FrameworkInfo.Capability */
export interface FrameworkInfo_Capability {
  readonly type?: FrameworkInfo_Capability_Type | undefined;
}

/** mesos.v1.CheckInfo */
export interface CheckInfo {
  readonly type?: CheckInfo_Type | undefined;
  readonly command?: CheckInfo_Command | undefined;
  readonly http?: CheckInfo_Http | undefined;
  readonly tcp?: CheckInfo_Tcp | undefined;
  /** Default 15. */
  readonly delay_seconds?: number | undefined;
  /** Default 10. */
  readonly interval_seconds?: number | undefined;
  /** Default 20. */
  readonly timeout_seconds?: number | undefined;
}

/** mesos.v1.CheckInfo.Command */
export interface CheckInfo_Command {
  readonly command: CommandInfo;
}

/** mesos.v1.CheckInfo.Http */
export interface CheckInfo_Http {
  readonly port: number;
  readonly path?: string | undefined;
}

/** mesos.v1.CheckInfo.Tcp */
export interface CheckInfo_Tcp {
  readonly port: number;
}

/** mesos.v1.HealthCheck */
export interface HealthCheck {
  /** Default 15. */
  readonly delay_seconds?: number | undefined;
  /** Default 10. */
  readonly interval_seconds?: number | undefined;
  /** Default 20. */
  readonly timeout_seconds?: number | undefined;
  /** Default 3. */
  readonly consecutive_failures?: number | undefined;
  /** Default 10. */
  readonly grace_period_seconds?: number | undefined;
  readonly type?: HealthCheck_Type | undefined;
  readonly command?: CommandInfo | undefined;
  readonly http?: HealthCheck_HTTPCheckInfo | undefined;
  readonly tcp?: HealthCheck_TCPCheckInfo | undefined;
}

/** mesos.v1.HealthCheck.HTTPCheckInfo */
export interface HealthCheck_HTTPCheckInfo {
  /** Default "IPv4". */
  readonly protocol?: NetworkInfo_Protocol | undefined;
  readonly scheme?: string | undefined;
  readonly port: number;
  readonly path?: string | undefined;
  readonly statuses?: readonly number[] | undefined;
}

/** mesos.v1.HealthCheck.TCPCheckInfo */
export interface HealthCheck_TCPCheckInfo {
  /** Default "IPv4". */
  readonly protocol?: NetworkInfo_Protocol | undefined;
  readonly port: number;
}

/** mesos.v1.KillPolicy */
export interface KillPolicy {
  readonly grace_period?: DurationInfo | undefined;
}

/** mesos.v1.CommandInfo */
export interface CommandInfo {
  readonly uris?: readonly CommandInfo_URI[] | undefined;
  readonly environment?: Environment | undefined;
  /** Default true. */
  readonly shell?: boolean | undefined;
  readonly value?: string | undefined;
  readonly arguments?: readonly string[] | undefined;
  readonly user?: string | undefined;
}

/** mesos.v1.CommandInfo.URI */
export interface CommandInfo_URI {
  readonly value: string;
  readonly executable?: boolean | undefined;
  /** Default true. */
  readonly extract?: boolean | undefined;
  readonly cache?: boolean | undefined;
  readonly output_file?: string | undefined;
}

/** mesos.v1.ExecutorInfo */
export interface ExecutorInfo {
  readonly type?: ExecutorInfo_Type | undefined;
  readonly executor_id: ExecutorID;
  readonly framework_id?: FrameworkID | undefined;
  readonly command?: CommandInfo | undefined;
  readonly container?: ContainerInfo | undefined;
  readonly resources?: readonly Resource[] | undefined;
  readonly name?: string | undefined;
  /** Deprecated. */
  readonly source?: string | undefined;
  readonly data?: Uint8Array | undefined;
  readonly discovery?: DiscoveryInfo | undefined;
  readonly shutdown_grace_period?: DurationInfo | undefined;
  readonly labels?: Labels | undefined;
}

/** mesos.v1.DomainInfo */
export interface DomainInfo {
  readonly fault_domain?: DomainInfo_FaultDomain | undefined;
}

/** mesos.v1.DomainInfo.FaultDomain */
export interface DomainInfo_FaultDomain {
  readonly region: DomainInfo_FaultDomain_RegionInfo;
  readonly zone: DomainInfo_FaultDomain_ZoneInfo;
}

/** mesos.v1.DomainInfo.FaultDomain.RegionInfo */
export interface DomainInfo_FaultDomain_RegionInfo {
  readonly name: string;
}

/** mesos.v1.DomainInfo.FaultDomain.ZoneInfo */
export interface DomainInfo_FaultDomain_ZoneInfo {
  readonly name: string;
}

/** mesos.v1.MasterInfo */
export interface MasterInfo {
  readonly id: string;
  readonly ip: number;
  /** Default 5050. */
  readonly port: number;
  readonly pid?: string | undefined;
  readonly hostname?: string | undefined;
  readonly version?: string | undefined;
  readonly address?: Address | undefined;
  readonly domain?: DomainInfo | undefined;
  readonly capabilities?: readonly MasterInfo_Capability[] | undefined;
}

/** mesos.v1.MasterInfo.Capability */
export interface MasterInfo_Capability {
  readonly type?: MasterInfo_Capability_Type | undefined;
}

/** mesos.v1.AgentInfo */
export interface AgentInfo {
  readonly hostname: string;
  /** Default 5051. */
  readonly port?: number | undefined;
  readonly resources?: readonly Resource[] | undefined;
  readonly attributes?: readonly Attribute[] | undefined;
  readonly id?: AgentID | undefined;
  readonly domain?: DomainInfo | undefined;
}

/** mesos.v1.AgentInfo.Capability */
export interface AgentInfo_Capability {
  readonly type?: AgentInfo_Capability_Type | undefined;
}

/** mesos.v1.CSIPluginContainerInfo */
export interface CSIPluginContainerInfo {
  readonly services?: readonly CSIPluginContainerInfo_Service[] | undefined;
  readonly command?: CommandInfo | undefined;
  readonly resources?: readonly Resource[] | undefined;
  readonly container?: ContainerInfo | undefined;
}

/** mesos.v1.CSIPluginEndpoint */
export interface CSIPluginEndpoint {
  readonly csi_service: CSIPluginContainerInfo_Service;
  readonly endpoint: string;
}

/** mesos.v1.CSIPluginInfo */
export interface CSIPluginInfo {
  readonly type: string;
  /** Default "default". */
  readonly name?: string | undefined;
  readonly containers?: readonly CSIPluginContainerInfo[] | undefined;
  readonly endpoints?: readonly CSIPluginEndpoint[] | undefined;
  readonly target_path_root?: string | undefined;
  readonly target_path_exists?: boolean | undefined;
}

/** mesos.v1.ResourceProviderInfo */
export interface ResourceProviderInfo {
  readonly id?: ResourceProviderID | undefined;
  readonly attributes?: readonly Attribute[] | undefined;
  readonly type: string;
  readonly name: string;
  readonly default_reservations?: readonly Resource_ReservationInfo[] | undefined;
  readonly storage?: ResourceProviderInfo_Storage | undefined;
}

/** mesos.v1.ResourceProviderInfo.Storage */
export interface ResourceProviderInfo_Storage {
  readonly plugin: CSIPluginInfo;
  readonly reconciliation_interval_seconds?: number | undefined;
}

/** mesos.v1.Value */
export interface Value {
  readonly type: Value_Type;
  readonly scalar?: Value_Scalar | undefined;
  readonly ranges?: Value_Ranges | undefined;
  readonly set?: Value_Set | undefined;
  readonly text?: Value_Text | undefined;
}

/** mesos.v1.Value.Scalar */
export interface Value_Scalar {
  readonly value: number;
}

/** mesos.v1.Value.Range */
export interface Value_Range {
  readonly begin: bigint;
  readonly end: bigint;
}

/** mesos.v1.Value.Ranges */
export interface Value_Ranges {
  readonly range?: readonly Value_Range[] | undefined;
}

/** mesos.v1.Value.Set */
export interface Value_Set {
  readonly item?: readonly string[] | undefined;
}

/** mesos.v1.Value.Text */
export interface Value_Text {
  readonly value: string;
}

/** mesos.v1.Attribute */
export interface Attribute {
  readonly name: string;
  readonly type: Value_Type;
  readonly scalar?: Value_Scalar | undefined;
  readonly ranges?: Value_Ranges | undefined;
  readonly set?: Value_Set | undefined;
  readonly text?: Value_Text | undefined;
}

/** mesos.v1.Resource */
export interface Resource {
  readonly provider_id?: ResourceProviderID | undefined;
  readonly name: string;
  readonly type: Value_Type;
  readonly scalar?: Value_Scalar | undefined;
  readonly ranges?: Value_Ranges | undefined;
  readonly set?: Value_Set | undefined;
  /** Default "*". Deprecated. */
  readonly role?: string | undefined;
  readonly allocation_info?: Resource_AllocationInfo | undefined;
  readonly reservation?: Resource_ReservationInfo | undefined;
  readonly reservations?: readonly Resource_ReservationInfo[] | undefined;
  readonly disk?: Resource_DiskInfo | undefined;
  readonly revocable?: Resource_RevocableInfo | undefined;
  readonly shared?: Resource_SharedInfo | undefined;
}

/** mesos.v1.Resource.AllocationInfo */
export interface Resource_AllocationInfo {
  readonly role?: string | undefined;
}

/** mesos.v1.Resource.ReservationInfo */
export interface Resource_ReservationInfo {
  readonly type?: Resource_ReservationInfo_Type | undefined;
  readonly role?: string | undefined;
  readonly principal?: string | undefined;
  readonly labels?: Labels | undefined;
}

/** mesos.v1.Resource.DiskInfo */
export interface Resource_DiskInfo {
  readonly persistence?: Resource_DiskInfo_Persistence | undefined;
  readonly volume?: Volume | undefined;
  readonly source?: Resource_DiskInfo_Source | undefined;
}

/** mesos.v1.Resource.DiskInfo.Persistence */
export interface Resource_DiskInfo_Persistence {
  readonly id: string;
  readonly principal?: string | undefined;
}

/** mesos.v1.Resource.DiskInfo.Source */
export interface Resource_DiskInfo_Source {
  readonly type: Resource_DiskInfo_Source_Type;
  readonly path?: Resource_DiskInfo_Source_Path | undefined;
  readonly mount?: Resource_DiskInfo_Source_Mount | undefined;
  readonly vendor?: string | undefined;
  readonly id?: string | undefined;
  readonly metadata?: Labels | undefined;
  readonly profile?: string | undefined;
}

/** mesos.v1.Resource.DiskInfo.Source.Path */
export interface Resource_DiskInfo_Source_Path {
  readonly root?: string | undefined;
}

/** mesos.v1.Resource.DiskInfo.Source.Mount */
export interface Resource_DiskInfo_Source_Mount {
  readonly root?: string | undefined;
}

/** mesos.v1.Resource.RevocableInfo */
export type Resource_RevocableInfo = Readonly<Record<never, never>>;

/** mesos.v1.Resource.SharedInfo */
export type Resource_SharedInfo = Readonly<Record<never, never>>;

/** mesos.v1.TrafficControlStatistics */
export interface TrafficControlStatistics {
  readonly id: string;
  readonly backlog?: bigint | undefined;
  readonly bytes?: bigint | undefined;
  readonly drops?: bigint | undefined;
  readonly overlimits?: bigint | undefined;
  readonly packets?: bigint | undefined;
  readonly qlen?: bigint | undefined;
  readonly ratebps?: bigint | undefined;
  readonly ratepps?: bigint | undefined;
  readonly requeues?: bigint | undefined;
}

/** mesos.v1.IpStatistics */
export interface IpStatistics {
  readonly Forwarding?: bigint | undefined;
  readonly DefaultTTL?: bigint | undefined;
  readonly InReceives?: bigint | undefined;
  readonly InHdrErrors?: bigint | undefined;
  readonly InAddrErrors?: bigint | undefined;
  readonly ForwDatagrams?: bigint | undefined;
  readonly InUnknownProtos?: bigint | undefined;
  readonly InDiscards?: bigint | undefined;
  readonly InDelivers?: bigint | undefined;
  readonly OutRequests?: bigint | undefined;
  readonly OutDiscards?: bigint | undefined;
  readonly OutNoRoutes?: bigint | undefined;
  readonly ReasmTimeout?: bigint | undefined;
  readonly ReasmReqds?: bigint | undefined;
  readonly ReasmOKs?: bigint | undefined;
  readonly ReasmFails?: bigint | undefined;
  readonly FragOKs?: bigint | undefined;
  readonly FragFails?: bigint | undefined;
  readonly FragCreates?: bigint | undefined;
}

/** mesos.v1.IcmpStatistics */
export interface IcmpStatistics {
  readonly InMsgs?: bigint | undefined;
  readonly InErrors?: bigint | undefined;
  readonly InCsumErrors?: bigint | undefined;
  readonly InDestUnreachs?: bigint | undefined;
  readonly InTimeExcds?: bigint | undefined;
  readonly InParmProbs?: bigint | undefined;
  readonly InSrcQuenchs?: bigint | undefined;
  readonly InRedirects?: bigint | undefined;
  readonly InEchos?: bigint | undefined;
  readonly InEchoReps?: bigint | undefined;
  readonly InTimestamps?: bigint | undefined;
  readonly InTimestampReps?: bigint | undefined;
  readonly InAddrMasks?: bigint | undefined;
  readonly InAddrMaskReps?: bigint | undefined;
  readonly OutMsgs?: bigint | undefined;
  readonly OutErrors?: bigint | undefined;
  readonly OutDestUnreachs?: bigint | undefined;
  readonly OutTimeExcds?: bigint | undefined;
  readonly OutParmProbs?: bigint | undefined;
  readonly OutSrcQuenchs?: bigint | undefined;
  readonly OutRedirects?: bigint | undefined;
  readonly OutEchos?: bigint | undefined;
  readonly OutEchoReps?: bigint | undefined;
  readonly OutTimestamps?: bigint | undefined;
  readonly OutTimestampReps?: bigint | undefined;
  readonly OutAddrMasks?: bigint | undefined;
  readonly OutAddrMaskReps?: bigint | undefined;
}

/** mesos.v1.TcpStatistics */
export interface TcpStatistics {
  readonly RtoAlgorithm?: bigint | undefined;
  readonly RtoMin?: bigint | undefined;
  readonly RtoMax?: bigint | undefined;
  readonly MaxConn?: bigint | undefined;
  readonly ActiveOpens?: bigint | undefined;
  readonly PassiveOpens?: bigint | undefined;
  readonly AttemptFails?: bigint | undefined;
  readonly EstabResets?: bigint | undefined;
  readonly CurrEstab?: bigint | undefined;
  readonly InSegs?: bigint | undefined;
  readonly OutSegs?: bigint | undefined;
  readonly RetransSegs?: bigint | undefined;
  readonly InErrs?: bigint | undefined;
  readonly OutRsts?: bigint | undefined;
  readonly InCsumErrors?: bigint | undefined;
}

/** mesos.v1.UdpStatistics */
export interface UdpStatistics {
  readonly InDatagrams?: bigint | undefined;
  readonly NoPorts?: bigint | undefined;
  readonly InErrors?: bigint | undefined;
  readonly OutDatagrams?: bigint | undefined;
  readonly RcvbufErrors?: bigint | undefined;
  readonly SndbufErrors?: bigint | undefined;
  readonly InCsumErrors?: bigint | undefined;
  readonly IgnoredMulti?: bigint | undefined;
}

/** mesos.v1.SNMPStatistics */
export interface SNMPStatistics {
  readonly ip_stats?: IpStatistics | undefined;
  readonly icmp_stats?: IcmpStatistics | undefined;
  readonly tcp_stats?: TcpStatistics | undefined;
  readonly udp_stats?: UdpStatistics | undefined;
}

/** mesos.v1.DiskStatistics */
export interface DiskStatistics {
  readonly source?: Resource_DiskInfo_Source | undefined;
  readonly persistence?: Resource_DiskInfo_Persistence | undefined;
  readonly limit_bytes?: bigint | undefined;
  readonly used_bytes?: bigint | undefined;
}

/** mesos.v1.ResourceStatistics */
export interface ResourceStatistics {
  readonly timestamp: number;
  readonly processes?: number | undefined;
  readonly threads?: number | undefined;
  readonly cpus_user_time_secs?: number | undefined;
  readonly cpus_system_time_secs?: number | undefined;
  readonly cpus_limit?: number | undefined;
  readonly cpus_soft_limit?: number | undefined;
  readonly cpus_nr_periods?: number | undefined;
  readonly cpus_nr_throttled?: number | undefined;
  readonly cpus_throttled_time_secs?: number | undefined;
  readonly mem_total_bytes?: bigint | undefined;
  readonly mem_total_memsw_bytes?: bigint | undefined;
  readonly mem_limit_bytes?: bigint | undefined;
  readonly mem_soft_limit_bytes?: bigint | undefined;
  readonly mem_file_bytes?: bigint | undefined;
  readonly mem_anon_bytes?: bigint | undefined;
  readonly mem_cache_bytes?: bigint | undefined;
  readonly mem_rss_bytes?: bigint | undefined;
  readonly mem_mapped_file_bytes?: bigint | undefined;
  readonly mem_swap_bytes?: bigint | undefined;
  readonly mem_unevictable_bytes?: bigint | undefined;
  readonly mem_low_pressure_counter?: bigint | undefined;
  readonly mem_medium_pressure_counter?: bigint | undefined;
  readonly mem_critical_pressure_counter?: bigint | undefined;
  readonly disk_limit_bytes?: bigint | undefined;
  readonly disk_used_bytes?: bigint | undefined;
  readonly disk_statistics?: readonly DiskStatistics[] | undefined;
  readonly blkio_statistics?: CgroupInfo_Blkio_Statistics | undefined;
  readonly perf?: PerfStatistics | undefined;
  readonly net_rx_packets?: bigint | undefined;
  readonly net_rx_bytes?: bigint | undefined;
  readonly net_rx_errors?: bigint | undefined;
  readonly net_rx_dropped?: bigint | undefined;
  readonly net_tx_packets?: bigint | undefined;
  readonly net_tx_bytes?: bigint | undefined;
  readonly net_tx_errors?: bigint | undefined;
  readonly net_tx_dropped?: bigint | undefined;
  readonly net_tcp_rtt_microsecs_p50?: number | undefined;
  readonly net_tcp_rtt_microsecs_p90?: number | undefined;
  readonly net_tcp_rtt_microsecs_p95?: number | undefined;
  readonly net_tcp_rtt_microsecs_p99?: number | undefined;
  readonly net_tcp_active_connections?: number | undefined;
  readonly net_tcp_time_wait_connections?: number | undefined;
  readonly net_traffic_control_statistics?: readonly TrafficControlStatistics[] | undefined;
  readonly net_snmp_statistics?: SNMPStatistics | undefined;
}

/** mesos.v1.ResourceUsage */
export interface ResourceUsage {
  readonly executors?: readonly ResourceUsage_Executor[] | undefined;
  readonly total?: readonly Resource[] | undefined;
}

/** mesos.v1.ResourceUsage.Executor */
export interface ResourceUsage_Executor {
  readonly executor_info: ExecutorInfo;
  readonly allocated?: readonly Resource[] | undefined;
  readonly statistics?: ResourceStatistics | undefined;
  readonly container_id: ContainerID;
  readonly tasks?: readonly ResourceUsage_Executor_Task[] | undefined;
}

/** mesos.v1.ResourceUsage.Executor.Task */
export interface ResourceUsage_Executor_Task {
  readonly name: string;
  readonly id: TaskID;
  readonly resources?: readonly Resource[] | undefined;
  readonly labels?: Labels | undefined;
}

/** mesos.v1.PerfStatistics */
export interface PerfStatistics {
  readonly timestamp: number;
  readonly duration: number;
  readonly cycles?: bigint | undefined;
  readonly stalled_cycles_frontend?: bigint | undefined;
  readonly stalled_cycles_backend?: bigint | undefined;
  readonly instructions?: bigint | undefined;
  readonly cache_references?: bigint | undefined;
  readonly cache_misses?: bigint | undefined;
  readonly branches?: bigint | undefined;
  readonly branch_misses?: bigint | undefined;
  readonly bus_cycles?: bigint | undefined;
  readonly ref_cycles?: bigint | undefined;
  readonly cpu_clock?: number | undefined;
  readonly task_clock?: number | undefined;
  readonly page_faults?: bigint | undefined;
  readonly minor_faults?: bigint | undefined;
  readonly major_faults?: bigint | undefined;
  readonly context_switches?: bigint | undefined;
  readonly cpu_migrations?: bigint | undefined;
  readonly alignment_faults?: bigint | undefined;
  readonly emulation_faults?: bigint | undefined;
  readonly l1_dcache_loads?: bigint | undefined;
  readonly l1_dcache_load_misses?: bigint | undefined;
  readonly l1_dcache_stores?: bigint | undefined;
  readonly l1_dcache_store_misses?: bigint | undefined;
  readonly l1_dcache_prefetches?: bigint | undefined;
  readonly l1_dcache_prefetch_misses?: bigint | undefined;
  readonly l1_icache_loads?: bigint | undefined;
  readonly l1_icache_load_misses?: bigint | undefined;
  readonly l1_icache_prefetches?: bigint | undefined;
  readonly l1_icache_prefetch_misses?: bigint | undefined;
  readonly llc_loads?: bigint | undefined;
  readonly llc_load_misses?: bigint | undefined;
  readonly llc_stores?: bigint | undefined;
  readonly llc_store_misses?: bigint | undefined;
  readonly llc_prefetches?: bigint | undefined;
  readonly llc_prefetch_misses?: bigint | undefined;
  readonly dtlb_loads?: bigint | undefined;
  readonly dtlb_load_misses?: bigint | undefined;
  readonly dtlb_stores?: bigint | undefined;
  readonly dtlb_store_misses?: bigint | undefined;
  readonly dtlb_prefetches?: bigint | undefined;
  readonly dtlb_prefetch_misses?: bigint | undefined;
  readonly itlb_loads?: bigint | undefined;
  readonly itlb_load_misses?: bigint | undefined;
  readonly branch_loads?: bigint | undefined;
  readonly branch_load_misses?: bigint | undefined;
  readonly node_loads?: bigint | undefined;
  readonly node_load_misses?: bigint | undefined;
  readonly node_stores?: bigint | undefined;
  readonly node_store_misses?: bigint | undefined;
  readonly node_prefetches?: bigint | undefined;
  readonly node_prefetch_misses?: bigint | undefined;
}

/** mesos.v1.OfferFilters */
export interface OfferFilters {
  readonly min_allocatable_resources?: OfferFilters_MinAllocatableResources | undefined;
}

/** mesos.v1.OfferFilters.ResourceQuantities */
export interface OfferFilters_ResourceQuantities {
  readonly quantities?: Readonly<Record<string, Value_Scalar>> | undefined;
}

/** mesos.v1.OfferFilters.MinAllocatableResources */
export interface OfferFilters_MinAllocatableResources {
  readonly quantities?: readonly OfferFilters_ResourceQuantities[] | undefined;
}

/** mesos.v1.Request */
export interface Request {
  readonly agent_id?: AgentID | undefined;
  readonly resources?: readonly Resource[] | undefined;
}

/** mesos.v1.Offer */
export interface Offer {
  readonly id: OfferID;
  readonly framework_id: FrameworkID;
  readonly agent_id: AgentID;
  readonly hostname: string;
  readonly url?: URL | undefined;
  readonly domain?: DomainInfo | undefined;
  readonly resources?: readonly Resource[] | undefined;
  readonly attributes?: readonly Attribute[] | undefined;
  readonly executor_ids?: readonly ExecutorID[] | undefined;
  readonly unavailability?: Unavailability | undefined;
  readonly allocation_info?: Resource_AllocationInfo | undefined;
}

/** mesos.v1.Offer.Operation */
export interface Offer_Operation {
  readonly type?: Offer_Operation_Type | undefined;
  readonly id?: OperationID | undefined;
  readonly launch?: Offer_Operation_Launch | undefined;
  readonly launch_group?: Offer_Operation_LaunchGroup | undefined;
  readonly reserve?: Offer_Operation_Reserve | undefined;
  readonly unreserve?: Offer_Operation_Unreserve | undefined;
  readonly create?: Offer_Operation_Create | undefined;
  readonly destroy?: Offer_Operation_Destroy | undefined;
  readonly grow_volume?: Offer_Operation_GrowVolume | undefined;
  readonly shrink_volume?: Offer_Operation_ShrinkVolume | undefined;
  readonly create_disk?: Offer_Operation_CreateDisk | undefined;
  readonly destroy_disk?: Offer_Operation_DestroyDisk | undefined;
}

/** mesos.v1.Offer.Operation.Launch */
export interface Offer_Operation_Launch {
  readonly task_infos?: readonly TaskInfo[] | undefined;
}

/** mesos.v1.Offer.Operation.LaunchGroup */
export interface Offer_Operation_LaunchGroup {
  readonly executor: ExecutorInfo;
  readonly task_group: TaskGroupInfo;
}

/** mesos.v1.Offer.Operation.Reserve */
export interface Offer_Operation_Reserve {
  readonly source?: readonly Resource[] | undefined;
  readonly resources?: readonly Resource[] | undefined;
}

/** mesos.v1.Offer.Operation.Unreserve */
export interface Offer_Operation_Unreserve {
  readonly resources?: readonly Resource[] | undefined;
}

/** mesos.v1.Offer.Operation.Create */
export interface Offer_Operation_Create {
  readonly volumes?: readonly Resource[] | undefined;
}

/** mesos.v1.Offer.Operation.Destroy */
export interface Offer_Operation_Destroy {
  readonly volumes?: readonly Resource[] | undefined;
}

/** mesos.v1.Offer.Operation.GrowVolume */
export interface Offer_Operation_GrowVolume {
  readonly volume: Resource;
  readonly addition: Resource;
}

/** mesos.v1.Offer.Operation.ShrinkVolume */
export interface Offer_Operation_ShrinkVolume {
  readonly volume: Resource;
  readonly subtract: Value_Scalar;
}

/** mesos.v1.Offer.Operation.CreateDisk */
export interface Offer_Operation_CreateDisk {
  readonly source: Resource;
  readonly target_type: Resource_DiskInfo_Source_Type;
  readonly target_profile?: string | undefined;
}

/** mesos.v1.Offer.Operation.DestroyDisk */
export interface Offer_Operation_DestroyDisk {
  readonly source: Resource;
}

/** mesos.v1.InverseOffer */
export interface InverseOffer {
  readonly id: OfferID;
  readonly url?: URL | undefined;
  readonly framework_id: FrameworkID;
  readonly agent_id?: AgentID | undefined;
  readonly unavailability: Unavailability;
  readonly resources?: readonly Resource[] | undefined;
}

/** mesos.v1.TaskInfo */
export interface TaskInfo {
  readonly name: string;
  readonly task_id: TaskID;
  readonly agent_id: AgentID;
  readonly resources?: readonly Resource[] | undefined;
  readonly executor?: ExecutorInfo | undefined;
  readonly command?: CommandInfo | undefined;
  readonly container?: ContainerInfo | undefined;
  readonly health_check?: HealthCheck | undefined;
  readonly check?: CheckInfo | undefined;
  readonly kill_policy?: KillPolicy | undefined;
  readonly data?: Uint8Array | undefined;
  readonly labels?: Labels | undefined;
  readonly discovery?: DiscoveryInfo | undefined;
  readonly max_completion_time?: DurationInfo | undefined;
  readonly limits?: Readonly<Record<string, Value_Scalar>> | undefined;
}

/** mesos.v1.TaskGroupInfo */
export interface TaskGroupInfo {
  readonly tasks?: readonly TaskInfo[] | undefined;
}

/** mesos.v1.Task */
export interface Task {
  readonly name: string;
  readonly task_id: TaskID;
  readonly framework_id: FrameworkID;
  readonly executor_id?: ExecutorID | undefined;
  readonly agent_id: AgentID;
  readonly state: TaskState;
  readonly resources?: readonly Resource[] | undefined;
  readonly statuses?: readonly TaskStatus[] | undefined;
  readonly status_update_state?: TaskState | undefined;
  readonly status_update_uuid?: Uint8Array | undefined;
  readonly labels?: Labels | undefined;
  readonly discovery?: DiscoveryInfo | undefined;
  readonly container?: ContainerInfo | undefined;
  readonly health_check?: HealthCheck | undefined;
  readonly kill_policy?: KillPolicy | undefined;
  readonly user?: string | undefined;
  readonly limits?: Readonly<Record<string, Value_Scalar>> | undefined;
}

/** mesos.v1.TaskResourceLimitation */
export interface TaskResourceLimitation {
  readonly resources?: readonly Resource[] | undefined;
}

/** mesos.v1.UUID */
export interface UUID {
  readonly value: Uint8Array;
}

/** mesos.v1.Operation */
export interface Operation {
  readonly framework_id?: FrameworkID | undefined;
  readonly agent_id?: AgentID | undefined;
  readonly info: Offer_Operation;
  readonly latest_status: OperationStatus;
  readonly statuses?: readonly OperationStatus[] | undefined;
  readonly uuid: UUID;
}

/** mesos.v1.OperationStatus */
export interface OperationStatus {
  readonly operation_id?: OperationID | undefined;
  readonly state: OperationState;
  readonly message?: string | undefined;
  readonly converted_resources?: readonly Resource[] | undefined;
  readonly uuid?: UUID | undefined;
  readonly agent_id?: AgentID | undefined;
  readonly resource_provider_id?: ResourceProviderID | undefined;
}

/** mesos.v1.CheckStatusInfo */
export interface CheckStatusInfo {
  readonly type?: CheckInfo_Type | undefined;
  readonly command?: CheckStatusInfo_Command | undefined;
  readonly http?: CheckStatusInfo_Http | undefined;
  readonly tcp?: CheckStatusInfo_Tcp | undefined;
}

/** mesos.v1.CheckStatusInfo.Command */
export interface CheckStatusInfo_Command {
  readonly exit_code?: number | undefined;
}

/** mesos.v1.CheckStatusInfo.Http */
export interface CheckStatusInfo_Http {
  readonly status_code?: number | undefined;
}

/** mesos.v1.CheckStatusInfo.Tcp */
export interface CheckStatusInfo_Tcp {
  readonly succeeded?: boolean | undefined;
}

/** mesos.v1.TaskStatus */
export interface TaskStatus {
  readonly task_id: TaskID;
  readonly state: TaskState;
  readonly message?: string | undefined;
  readonly source?: TaskStatus_Source | undefined;
  readonly reason?: TaskStatus_Reason | undefined;
  readonly data?: Uint8Array | undefined;
  readonly agent_id?: AgentID | undefined;
  readonly executor_id?: ExecutorID | undefined;
  readonly timestamp?: number | undefined;
  readonly uuid?: Uint8Array | undefined;
  readonly healthy?: boolean | undefined;
  readonly check_status?: CheckStatusInfo | undefined;
  readonly labels?: Labels | undefined;
  readonly container_status?: ContainerStatus | undefined;
  readonly unreachable_time?: TimeInfo | undefined;
  readonly limitation?: TaskResourceLimitation | undefined;
}

/** mesos.v1.Filters */
export interface Filters {
  /** Default 5. */
  readonly refuse_seconds?: number | undefined;
}

/** mesos.v1.Environment */
export interface Environment {
  readonly variables?: readonly Environment_Variable[] | undefined;
}

/** mesos.v1.Environment.Variable */
export interface Environment_Variable {
  readonly name: string;
  /** Default "VALUE". */
  readonly type?: Environment_Variable_Type | undefined;
  readonly value?: string | undefined;
  readonly secret?: Secret | undefined;
}

/** mesos.v1.Parameter */
export interface Parameter {
  readonly key: string;
  readonly value: string;
}

/** mesos.v1.Parameters */
export interface Parameters {
  readonly parameter?: readonly Parameter[] | undefined;
}

/** mesos.v1.Credential */
export interface Credential {
  readonly principal: string;
  readonly secret?: string | undefined;
}

/** mesos.v1.Credentials */
export interface Credentials {
  readonly credentials?: readonly Credential[] | undefined;
}

/** mesos.v1.Secret */
export interface Secret {
  readonly type?: Secret_Type | undefined;
  readonly reference?: Secret_Reference | undefined;
  readonly value?: Secret_Value | undefined;
}

/** mesos.v1.Secret.Reference */
export interface Secret_Reference {
  readonly name: string;
  readonly key?: string | undefined;
}

/** mesos.v1.Secret.Value */
export interface Secret_Value {
  readonly data: Uint8Array;
}

/** mesos.v1.RateLimit */
export interface RateLimit {
  readonly qps?: number | undefined;
  readonly principal: string;
  readonly capacity?: bigint | undefined;
}

/** mesos.v1.RateLimits */
export interface RateLimits {
  readonly limits?: readonly RateLimit[] | undefined;
  readonly aggregate_default_qps?: number | undefined;
  readonly aggregate_default_capacity?: bigint | undefined;
}

/** mesos.v1.Image */
export interface Image {
  readonly type: Image_Type;
  readonly appc?: Image_Appc | undefined;
  readonly docker?: Image_Docker | undefined;
  /** Default true. */
  readonly cached?: boolean | undefined;
}

/** mesos.v1.Image.Appc */
export interface Image_Appc {
  readonly name: string;
  readonly id?: string | undefined;
  readonly labels?: Labels | undefined;
}

/** mesos.v1.Image.Docker */
export interface Image_Docker {
  readonly name: string;
  /** Deprecated. */
  readonly credential?: Credential | undefined;
  readonly config?: Secret | undefined;
}

/** mesos.v1.MountPropagation */
export interface MountPropagation {
  readonly mode?: MountPropagation_Mode | undefined;
}

/** mesos.v1.Volume */
export interface Volume {
  readonly mode: Volume_Mode;
  readonly container_path: string;
  readonly host_path?: string | undefined;
  readonly image?: Image | undefined;
  readonly source?: Volume_Source | undefined;
}

/** mesos.v1.Volume.Source */
export interface Volume_Source {
  readonly type?: Volume_Source_Type | undefined;
  readonly docker_volume?: Volume_Source_DockerVolume | undefined;
  readonly host_path?: Volume_Source_HostPath | undefined;
  readonly sandbox_path?: Volume_Source_SandboxPath | undefined;
  readonly secret?: Secret | undefined;
  readonly csi_volume?: Volume_Source_CSIVolume | undefined;
}

/** mesos.v1.Volume.Source.DockerVolume */
export interface Volume_Source_DockerVolume {
  readonly driver?: string | undefined;
  readonly name: string;
  readonly driver_options?: Parameters | undefined;
}

/** mesos.v1.Volume.Source.HostPath */
export interface Volume_Source_HostPath {
  readonly path: string;
  readonly mount_propagation?: MountPropagation | undefined;
}

/** mesos.v1.Volume.Source.SandboxPath */
export interface Volume_Source_SandboxPath {
  readonly type?: Volume_Source_SandboxPath_Type | undefined;
  readonly path: string;
}

/** mesos.v1.Volume.Source.CSIVolume */
export interface Volume_Source_CSIVolume {
  readonly plugin_name: string;
  readonly static_provisioning?: Volume_Source_CSIVolume_StaticProvisioning | undefined;
}

/** mesos.v1.Volume.Source.CSIVolume.VolumeCapability */
export interface Volume_Source_CSIVolume_VolumeCapability {
  /** One of `access_type`. */
  readonly block?: Volume_Source_CSIVolume_VolumeCapability_BlockVolume | undefined;
  /** One of `access_type`. */
  readonly mount?: Volume_Source_CSIVolume_VolumeCapability_MountVolume | undefined;
  readonly access_mode: Volume_Source_CSIVolume_VolumeCapability_AccessMode;
}

/** mesos.v1.Volume.Source.CSIVolume.VolumeCapability.BlockVolume */
export type Volume_Source_CSIVolume_VolumeCapability_BlockVolume = Readonly<Record<never, never>>;

/** mesos.v1.Volume.Source.CSIVolume.VolumeCapability.MountVolume */
export interface Volume_Source_CSIVolume_VolumeCapability_MountVolume {
  readonly fs_type?: string | undefined;
  readonly mount_flags?: readonly string[] | undefined;
}

/** mesos.v1.Volume.Source.CSIVolume.VolumeCapability.AccessMode */
export interface Volume_Source_CSIVolume_VolumeCapability_AccessMode {
  readonly mode: Volume_Source_CSIVolume_VolumeCapability_AccessMode_Mode;
}

/** mesos.v1.Volume.Source.CSIVolume.StaticProvisioning */
export interface Volume_Source_CSIVolume_StaticProvisioning {
  readonly volume_id: string;
  readonly volume_capability: Volume_Source_CSIVolume_VolumeCapability;
  readonly node_stage_secrets?: Readonly<Record<string, Secret>> | undefined;
  readonly node_publish_secrets?: Readonly<Record<string, Secret>> | undefined;
  readonly volume_context?: Readonly<Record<string, string>> | undefined;
}

/** mesos.v1.NetworkInfo */
export interface NetworkInfo {
  readonly ip_addresses?: readonly NetworkInfo_IPAddress[] | undefined;
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly labels?: Labels | undefined;
  readonly port_mappings?: readonly NetworkInfo_PortMapping[] | undefined;
}

/** mesos.v1.NetworkInfo.IPAddress */
export interface NetworkInfo_IPAddress {
  /** Default "IPv4". */
  readonly protocol?: NetworkInfo_Protocol | undefined;
  readonly ip_address?: string | undefined;
}

/** mesos.v1.NetworkInfo.PortMapping */
export interface NetworkInfo_PortMapping {
  readonly host_port: number;
  readonly container_port: number;
  readonly protocol?: string | undefined;
}

/** mesos.v1.CapabilityInfo */
export interface CapabilityInfo {
  readonly capabilities?: readonly CapabilityInfo_Capability[] | undefined;
}

/** mesos.v1.SeccompInfo */
export interface SeccompInfo {
  readonly profile_name?: string | undefined;
  readonly unconfined?: boolean | undefined;
}

/** mesos.v1.LinuxInfo */
export interface LinuxInfo {
  /** Deprecated. */
  readonly capability_info?: CapabilityInfo | undefined;
  readonly bounding_capabilities?: CapabilityInfo | undefined;
  readonly effective_capabilities?: CapabilityInfo | undefined;
  readonly share_pid_namespace?: boolean | undefined;
  readonly seccomp?: SeccompInfo | undefined;
  readonly ipc_mode?: LinuxInfo_IpcMode | undefined;
  readonly shm_size?: number | undefined;
  /** Default true. */
  readonly share_cgroups?: boolean | undefined;
}

/** mesos.v1.RLimitInfo */
export interface RLimitInfo {
  readonly rlimits?: readonly RLimitInfo_RLimit[] | undefined;
}

/** mesos.v1.RLimitInfo.RLimit */
export interface RLimitInfo_RLimit {
  readonly type?: RLimitInfo_RLimit_Type | undefined;
  readonly hard?: bigint | undefined;
  readonly soft?: bigint | undefined;
}

/** mesos.v1.TTYInfo */
export interface TTYInfo {
  readonly window_size?: TTYInfo_WindowSize | undefined;
}

/** mesos.v1.TTYInfo.WindowSize */
export interface TTYInfo_WindowSize {
  readonly rows: number;
  readonly columns: number;
}

/** mesos.v1.ContainerInfo */
export interface ContainerInfo {
  readonly type: ContainerInfo_Type;
  readonly volumes?: readonly Volume[] | undefined;
  readonly hostname?: string | undefined;
  readonly docker?: ContainerInfo_DockerInfo | undefined;
  readonly mesos?: ContainerInfo_MesosInfo | undefined;
  readonly network_infos?: readonly NetworkInfo[] | undefined;
  readonly linux_info?: LinuxInfo | undefined;
  readonly rlimit_info?: RLimitInfo | undefined;
  readonly tty_info?: TTYInfo | undefined;
}

/** mesos.v1.ContainerInfo.DockerInfo */
export interface ContainerInfo_DockerInfo {
  readonly image: string;
  /** Default "HOST". */
  readonly network?: ContainerInfo_DockerInfo_Network | undefined;
  readonly port_mappings?: readonly ContainerInfo_DockerInfo_PortMapping[] | undefined;
  /** Default false. */
  readonly privileged?: boolean | undefined;
  readonly parameters?: readonly Parameter[] | undefined;
  readonly force_pull_image?: boolean | undefined;
  /** Deprecated. */
  readonly volume_driver?: string | undefined;
}

/** mesos.v1.ContainerInfo.DockerInfo.PortMapping */
export interface ContainerInfo_DockerInfo_PortMapping {
  readonly host_port: number;
  readonly container_port: number;
  readonly protocol?: string | undefined;
}

/** mesos.v1.ContainerInfo.MesosInfo */
export interface ContainerInfo_MesosInfo {
  readonly image?: Image | undefined;
}

/** mesos.v1.ContainerStatus */
export interface ContainerStatus {
  readonly container_id?: ContainerID | undefined;
  readonly network_infos?: readonly NetworkInfo[] | undefined;
  readonly cgroup_info?: CgroupInfo | undefined;
  readonly executor_pid?: number | undefined;
}

/** mesos.v1.CgroupInfo */
export interface CgroupInfo {
  readonly net_cls?: CgroupInfo_NetCls | undefined;
}

/** mesos.v1.CgroupInfo.Blkio */
export type CgroupInfo_Blkio = Readonly<Record<never, never>>;

/** mesos.v1.CgroupInfo.Blkio.Value */
export interface CgroupInfo_Blkio_Value {
  readonly op?: CgroupInfo_Blkio_Operation | undefined;
  readonly value?: bigint | undefined;
}

/** mesos.v1.CgroupInfo.Blkio.CFQ */
export type CgroupInfo_Blkio_CFQ = Readonly<Record<never, never>>;

/** mesos.v1.CgroupInfo.Blkio.CFQ.Statistics */
export interface CgroupInfo_Blkio_CFQ_Statistics {
  readonly device?: Device_Number | undefined;
  readonly sectors?: bigint | undefined;
  readonly time?: bigint | undefined;
  readonly io_serviced?: readonly CgroupInfo_Blkio_Value[] | undefined;
  readonly io_service_bytes?: readonly CgroupInfo_Blkio_Value[] | undefined;
  readonly io_service_time?: readonly CgroupInfo_Blkio_Value[] | undefined;
  readonly io_wait_time?: readonly CgroupInfo_Blkio_Value[] | undefined;
  readonly io_merged?: readonly CgroupInfo_Blkio_Value[] | undefined;
  readonly io_queued?: readonly CgroupInfo_Blkio_Value[] | undefined;
}

/** mesos.v1.CgroupInfo.Blkio.Throttling */
export type CgroupInfo_Blkio_Throttling = Readonly<Record<never, never>>;

/** mesos.v1.CgroupInfo.Blkio.Throttling.Statistics */
export interface CgroupInfo_Blkio_Throttling_Statistics {
  readonly device?: Device_Number | undefined;
  readonly io_serviced?: readonly CgroupInfo_Blkio_Value[] | undefined;
  readonly io_service_bytes?: readonly CgroupInfo_Blkio_Value[] | undefined;
}

/** mesos.v1.CgroupInfo.Blkio.Statistics */
export interface CgroupInfo_Blkio_Statistics {
  readonly cfq?: readonly CgroupInfo_Blkio_CFQ_Statistics[] | undefined;
  readonly cfq_recursive?: readonly CgroupInfo_Blkio_CFQ_Statistics[] | undefined;
  readonly throttling?: readonly CgroupInfo_Blkio_Throttling_Statistics[] | undefined;
}

/** mesos.v1.CgroupInfo.NetCls */
export interface CgroupInfo_NetCls {
  readonly classid?: number | undefined;
}

/** mesos.v1.Labels */
export interface Labels {
  readonly labels?: readonly Label[] | undefined;
}

/** mesos.v1.Label */
export interface Label {
  readonly key: string;
  readonly value?: string | undefined;
}

/** mesos.v1.Port */
export interface Port {
  readonly number: number;
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly visibility?: DiscoveryInfo_Visibility | undefined;
  readonly labels?: Labels | undefined;
}

/** mesos.v1.Ports */
export interface Ports {
  readonly ports?: readonly Port[] | undefined;
}

/** mesos.v1.DiscoveryInfo */
export interface DiscoveryInfo {
  readonly visibility: DiscoveryInfo_Visibility;
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
  readonly location?: string | undefined;
  readonly version?: string | undefined;
  readonly ports?: Ports | undefined;
  readonly labels?: Labels | undefined;
}

/** mesos.v1.WeightInfo */
export interface WeightInfo {
  readonly weight: number;
  readonly role?: string | undefined;
}

/** mesos.v1.VersionInfo */
export interface VersionInfo {
  readonly version: string;
  readonly build_date?: string | undefined;
  readonly build_time?: number | undefined;
  readonly build_user?: string | undefined;
  readonly git_sha?: string | undefined;
  readonly git_branch?: string | undefined;
  readonly git_tag?: string | undefined;
}

/** mesos.v1.Flag */
export interface Flag {
  readonly name: string;
  readonly value?: string | undefined;
}

/** mesos.v1.Role */
export interface Role {
  readonly name: string;
  readonly weight: number;
  readonly frameworks?: readonly FrameworkID[] | undefined;
  readonly resources?: readonly Resource[] | undefined;
}

/** mesos.v1.Metric */
export interface Metric {
  readonly name: string;
  readonly value?: number | undefined;
}

/** mesos.v1.FileInfo */
export interface FileInfo {
  readonly path: string;
  readonly nlink?: number | undefined;
  readonly size?: bigint | undefined;
  readonly mtime?: TimeInfo | undefined;
  readonly mode?: number | undefined;
  readonly uid?: string | undefined;
  readonly gid?: string | undefined;
}

/** mesos.v1.Device */
export interface Device {
  readonly path?: string | undefined;
  readonly number?: Device_Number | undefined;
}

/** mesos.v1.Device.Number */
export interface Device_Number {
  readonly major_number: bigint;
  readonly minor_number: bigint;
}

/** mesos.v1.DeviceAccess */
export interface DeviceAccess {
  readonly device: Device;
  readonly access: DeviceAccess_Access;
}

/** mesos.v1.DeviceAccess.Access */
export interface DeviceAccess_Access {
  readonly read?: boolean | undefined;
  readonly write?: boolean | undefined;
  readonly mknod?: boolean | undefined;
}

/** mesos.v1.DeviceWhitelist */
export interface DeviceWhitelist {
  readonly allowed_devices?: readonly DeviceAccess[] | undefined;
}

/** mesos.v1.DrainConfig */
export interface DrainConfig {
  readonly max_grace_period?: DurationInfo | undefined;
  /** Default false. */
  readonly mark_gone?: boolean | undefined;
}

/** mesos.v1.DrainInfo */
export interface DrainInfo {
  readonly state: DrainState;
  readonly config: DrainConfig;
}
