import type { Offer, Resource } from '../../sdk/v1/generated/mesos.ts';

/** A scalar of an offer, in thousandths, as far as nobody took it yet. */
interface ScalarSlot {
  readonly template: Resource;
  readonly role: string;
  left: number;
}

/** Ports of an offer that nobody took yet. */
interface PortSlot {
  readonly template: Resource;
  readonly role: string;
  ranges: { begin: number; end: number }[];
}

/** An offer while instances are placed on it. Volumes, revocable and shared resources are left alone. */
export interface OpenOffer {
  readonly offer: Offer;
  /** Role that the offer was made to. */
  readonly role: string;
  readonly scalars: ReadonlyMap<string, ScalarSlot[]>;
  readonly ports: PortSlot[];
}

/** Prepares an offer for placing. */
export function openOffer(offer: Offer): OpenOffer {
  const scalars = new Map<string, ScalarSlot[]>();
  const ports: PortSlot[] = [];
  for (const template of offer.resources ?? []) {
    if (template.disk !== undefined || template.revocable !== undefined || template.shared !== undefined) continue;
    const role = roleOf(template);
    if (template.name === 'ports' && template.type === 'RANGES') {
      const ranges = (template.ranges?.range ?? []).map(({ begin, end }) => ({
        begin: Number(begin),
        end: Number(end),
      }));
      ports.push({ template, role, ranges });
    } else if (template.type === 'SCALAR') {
      const slot = { template, role, left: milli(template.scalar?.value ?? 0) };
      const slots = scalars.get(template.name);
      if (slots === undefined) scalars.set(template.name, [slot]);
      // Reserved resources first: nobody else can use them.
      else if (role === '*') slots.push(slot);
      else slots.unshift(slot);
    }
  }
  return { offer, role: offer.allocation_info?.role ?? '*', scalars, ports };
}

/** Whether any resource of the offer is of one of these roles. */
export function hasRole(open: OpenOffer, roles: ReadonlySet<string>): boolean {
  if (open.ports.some((slot) => roles.has(slot.role))) return true;
  for (const slots of open.scalars.values()) if (slots.some((slot) => roles.has(slot.role))) return true;
  return false;
}

/** What is left of a scalar for these roles, in thousandths. */
export function scalarLeft(open: OpenOffer, name: string, roles: ReadonlySet<string>): number {
  let sum = 0;
  for (const slot of open.scalars.get(name) ?? []) if (roles.has(slot.role)) sum += slot.left;
  return sum;
}

/** Takes an amount that {@link scalarLeft} says is there; answers the resources that it came from. */
export function takeScalar(open: OpenOffer, name: string, roles: ReadonlySet<string>, amount: number): Resource[] {
  const taken: Resource[] = [];
  let wanted = amount;
  for (const slot of open.scalars.get(name) ?? []) {
    if (wanted === 0) break;
    if (!roles.has(slot.role) || slot.left === 0) continue;
    const part = Math.min(slot.left, wanted);
    slot.left -= part;
    wanted -= part;
    taken.push({ ...slot.template, scalar: { value: part / 1000 } });
  }
  return taken;
}

/** Takes ports that {@link findPorts} found, and answers the resources that they came from. */
export function takePorts(open: OpenOffer, roles: ReadonlySet<string>, ports: readonly number[]): Resource[] {
  const taken: Resource[] = [];
  for (const slot of open.ports) {
    if (!roles.has(slot.role)) continue;
    const mine = ports.filter((port) => contains(slot, port));
    if (mine.length === 0) continue;
    for (const port of mine) slot.ranges = slot.ranges.flatMap((range) => without(range, port));
    const sorted = [...mine].sort((left, right) => left - right);
    taken.push({ ...slot.template, ranges: { range: joined(sorted) } });
  }
  return taken;
}

/**
 * Host ports for an app: exactly those asked, or as many as asked from a random place on, in a row where possible, so that
 * an app rarely gets the port that another just gave up. Nothing is taken yet.
 *
 * @param random a random integer below its argument.
 * @returns undefined when the offer has not enough.
 */
export function findPorts(
  open: OpenOffer,
  roles: ReadonlySet<string>,
  wanted: { readonly exact: readonly number[] } | { readonly count: number },
  random: (bound: number) => number,
): readonly number[] | undefined {
  const slots = open.ports.filter((slot) => roles.has(slot.role));
  if ('exact' in wanted) {
    return wanted.exact.every((port) => slots.some((slot) => contains(slot, port))) ? wanted.exact : undefined;
  }
  if (wanted.count === 0) return [];
  const ranges = slots.flatMap((slot) => slot.ranges);
  const total = ranges.reduce((sum, range) => sum + range.end - range.begin + 1, 0);
  if (total < wanted.count) return undefined;
  const start = random(total);
  return Array.from({ length: wanted.count }, (_, index) => portAt(ranges, (start + index) % total));
}

/** Thousandths of a double, as Mesos rounds. */
export function milli(value: number): number {
  return Math.round(value * 1000);
}

function roleOf(resource: Resource): string {
  return resource.reservations?.at(-1)?.role ?? resource.role ?? '*';
}

function contains(slot: PortSlot, port: number): boolean {
  return slot.ranges.some((range) => port >= range.begin && port <= range.end);
}

function portAt(ranges: readonly { begin: number; end: number }[], index: number): number {
  let left = index;
  for (const { begin, end } of ranges) {
    const size = end - begin + 1;
    if (left < size) return begin + left;
    left -= size;
  }
  return 0;
}

function without(range: { begin: number; end: number }, port: number): { begin: number; end: number }[] {
  if (port < range.begin || port > range.end) return [range];
  const parts = [
    { begin: range.begin, end: port - 1 },
    { begin: port + 1, end: range.end },
  ];
  return parts.filter(({ begin, end }) => begin <= end);
}

function joined(sorted: readonly number[]): { begin: bigint; end: bigint }[] {
  const ranges: { begin: bigint; end: bigint }[] = [];
  for (const port of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last.end === BigInt(port) - 1n) last.end = BigInt(port);
    else ranges.push({ begin: BigInt(port), end: BigInt(port) });
  }
  return ranges;
}
