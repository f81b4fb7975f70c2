import type { FullMatcher } from '../../sdk/base/full-match.ts';
import type { Attribute, Offer, Resource } from '../../sdk/v1/generated/mesos.ts';
import type { Job, JobConstraint } from './job.ts';

/** What a task needs, in whole thousandths of each resource. */
export interface Requirement {
  readonly name: string;
  readonly thousandths: number;
}

/** An offer from which tasks take. */
export class OfferRest {
  readonly offer: Offer;
  readonly #rest: { readonly resource: Resource; thousandths: number }[];

  constructor(offer: Offer) {
    this.offer = offer;
    this.#rest = (offer.resources ?? [])
      .filter((resource) => isPlainScalar(resource))
      // What is reserved for us is of no use to anybody else, so it goes first.
      .sort((left, right) => Number(isReserved(right)) - Number(isReserved(left)))
      .map((resource) => ({ resource, thousandths: Math.round((resource.scalar?.value ?? 0) * 1000) }));
  }

  /** Names of resources that the rest has too little of. */
  lacks(requirements: readonly Requirement[]): readonly string[] {
    return requirements
      .filter(({ name, thousandths }) => {
        const available = this.#rest.filter((one) => one.resource.name === name);
        return available.reduce((sum, one) => sum + one.thousandths, 0) < thousandths;
      })
      .map(({ name }) => name);
  }

  /** Takes what {@link lacks} found to be there: the pieces as the task has to name them, with their reservations and roles. */
  take(requirements: readonly Requirement[]): readonly Resource[] {
    return requirements.flatMap((requirement) => {
      let missing = requirement.thousandths;
      const pieces: Resource[] = [];
      for (const one of this.#rest) {
        const taken = one.resource.name === requirement.name ? Math.min(missing, one.thousandths) : 0;
        if (taken === 0) continue;
        one.thousandths -= taken;
        missing -= taken;
        pieces.push({ ...one.resource, scalar: { value: taken / 1000 } });
      }
      return pieces;
    });
  }
}

/** What a job's task needs. Source: MesosTaskBuilder.scala: cpus, mem, disk, nothing else. */
export function requirementsOf(job: Job): readonly Requirement[] {
  return (['cpus', 'mem', 'disk'] as const)
    .map((name) => ({ name, thousandths: Math.round(job[name] * 1000) }))
    .filter(({ thousandths }) => thousandths > 0);
}

/**
 * Whether an offer satisfies a constraint: an attribute that is missing satisfies none, not even UNLIKE; ranges never match; a set matches by any
 * item; `hostname` is the agent's when no attribute has that name. Source: EqualsConstraint, LikeConstraint, UnlikeConstraint, ConstraintChecker.
 */
export function satisfies(offer: Offer, [name, operator, value]: JobConstraint, expressions: FullMatcher): boolean {
  const named = (offer.attributes ?? []).filter((attribute) => attribute.name === name);
  const hostname: Attribute = { name: 'hostname', type: 'TEXT', text: { value: offer.hostname } };
  const attributes = named.length === 0 && name === 'hostname' ? [hostname] : named;
  if (operator === 'EQUALS') return attributes.some((attribute) => attribute.text?.value === value);
  const first = attributes[0];
  if (first === undefined) return false;
  const texts = textsOf(first);
  if (texts === undefined) return false;
  const isMatch = texts.some((text) => expressions.matches(value, text));
  return operator === 'LIKE' ? isMatch : !isMatch;
}

/** A number as upstream's runtime prints it: 4 is `4.0`. */
export function decimalText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function textsOf(attribute: Attribute): readonly string[] | undefined {
  if (attribute.type === 'TEXT') return [attribute.text?.value ?? ''];
  if (attribute.type === 'SCALAR') return [decimalText(attribute.scalar?.value ?? 0)];
  if (attribute.type === 'SET') return attribute.set?.item ?? [];
  return undefined;
}

/** Scalars that a task can simply use: not revocable, not shared, not a volume or a dedicated disk. */
function isPlainScalar(resource: Resource): boolean {
  const { type, revocable, shared, disk, provider_id: provider } = resource;
  return (
    type === 'SCALAR' && revocable === undefined && shared === undefined && disk === undefined && provider === undefined
  );
}

function isReserved(resource: Resource): boolean {
  return (resource.reservations?.length ?? 0) > 0 || (resource.role !== undefined && resource.role !== '*');
}
