import type { AppCheck, FetchUri, HealthCheck, KillSelection, PortDefinition, ReadinessCheck } from './app.ts';

/**
 * An app as a client sent it, once its types are checked: any field may be absent (it keeps its value, or takes its
 * default), defaults inside nested objects are filled in, legacy fields are still there.
 */
export interface AppInput {
  readonly id?: string | undefined;
  readonly cmd?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly instances?: number | undefined;
  readonly cpus?: number | undefined;
  readonly mem?: number | undefined;
  readonly disk?: number | undefined;
  readonly executor?: string | undefined;
  readonly constraints?: readonly (readonly string[])[] | undefined;
  readonly acceptedResourceRoles?: readonly string[] | undefined;
  readonly role?: string | undefined;
  readonly container?: { readonly type: 'MESOS' } | undefined;
  readonly networks?: readonly { readonly mode: 'host' }[] | undefined;
  readonly portDefinitions?: readonly PortDefinition[] | undefined;
  /** Legacy: port numbers alone. */
  readonly ports?: readonly number[] | undefined;
  readonly requirePorts?: boolean | undefined;
  readonly healthChecks?: readonly HealthCheck[] | undefined;
  readonly check?: AppCheck | undefined;
  readonly readinessChecks?: readonly ReadinessCheck[] | undefined;
  readonly fetch?: readonly FetchUri[] | undefined;
  /** Legacy: addresses alone. */
  readonly uris?: readonly string[] | undefined;
  readonly dependencies?: readonly string[] | undefined;
  readonly upgradeStrategy?:
    | { readonly minimumHealthCapacity: number; readonly maximumOverCapacity: number }
    | undefined;
  readonly unreachableStrategy?:
    | 'disabled'
    | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number }
    | undefined;
  readonly killSelection?: KillSelection | undefined;
  readonly backoffSeconds?: number | undefined;
  readonly backoffFactor?: number | undefined;
  readonly maxLaunchDelaySeconds?: number | undefined;
  readonly taskKillGracePeriodSeconds?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Only to roll back; elsewhere dropped. */
  readonly version?: string | undefined;
}

/** A group as a client sent it; ids are relative to the enclosing group. */
export interface GroupInput {
  readonly id?: string | undefined;
  readonly apps?: readonly AppInput[] | undefined;
  readonly groups?: readonly GroupInput[] | undefined;
  readonly dependencies?: readonly string[] | undefined;
  readonly scaleBy?: number | undefined;
  readonly version?: string | undefined;
}
