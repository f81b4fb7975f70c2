import type { Violation } from '../../model/violation.ts';
import { violationDetails } from '../../model/violation.ts';

/** A request that is answered with an error; nothing has been changed when it is thrown. Status and body are Marathon's. */
export class ApiRefusal extends Error {
  override name = 'ApiRefusal';
  readonly status: number;
  readonly body: { readonly message: string; readonly [key: string]: unknown };
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.body = { message, ...more };
    this.headers = headers;
  }
}

/** 422 with all violations, grouped by path. In upstream's words a wrong type is invalid JSON, whatever else is wrong. */
export function invalid(violations: readonly Violation[]): ApiRefusal {
  const isMistyped = violations.some(({ error }) => error.startsWith('error.'));
  const message = isMistyped ? 'Invalid JSON' : 'Object is not valid';
  return new ApiRefusal(422, message, { details: violationDetails(violations) });
}

/** 404 for an app, in upstream's words. */
export function unknownApp(id: string, version?: string): ApiRefusal {
  return new ApiRefusal(404, `App '${id}' does not exist${version === undefined ? '' : ` in version ${version}`}`);
}

/** 404 for a group, in upstream's words. */
export function unknownGroup(id: string, version?: string): ApiRefusal {
  return new ApiRefusal(404, `Group '${id}' does not exist${version === undefined ? '' : ` in version ${version}`}`);
}

/** 409: other deployments hold apps that the change touches. */
export function appsLocked(deploymentIds: readonly string[]): ApiRefusal {
  return new ApiRefusal(
    409,
    "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
    { deployments: deploymentIds.map((id) => ({ id })) },
  );
}
