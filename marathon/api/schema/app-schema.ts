import { z } from 'zod';
import {
  dropped,
  int,
  isEmptyCollection,
  labels,
  number,
  oneOf,
  port,
  portName,
  SECONDS_MAX,
  shortText,
  strict,
  unsupported,
} from './shapes.ts';

const seconds = (fallback: number, min = 0): z.ZodDefault<z.ZodNumber> => int(min, SECONDS_MAX).default(fallback);

const envValue = z.unknown().transform((value, context) => {
  if (typeof value === 'string') return value;
  const isSecret = typeof value === 'object' && value !== null && 'secret' in value;
  if (isSecret) context.addIssue({ code: 'custom', message: 'secrets: not supported yet' });
  else context.issues.push({ code: 'invalid_type', expected: 'string', input: value });
  return z.NEVER;
});

const portDefinition = strict({
  port: port().default(0),
  protocol: oneOf('tcp', 'udp', 'udp,tcp').default('tcp'),
  name: portName.optional(),
  labels: labels.default({}),
});

const healthCheck = strict({
  protocol: oneOf('HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_HTTP', 'MESOS_HTTPS', 'MESOS_TCP').default('HTTP'),
  path: z.string().max(1024).optional(),
  port: port().optional(),
  portIndex: port().optional(),
  command: strict({ value: z.string() }).optional(),
  gracePeriodSeconds: int().default(300),
  // Differs: upstream takes 0, and then asks without a pause.
  intervalSeconds: seconds(60, 1),
  timeoutSeconds: seconds(20, 1),
  delaySeconds: seconds(15),
  maxConsecutiveFailures: int().default(3),
  ignoreHttp1xx: z.boolean().default(false),
  ipProtocol: oneOf('IPv4', 'IPv6').default('IPv4'),
});

const checkPort = { port: port().optional(), portIndex: port().optional() };

const check = strict({
  http: strict({ ...checkPort, path: shortText.optional(), scheme: oneOf('HTTP', 'HTTPS').default('HTTP') }).optional(),
  tcp: strict(checkPort).optional(),
  exec: strict({
    command: strict({ shell: z.string().min(1).optional(), argv: z.array(z.string()).min(1).optional() }).transform(
      ({ shell, argv }, context) => {
        if (shell !== undefined && argv === undefined) return { shell };
        if (argv !== undefined && shell === undefined) return { argv };
        context.addIssue({ code: 'custom', message: 'must have exactly one of shell and argv' });
        return z.NEVER;
      },
    ),
  }).optional(),
  intervalSeconds: seconds(60, 1),
  timeoutSeconds: seconds(20, 1),
  delaySeconds: seconds(15),
});

const readinessCheck = strict({
  name: z.string().min(1).default('readinessCheck'),
  protocol: oneOf('HTTP', 'HTTPS').default('HTTP'),
  path: shortText.default('/'),
  portName: portName.default('http-api'),
  intervalSeconds: seconds(30, 1),
  timeoutSeconds: seconds(10, 1),
  httpStatusCodesForReady: z.array(int(100, 999)).min(1).default([200]),
  preserveLastResponse: z.boolean().default(false),
});

const fetch = strict({
  uri: shortText,
  extract: z.boolean().default(true),
  executable: z.boolean().default(false),
  cache: z
    .boolean()
    .refine((cache) => !cache, { error: "the fetcher's cache: not supported yet; allowed is false" })
    .default(false),
  destPath: shortText.optional(),
});

const container = strict({
  type: oneOf('MESOS', 'DOCKER')
    .default('DOCKER')
    .refine((type) => type === 'MESOS', {
      error: 'Docker containers: not supported yet; allowed is MESOS, for a plain task',
    }),
  docker: unsupported('container images'),
  volumes: unsupported('volumes', isEmptyCollection),
  linuxInfo: unsupported('seccomp and IPC settings'),
  portMappings: unsupported('port mappings; with host networking use portDefinitions', isEmptyCollection),
}).transform(() => ({ type: 'MESOS' as const }));

