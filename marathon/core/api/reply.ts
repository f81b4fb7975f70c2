import type { Accepted } from './change-root.ts';

/** What a command is answered with. */
export interface ApiReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A JSON value; undefined is an empty body. */
  readonly body?: unknown;
}

/** The answer of changes that start a deployment. */
export function deploymentReply(
  accepted: Accepted,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): ApiReply {
  return {
    status,
    headers: { ...headers, 'Marathon-Deployment-Id': accepted.deploymentId },
    body: { version: accepted.version, deploymentId: accepted.deploymentId },
  };
}
