import type { FlagSpec } from '../../../sdk/daemon/flags.ts';
import type { Flag } from '../../../sdk/v1/generated/mesos.ts';
import { AGENT_FLAGS, type AgentFlagValues } from '../flags.ts';

/** Every flag that has a value, as text, in upstream's units; sorted by name. */
export function flagTexts(values: AgentFlagValues): readonly Flag[] {
  const spec: FlagSpec = AGENT_FLAGS;
  return Object.entries(values as Readonly<Record<string, unknown>>)
    .map(([name, value]) => ({ name, value: spec[name]?.show(value) ?? '' }))
    .filter(({ value }) => value !== '')
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}
