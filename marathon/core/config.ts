/** What the core must know of the flags. Durations in milliseconds. */
export interface MarathonConfig {
  readonly frameworkName: string;
  readonly principal?: string | undefined;
  readonly user: string;
  /** Host name that the framework reports. */
  readonly hostname: string;
  readonly webuiUrl?: string | undefined;
  readonly failoverTimeoutMs: number;
  readonly checkpoint: boolean;
  /** Role of apps that name none. */
  readonly mesosRole: string;
  readonly defaultAcceptedResourceRoles?: readonly string[] | undefined;
  readonly envVarsPrefix?: string | undefined;
  readonly localPortMin: number;
  readonly localPortMax: number;
  readonly maxRunningDeployments: number;
  readonly maxApps?: number | undefined;
  readonly maxVersions: number;
  /** Most launches on one offer; 0 is no limit. */
  readonly maxInstancesPerOffer: number;
  readonly declineOfferMs: number;
  readonly minReviveIntervalMs: number;
  readonly suppressOffers: boolean;
  readonly maintenanceMode: boolean;
  readonly drainingMs: number;
  readonly reconciliationInitialDelayMs: number;
  readonly reconciliationIntervalMs: number;
  readonly scaleAppsInitialDelayMs: number;
  readonly scaleAppsIntervalMs: number;
  /** No first status update in this time: killed and launched anew. */
  readonly launchConfirmTimeoutMs: number;
  /** No TASK_RUNNING in this time: killed and launched anew. */
  readonly launchTimeoutMs: number;
  readonly killRetryMs: number;
}

/** Upstream's defaults, with our own where a `Differs:` says so. */
export const DEFAULT_CONFIG: MarathonConfig = {
  frameworkName: 'marathon',
  user: '',
  hostname: 'localhost',
  failoverTimeoutMs: 604_800_000,
  checkpoint: true,
  mesosRole: '*',
  localPortMin: 10_000,
  localPortMax: 20_000,
  maxRunningDeployments: 100,
  maxVersions: 50,
  // Differs: upstream launches at most 5 per offer; a burst here waits for no second round.
  maxInstancesPerOffer: 0,
  declineOfferMs: 120_000,
  // Differs: upstream 5000; here the refill of a token bucket, so that the first revives never wait.
  minReviveIntervalMs: 100,
  suppressOffers: true,
  maintenanceMode: true,
  drainingMs: 0,
  reconciliationInitialDelayMs: 15_000,
  reconciliationIntervalMs: 600_000,
  scaleAppsInitialDelayMs: 15_000,
  scaleAppsIntervalMs: 300_000,
  launchConfirmTimeoutMs: 300_000,
  launchTimeoutMs: 300_000,
  killRetryMs: 30_000,
};
