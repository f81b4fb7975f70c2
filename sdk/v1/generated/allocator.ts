// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as mesos from './mesos.ts';

/** mesos.v1.allocator.InverseOfferStatus.Status */
export type InverseOfferStatus_Status =
  | 'UNKNOWN'
  | 'ACCEPT'
  | 'DECLINE';

/** mesos.v1.allocator.InverseOfferStatus */
export interface InverseOfferStatus {
  readonly status: InverseOfferStatus_Status;
  readonly framework_id: mesos.FrameworkID;
  readonly timestamp: mesos.TimeInfo;
}
