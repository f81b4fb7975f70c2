import type { Offer, Resource } from '../v1/generated/mesos.ts';

/** Scalar amounts by resource name: `{ cpus: 0.5, mem: 512 }`; mem and disk in MB. */
export type Scalars = Readonly<Record<string, number>>;

/** The wire form of scalar amounts, for a task's or executor's `resources`. */
export function scalarResources(scalars: Scalars): Resource[] {
  return Object.entries(scalars).map(([name, value]) => ({ name, type: 'SCALAR', scalar: { value } }));
}

/** How many times the amounts fit into an offer; fractions of a thousandth do not count, as in the master. */
export function timesFitting(offer: Offer, scalars: Scalars): number {
  const times = Object.entries(scalars).map(([name, value]) => {
    const milli = (amount: number) => Math.round(amount * 1000);
    const offered = (offer.resources ?? []).filter((one) => one.name === name);
    return offered.reduce((sum, one) => sum + milli(one.scalar?.value ?? 0), 0) / milli(value);
  });
  return Math.floor(Math.min(...times));
}
