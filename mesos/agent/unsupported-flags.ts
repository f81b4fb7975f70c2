export const ISOLATION_LATER = 'this isolation is not there yet; tasks run as plain process groups';
export const NO_DOCKER = 'images and Docker are not there yet';
const NO_AUTH = 'there is no authentication yet: bind the loopback address, or keep the port behind a firewall';
const NO_NETWORK = 'tasks share the network of their machine';
const NO_MODULES = 'modules are not there; secrets of type VALUE are resolved';
const NO_OVERSUBSCRIPTION = 'oversubscription is not there';

const GROUPS: readonly (readonly [string, string])[] = [
  [
    NO_AUTH,
    `acls authenticatee authenticate_http_executors authenticate_http_readonly
    authenticate_http_readwrite authentication_backoff_factor authentication_timeout_max
    authentication_timeout_min authorizer credential http_authenticators http_credentials jwt_secret_key`,
  ],
  [
    NO_DOCKER,
    `appc_simple_discovery_uri_prefix appc_store_dir default_container_dns default_container_info
    default_container_shm_size docker docker_config docker_ignore_runtime docker_kill_orphans
    docker_mesos_image docker_registry docker_remove_delay docker_socket docker_stop_timeout
    docker_store_dir docker_volume_checkpoint_dir docker_volume_chown image_gc_config image_providers
    image_provisioner_backend sandbox_directory`,
  ],
  [
    ISOLATION_LATER,
    `agent_subsystems allowed_devices bounding_capabilities cgroups_cpu_enable_pids_and_tids_count
    cgroups_destroy_timeout cgroups_enable_cfs cgroups_hierarchy cgroups_limit_swap
    cgroups_net_cls_primary_handle cgroups_net_cls_secondary_handles cgroups_root
    check_agent_port_range_only container_disk_watch_interval container_ports_isolated_range
    container_ports_watch_interval disallow_sharing_agent_ipc_namespace
    disallow_sharing_agent_pid_namespace effective_capabilities enforce_container_disk_quota
    enforce_container_ports host_path_volume_force_creation nvidia_gpu_devices perf_duration perf_events
    perf_interval revocable_cpu_low_priority seccomp_config_dir seccomp_profile_name
    systemd_enable_support systemd_runtime_directory volume_gid_range xfs_kill_containers
    xfs_project_range xfs_quota_headroom`,
  ],
  [
    NO_NETWORK,
    `egress_burst egress_ceil_limit egress_flow_classifier_parent egress_rate_limit_per_container
    egress_rate_per_cpu egress_unique_flow_per_container ephemeral_ports_per_container eth0_name ingress_burst
    ingress_ceil_limit ingress_isolate_existing_containers ingress_rate_limit_per_container
    ingress_rate_per_cpu lo_name maximum_egress_rate_limit maximum_ingress_rate_limit
    minimum_egress_rate_limit minimum_ingress_rate_limit network_cni_config_dir network_cni_metrics
    network_cni_plugins_dir network_cni_root_dir_persist network_enable_rate_statistics
    network_enable_snmp_statistics network_enable_socket_statistics_details
    network_enable_socket_statistics_summary network_link_speed network_rate_statistics_interval
    network_rate_statistics_window`,
  ],
  [NO_MODULES, `disk_profile_adaptor hooks master_detector modules modules_dir secret_resolver`],
  [
    NO_OVERSUBSCRIPTION,
    `oversubscribed_resources_interval qos_controller qos_correction_interval_min resource_estimator`,
  ],
];

/** Upstream's flags that are refused, with what to do instead. */
export const UNSUPPORTED_FLAGS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(GROUPS.flatMap(([reason, names]) => names.split(/\s+/).map((name) => [name, reason]))),
  advertise_ip: 'use --ip and --hostname',
  advertise_port: 'use --port',
  agent_features: 'the agent reports the capabilities that it has',
  container_logger: 'output goes to stdout and stderr in the sandbox',
  csi_plugin_config_dir: 'storage plugins are not there',
  domain_socket_location: 'executors use --ip and --port',
  executor_reregistration_retry_interval: 'executors try again by themselves',
  external_log_file: 'lines go to stderr; redirect it',
  firewall_rules: 'put the port behind a firewall',
  gc_non_executor_container_sandboxes: 'there are no nested containers',
  hadoop_home: 'hdfs:// URIs are not there; use http:// or file://',
  http_command_executor: 'command tasks need no executor process',
  http_heartbeat_interval: 'there are no attached streams; executors hear a heartbeat every 30 minutes',
  http_executor_domain_sockets: 'executors use --ip and --port',
  initialize_driver_logging: 'set MESETA_LOG_LEVEL',
  ip6: 'use --ip with an IPv6 address',
  ip_discovery_command: 'use --ip',
  ip6_discovery_command: 'use --ip with an IPv6 address',
  launcher_dir: 'there are no helper programs of upstream to look for',
  log_dir: 'lines go to stderr; redirect it',
  logbufsecs: 'lines are not buffered',
  logging_level: 'set MESETA_LOG_LEVEL=trace|debug|info|warn|error',
  memory_profiling: 'use the profilers of Node',
  quiet: 'set MESETA_LOG_LEVEL=error',
  resource_provider_config_dir: 'resource providers are not there',
  strict: 'a state that cannot be read always refuses the start',
  zk_session_timeout: 'name the master as --master=host:port',
};
