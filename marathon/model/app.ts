/**
 * The normalised definition of an app: every default filled in, every legacy form rewritten.
 *
 *     request JSON --zod--> raw shape --normalise--> AppDefinition --appAnswer--> answer JSON
 *
 * Names and units are those of Marathon's REST API, so a definition reads like the answer of `GET /v2/apps`; what the
 * answer omits when empty is present here as an empty array or record. Values are plain JSON: a definition is stored and
 * compared as it is. What Meseta does not run yet (images, volumes, secrets ...) has no field: it was refused at the edge.
 */
export interface AppDefinition {
  /** Absolute path, `/group/app`. */
  readonly id: string;
  readonly cmd?: string | undefined;
  readonly args: readonly string[];
  /** Operating system user; absent means the framework's. */
  readonly user?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly instances: number;
  readonly cpus: number;
  /** MB, as disk. */
  readonly mem: number;
  readonly disk: number;
  /** Always 0 until GPUs are supported. */
  readonly gpus: number;
  /** `''` or `//cmd`: the built-in command executor. */
  readonly executor: string;
  readonly constraints: readonly Constraint[];
  /** Absent means every role that the framework may take resources of. */
  readonly acceptedResourceRoles?: readonly string[] | undefined;
  readonly role: string;
  readonly container?: Container | undefined;
  readonly networks: readonly Network[];
  readonly portDefinitions: readonly PortDefinition[];
  readonly requirePorts: boolean;
  readonly healthChecks: readonly HealthCheck[];
  readonly check?: AppCheck | undefined;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly fetch: readonly FetchUri[];
  /** Absolute paths of apps and groups, sorted. */
  readonly dependencies: readonly string[];
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy: UnreachableStrategy;
  readonly killSelection: KillSelection;
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
  readonly taskKillGracePeriodSeconds?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Timestamp text `yyyy-MM-ddTHH:mm:ss.SSSZ`; changes with every accepted change, also of `instances` alone. */
  readonly version: string;
  readonly versionInfo: VersionInfo;
}

/** When the last change of each kind happened; `lastConfigChangeAt` names the configuration that instances run. */
export interface VersionInfo {
  readonly lastScalingAt: string;
  readonly lastConfigChangeAt: string;
}

/** `[field, operator]` or `[field, operator, value]`; operators in upper case. */
export type Constraint = readonly [field: string, operator: ConstraintOperator, value?: string];

export type ConstraintOperator = 'UNIQUE' | 'CLUSTER' | 'GROUP_BY' | 'LIKE' | 'UNLIKE' | 'MAX_PER' | 'IS';

/** A Mesos container without an image: a plain task. */
export interface Container {
  readonly type: 'MESOS';
}

export interface Network {
  readonly mode: 'host';
}

/** One port on the agent's host. */
export interface PortDefinition {
  /** The service port, never 0 after normalisation; with `requirePorts` the host port too. */
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'udp,tcp';
  readonly name?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export type HealthCheckProtocol = 'HTTP' | 'HTTPS' | 'TCP' | 'COMMAND' | 'MESOS_HTTP' | 'MESOS_HTTPS' | 'MESOS_TCP';

/** HTTP, HTTPS and TCP are run by Marathon; the others by the executor. `port` wins over `portIndex`. */
export interface HealthCheck {
  readonly protocol: HealthCheckProtocol;
  readonly path?: string | undefined;
  readonly port?: number | undefined;
  readonly portIndex?: number | undefined;
  readonly command?: { readonly value: string } | undefined;
  readonly gracePeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
  /** 0: checks of Marathon never kill, checks of the executor kill at the first failure. */
  readonly maxConsecutiveFailures: number;
  readonly ignoreHttp1xx: boolean;
  readonly ipProtocol: 'IPv4' | 'IPv6';
}

/** A check that only reports; exactly one of `http`, `tcp` and `exec`. */
export interface AppCheck {
  readonly http?:
    | {
        readonly path?: string | undefined;
        readonly scheme: 'HTTP' | 'HTTPS';
        readonly port?: number | undefined;
        readonly portIndex?: number | undefined;
      }
    | undefined;
  readonly tcp?: { readonly port?: number | undefined; readonly portIndex?: number | undefined } | undefined;
  readonly exec?: { readonly command: { readonly shell: string } | { readonly argv: readonly string[] } } | undefined;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
}

/** Asked during deployments until the instance is ready. */
export interface ReadinessCheck {
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly path: string;
  readonly portName: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly httpStatusCodesForReady: readonly number[];
  readonly preserveLastResponse: boolean;
}

export interface FetchUri {
  readonly uri: string;
  readonly extract: boolean;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly destPath?: string | undefined;
}

/** Fractions of `instances`, both in 0..1. */
export interface UpgradeStrategy {
  readonly minimumHealthCapacity: number;
  readonly maximumOverCapacity: number;
}

/** `disabled`: an unreachable instance is waited for without end. */
export type UnreachableStrategy =
  | 'disabled'
  | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };

export type KillSelection = 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
