import type { AppDefinition, HealthCheck } from '../model/app.ts';
import { timestampText } from '../model/timestamp.ts';

/** An event of `GET /v2/events`: `eventType`, `timestamp`, and the fields of upstream's event of that type. */
export interface MarathonEvent {
  readonly eventType: string;
  readonly timestamp: string;
  readonly [field: string]: unknown;
}

/** Action of a deployment as events and `/v2/deployments` show it. */
export interface ActionView {
  readonly action: string;
  readonly app: string;
}

/** A plan as events show it: always light, as upstream since 1.8. */
export interface PlanView {
  readonly id: string;
  readonly steps: readonly { readonly actions: readonly ActionView[] }[];
  readonly version: string;
}

interface InstanceFields {
  readonly instanceId: string;
  readonly appId: string;
  readonly version: string;
}

/** Builders of all events, by upstream's names. `wallMs` is the instant of the frame. */
export const busEvent = {
  apiPost: (wallMs: number, clientIp: string, uri: string, appDefinition: unknown): MarathonEvent =>
    make(wallMs, 'api_post_event', { clientIp, uri, appDefinition }),

  groupChangeSuccess: (wallMs: number, groupId: string, version: string): MarathonEvent =>
    make(wallMs, 'group_change_success', { groupId, version }),

  groupChangeFailed: (wallMs: number, groupId: string, version: string, reason: string): MarathonEvent =>
    make(wallMs, 'group_change_failed', { groupId, version, reason }),

  deploymentInfo: (wallMs: number, plan: PlanView, currentStep: PlanView['steps'][number]): MarathonEvent =>
    make(wallMs, 'deployment_info', { plan, currentStep }),

  deploymentStepSuccess: (wallMs: number, plan: PlanView, currentStep: PlanView['steps'][number]): MarathonEvent =>
    make(wallMs, 'deployment_step_success', { plan, currentStep }),

  deploymentSuccess: (wallMs: number, plan: PlanView): MarathonEvent =>
    make(wallMs, 'deployment_success', { id: plan.id, plan }),

  deploymentFailed: (wallMs: number, plan: PlanView, reason: string): MarathonEvent =>
    make(wallMs, 'deployment_failed', { id: plan.id, plan, reason }),

  statusUpdate: (wallMs: number, fields: StatusUpdateFields): MarathonEvent =>
    make(wallMs, 'status_update_event', { ...fields }),

  instanceChanged: (
    wallMs: number,
    instance: InstanceFields,
    condition: string,
    agentId: string | undefined,
    host: string | undefined,
  ): MarathonEvent =>
    make(wallMs, 'instance_changed_event', {
      instanceId: instance.instanceId,
      condition,
      runSpecId: instance.appId,
      agentId: agentId ?? '',
      host: host ?? '',
      runSpecVersion: instance.version,
    }),

  instanceHealthChanged: (wallMs: number, instance: InstanceFields, healthy: boolean | undefined): MarathonEvent =>
    make(wallMs, 'instance_health_changed_event', {
      instanceId: instance.instanceId,
      runSpecId: instance.appId,
      healthy: healthy ?? null,
      runSpecVersion: instance.version,
    }),

  unknownInstanceTerminated: (
    wallMs: number,
    instanceId: string,
    runSpecId: string,
    condition: string,
  ): MarathonEvent => make(wallMs, 'unknown_instance_terminated_event', { instanceId, runSpecId, condition }),

  healthStatusChanged: (wallMs: number, instance: InstanceFields, alive: boolean): MarathonEvent =>
    make(wallMs, 'health_status_changed_event', { ...instance, alive }),

  addHealthCheck: (wallMs: number, app: AppDefinition, healthCheck: HealthCheck): MarathonEvent =>
    make(wallMs, 'add_health_check_event', { appId: app.id, version: app.version, healthCheck }),

  removeHealthCheck: (wallMs: number, appId: string): MarathonEvent =>
    make(wallMs, 'remove_health_check_event', { appId }),

  failedHealthCheck: (wallMs: number, appId: string, instanceId: string, healthCheck: HealthCheck): MarathonEvent =>
    make(wallMs, 'failed_health_check_event', { appId, taskId: instanceId, healthCheck }),

  unhealthyInstanceKill: (
    wallMs: number,
    instance: InstanceFields,
    taskId: string,
    reason: string,
    host: string,
    slaveId: string | undefined,
  ): MarathonEvent =>
    make(wallMs, 'unhealthy_instance_kill_event', {
      ...instance,
      taskId,
      reason,
      host,
      ...(slaveId === undefined ? {} : { slaveId }),
    }),

  appTerminated: (wallMs: number, appId: string): MarathonEvent => make(wallMs, 'app_terminated_event', { appId }),

  schedulerRegistered: (wallMs: number, frameworkId: string, master: string): MarathonEvent =>
    make(wallMs, 'scheduler_registered_event', { frameworkId, master }),

  schedulerReregistered: (wallMs: number, master: string): MarathonEvent =>
    make(wallMs, 'scheduler_reregistered_event', { master }),

  schedulerDisconnected: (wallMs: number): MarathonEvent => make(wallMs, 'scheduler_disconnected_event', {}),

  frameworkMessage: (wallMs: number, executorId: string, slaveId: string, message: string): MarathonEvent =>
    make(wallMs, 'framework_message_event', { executorId, slaveId, message }),

  eventStreamAttached: (wallMs: number, remoteAddress: string): MarathonEvent =>
    make(wallMs, 'event_stream_attached', { remoteAddress }),

  eventStreamDetached: (wallMs: number, remoteAddress: string): MarathonEvent =>
    make(wallMs, 'event_stream_detached', { remoteAddress }),
};

/** Fields of `status_update_event`, in upstream's names. */
export interface StatusUpdateFields {
  readonly slaveId: string;
  readonly taskId: string;
  readonly taskStatus: string;
  readonly message: string;
  readonly appId: string;
  readonly host: string;
  readonly ipAddresses: readonly { readonly ipAddress: string; readonly protocol: string }[];
  readonly ports: readonly number[];
  readonly version: string;
}

function make(wallMs: number, eventType: string, fields: Readonly<Record<string, unknown>>): MarathonEvent {
  return { ...fields, eventType, timestamp: timestampText(wallMs) };
}
