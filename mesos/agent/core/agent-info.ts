import { flatAttributes } from '../../../sdk/v1/attributes.ts';
import type { AgentInfo } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';

/**
 * What makes this start another agent than the one that the work directory remembers, one line each; none when it may go on.
 *
 * @param policy `equal` allows no difference, `additive` more resources, attributes and a first domain.
 */
export function reconfigurationProblems(
  before: AgentInfo,
  after: AgentInfo,
  policy: 'equal' | 'additive',
): readonly string[] {
  const problems: string[] = [];
  const differ = (what: string, old: string, now: string): void => {
    if (old !== now) problems.push(`${what}: was ${old}, now ${now}`);
  };
  differ('hostname', before.hostname, after.hostname);
  differ('port', String(before.port), String(after.port));
  const oldResources = Resources.fromProto(before.resources);
  const newResources = Resources.fromProto(after.resources);
  const fits = policy === 'equal' ? newResources.equals(oldResources) : newResources.contains(oldResources);
  if (!fits) problems.push(`resources: were ${oldResources}, now ${newResources}`);
  const old = Object.entries(flatAttributes(before.attributes));
  const now = flatAttributes(after.attributes);
  for (const [name, value] of old)
    if (now[name] !== value) problems.push(`attribute ${name}: was ${value}, now ${now[name] ?? 'absent'}`);
  if (policy === 'equal' && Object.keys(now).length !== old.length)
    problems.push(`attributes: were ${old.length}, now ${Object.keys(now).length}`);
  if (before.domain !== undefined || policy === 'equal')
    differ('domain', JSON.stringify(before.domain ?? null), JSON.stringify(after.domain ?? null));
  return problems;
}
