// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as mesos from './mesos.ts';

/** mesos.v1.quota.QuotaInfo */
export interface QuotaInfo {
  readonly role?: string | undefined;
  readonly principal?: string | undefined;
  readonly guarantee?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.quota.QuotaRequest */
export interface QuotaRequest {
  readonly force?: boolean | undefined;
  readonly role?: string | undefined;
  readonly guarantee?: readonly mesos.Resource[] | undefined;
}

/** mesos.v1.quota.QuotaConfig */
export interface QuotaConfig {
  readonly role: string;
  readonly guarantees?: Readonly<Record<string, mesos.Value_Scalar>> | undefined;
  readonly limits?: Readonly<Record<string, mesos.Value_Scalar>> | undefined;
}

/** mesos.v1.quota.QuotaStatus */
export interface QuotaStatus {
  /** Deprecated. */
  readonly infos?: readonly QuotaInfo[] | undefined;
  readonly configs?: readonly QuotaConfig[] | undefined;
}
