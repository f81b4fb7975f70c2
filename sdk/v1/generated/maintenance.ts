// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as allocator from './allocator.ts';
import type * as mesos from './mesos.ts';

/** mesos.v1.maintenance.Window */
export interface Window {
  readonly machine_ids?: readonly mesos.MachineID[] | undefined;
  readonly unavailability: mesos.Unavailability;
}

/** mesos.v1.maintenance.Schedule */
export interface Schedule {
  readonly windows?: readonly Window[] | undefined;
}

/** mesos.v1.maintenance.ClusterStatus */
export interface ClusterStatus {
  readonly draining_machines?: readonly ClusterStatus_DrainingMachine[] | undefined;
  readonly down_machines?: readonly mesos.MachineID[] | undefined;
}

/** mesos.v1.maintenance.ClusterStatus.DrainingMachine */
export interface ClusterStatus_DrainingMachine {
  readonly id: mesos.MachineID;
  readonly statuses?: readonly allocator.InverseOfferStatus[] | undefined;
}
