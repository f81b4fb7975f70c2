import { formatDurationMs } from '../../../sdk/daemon/units.ts';
import { flatAttributes } from '../../../sdk/v1/attributes.ts';
import type { Flag } from '../../../sdk/v1/generated/mesos.ts';
import { AGENT_FLAGS, type AgentFlagValues } from '../flags.ts';

const DURATIONS: ReadonlySet<string> = new Set([
  'registration_backoff_factor',
  'executor_registration_timeout',
  'executor_reregistration_timeout',
  'executor_shutdown_grace_period',
  'recovery_timeout',
  'fetcher_stall_timeout',
  'gc_delay',
  'disk_watch_interval',
]);

/** Every flag that has a value, as text, in upstream's units; sorted by name. */
export function flagTexts(values: AgentFlagValues): readonly Flag[] {
  const texts: Flag[] = [];
  for (const name of Object.keys(AGENT_FLAGS).sort()) {
    const text = textOf(name, (values as Readonly<Record<string, unknown>>)[name]);
    if (text !== undefined) texts.push({ name, value: text });
  }
  return texts;
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && DURATIONS.has(name)) return formatDurationMs(value);
  if (name === 'fetcher_cache_size') return formatSize(Number(value));
  if (name === 'attributes') return attributesText(value as AgentFlagValues['attributes']);
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  if (typeof value !== 'object') return String(value);
  return Object.keys(value ?? {}).length === 0 ? undefined : JSON.stringify(value);
}

function attributesText(attributes: AgentFlagValues['attributes']): string | undefined {
  const pairs = Object.entries(flatAttributes(attributes)).map(([name, value]) => `${name}:${value}`);
  return pairs.length === 0 ? undefined : pairs.join(';');
}

function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && size % 1024 === 0 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size}${units[unit] ?? 'B'}`;
}
