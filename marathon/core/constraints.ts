import { FullMatcher } from '../../sdk/base/full-match.ts';
import type { Attribute } from '../../sdk/v1/generated/mesos.ts';
import type { AppDefinition, Constraint } from '../model/app.ts';
import { type Instance, type InstanceAgent, isActive } from './instance.ts';

/**
 * Placement constraints. Only placed instances of the app's present configuration count, so during a rolling update a new instance
 * may land beside an old one. Source: upstream's Constraints.
 */

/** What an offer or a placed instance says of itself. */
export type Site = Omit<InstanceAgent, 'agentId'>;

/** Where the instances of an app are, per constraint; kept up to date while one round of offers is matched. */
export interface Placement {
  readonly app: AppDefinition;
  readonly rules: readonly Rule[];
  readonly expressions: FullMatcher;
}

interface Rule {
  readonly constraint: Constraint;
  /** Number of placed instances by value of the field. */
  readonly counts: Map<string | undefined, number>;
  /** Value of the first placed instance; `seen` tells whether there is one. */
  first: string | undefined;
  seen: boolean;
}

/** Counts where the instances of `app` are. */
export function placementOf(app: AppDefinition, instances: Iterable<Instance>): Placement {
  const rules = app.constraints.map((constraint): Rule => {
    return { constraint, counts: new Map(), first: undefined, seen: false };
  });
  const placement = { app, rules, expressions: new FullMatcher() };
  if (rules.length === 0) return placement;
  const configVersion = app.versionInfo.lastConfigChangeAt;
  for (const instance of instances) {
    if (instance.agent === undefined || instance.app.versionInfo.lastConfigChangeAt !== configVersion) continue;
    if (isActive(instance.condition) || instance.condition === 'UnreachableInactive') place(placement, instance.agent);
  }
  return placement;
}

/** Counts one more instance. */
export function place(placement: Placement, site: Site): void {
  for (const rule of placement.rules) {
    const value = siteValue(site, rule.constraint[0]);
    rule.counts.set(value, (rule.counts.get(value) ?? 0) + 1);
    if (!rule.seen) {
      rule.seen = true;
      rule.first = value;
    }
  }
}

/** Whether all constraints allow one more instance there. */
export function meetsConstraints(placement: Placement, site: Site): boolean {
  return placement.rules.every((rule) => meets(rule, site, placement));
}

function meets(rule: Rule, site: Site, { app, expressions }: Placement): boolean {
  const [field, operator, wanted = ''] = rule.constraint;
  const value = siteValue(site, field);
  if (value === undefined) return operator === 'UNLIKE';
  switch (operator) {
    case 'UNIQUE':
      return !rule.counts.has(value);
    case 'CLUSTER':
      return wanted === '' ? !rule.seen || rule.first === value : value === wanted;
    case 'GROUP_BY':
      return meetsGroupBy(rule, value, wanted, app.instances);
    case 'MAX_PER':
      return (rule.counts.get(value) ?? 0) < Number(wanted);
    case 'LIKE':
      return wanted !== '' && expressions.matches(wanted, value);
    case 'UNLIKE':
      return wanted !== '' && !expressions.matches(wanted, value);
    case 'IS':
      return value === (SCALAR.test(wanted) ? scalarText(Number(wanted)) : wanted);
  }
}

/**
 * With a number of groups: up to instances / groups in each, the remainder wherever it comes first. Without: a known group only while none
 * holds fewer.
 */
function meetsGroupBy(rule: Rule, value: string, wanted: string, instances: number): boolean {
  const count = rule.counts.get(value);
  const groups = wanted === 'inf' ? 2 ** 31 - 1 : Number(wanted);
  if (wanted === '' || !(groups > 0)) return count === undefined || count <= Math.min(...rule.counts.values());
  if (count === undefined) return rule.counts.size < groups;
  const perGroup = Math.floor(instances / groups);
  let consumed = 0;
  for (const each of rule.counts.values()) consumed += Math.max(0, each - perGroup);
  return count < perGroup || (count === perGroup && (instances % groups) - consumed > 0);
}

/** The value of a field: `hostname`, `@hostname`, `@region`, `@zone`, or an attribute of the agent. */
export function siteValue(site: Site, field: string): string | undefined {
  if (field === 'hostname' || field === '@hostname') return site.host;
  if (field === '@region') return site.region;
  if (field === '@zone') return site.zone;
  const attribute = site.attributes.find(({ name }) => name === field);
  return attribute === undefined ? undefined : attributeText(attribute);
}

/** The text that constraints compare: scalars to three decimals, ranges `[1-5,7-9]`, sets `{a,b}` in order. */
export function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'SCALAR':
      return scalarText(attribute.scalar?.value ?? 0);
    case 'TEXT':
      return attribute.text?.value ?? '';
    case 'RANGES': {
      const ranges = [...(attribute.ranges?.range ?? [])].sort((left, right) => Number(left.begin - right.begin));
      return `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(',')}]`;
    }
    case 'SET':
      return `{${[...(attribute.set?.item ?? [])].sort().join(',')}}`;
  }
}

const SCALAR = /^[0-9]+(?:\.[0-9]+)?$/;

/** At most three decimals, no trailing zeros; exact ties go to the even digit. */
function scalarText(value: number): string {
  const exact = value.toFixed(20);
  const point = exact.indexOf('.');
  const isTie = /^50*$/.test(exact.slice(point + 4));
  const isEven = Number(exact[point + 3]) % 2 === 0;
  const rounded = isTie && isEven ? exact.slice(0, point + 4) : value.toFixed(3);
  return rounded.replace(/\.?0+$/, '');
}
