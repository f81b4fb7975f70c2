// Written by `npm run generate` from sdk/v1/proto. Do not edit.

/** google.protobuf.Duration */
export interface Duration {
  readonly seconds?: bigint | undefined;
  readonly nanos?: number | undefined;
}