const network = strict({
  mode: oneOf('container', 'container/bridge', 'host')
    .default('container')
    .refine((mode) => mode === 'host', { error: 'networks other than host: not supported yet' }),
  name: unsupported('named networks'),
  labels: unsupported('labels of networks', isEmptyCollection),
}).transform(() => ({ mode: 'host' as const }));

const upgradeStrategy = strict({
  // Differs: upstream wants both; here the absent one has its default.
  minimumHealthCapacity: number(0, 1).default(1),
  maximumOverCapacity: number(0, 1).default(1),
});

const unreachableStrategy = z.unknown().transform((value, context) => {
  if (typeof value === 'string') {
    if (value.toLowerCase() === 'disabled') return 'disabled' as const;
    context.issues.push({ code: 'invalid_value', values: ['disabled'], input: value });
    return z.NEVER;
  }
  const result = strict({ inactiveAfterSeconds: int().default(0), expungeAfterSeconds: int().default(0) }).safeParse(
    value,
  );
  if (result.success) return result.data;
  context.issues.push(...(result.error.issues as z.core.$ZodRawIssue[]));
  return z.NEVER;
});

/** What answers carry beside the definition. */
const RUNTIME_FIELDS = [
  'tasks',
  'tasksStaged',
  'tasksRunning',
  'tasksHealthy',
  'tasksUnhealthy',
  'tasksStats',
  'taskStats',
  'deployments',
  'lastTaskFailure',
  'readinessCheckResults',
  'versionInfo',
] as const;

/** An app in a request, all fields optional: the body of `PUT /v2/apps/{id}`, element of arrays and of groups. */
export const appSchema = strict({
  id: z.string().min(1).optional(),
  // Differs: upstream wants two characters.
  cmd: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  user: z.string().optional(),
  env: z.record(z.string(), envValue).optional(),
  instances: int().optional(),
  cpus: number(0.001).optional(),
  mem: number().optional(),
  disk: number().optional(),
  gpus: unsupported('GPUs', (value) => value === 0),
  executor: z.string().optional(),
  executorResources: unsupported('custom executors'),
  constraints: z.array(z.array(z.string())).optional(),
  acceptedResourceRoles: z.array(z.string()).optional(),
  role: z.string().min(1).optional(),
  container: container.optional(),
  networks: z
    .array(network)
    // Not `max`, which looks at no element of what is too long.
    .refine(({ length }) => length <= 1, {
      error: 'must have at most 1 element',
      when: ({ value }) => Array.isArray(value),
    })
    .optional(),
  ipAddress: unsupported('an IP address for each task'),
  portDefinitions: z.array(portDefinition).optional(),
  ports: z.array(port()).optional(),
  requirePorts: z.boolean().optional(),
  healthChecks: z.array(healthCheck).optional(),
  check: check.optional(),
  readinessChecks: z.array(readinessCheck).optional(),
  fetch: z.array(fetch).optional(),
  uris: z.array(shortText).optional(),
  storeUrls: unsupported('artifact stores', isEmptyCollection),
  dependencies: z.array(z.string().min(1)).optional(),
  upgradeStrategy: upgradeStrategy.optional(),
  unreachableStrategy: unreachableStrategy.optional(),
  killSelection: oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST').optional(),
  backoffSeconds: int().optional(),
  backoffFactor: number(1).optional(),
  maxLaunchDelaySeconds: int().optional(),
  taskKillGracePeriodSeconds: int().optional(),
  taskRateLimit: unsupported('rate limits of tasks'),
  labels: labels.optional(),
  residency: unsupported('persistent volumes'),
  resourceLimits: unsupported('resource limits', isEmptyCollection),
  secrets: unsupported('secrets', isEmptyCollection),
  tty: unsupported('terminals', (value) => value === false),
  version: z.string().optional(),
  ...(Object.fromEntries(RUNTIME_FIELDS.map((field) => [field, dropped()])) as Record<
    (typeof RUNTIME_FIELDS)[number],
    ReturnType<typeof dropped>
  >),
});
