import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Resource } from './generated/mesos.ts';
import { Resources } from './resources.ts';
import { parseResources } from './resources-parse.ts';
import { resourcesViolations, resourceViolations } from './resources-validate.ts';

const role = fc.constantFrom('a', 'a/b', 'c');
const meta: fc.Arbitrary<Partial<Resource>> = fc.oneof(
  fc.constant({}),
  role.map((name) => ({ role: name })),
  role.map((name) => ({ role: name, reservation: { principal: 'p' } })),
  fc.constant({
    reservations: [
      { type: 'STATIC' as const, role: 'a' },
      { type: 'DYNAMIC' as const, role: 'a/b' },
    ],
  }),
  fc.constant({ revocable: {} }),
  role.map((name) => ({ allocation_info: { role: name } })),
);
const scalar = fc
  .tuple(fc.constantFrom('cpus', 'mem'), fc.nat(100_000))
  .map(([name, thousandths]): Resource => ({ name, type: 'SCALAR', scalar: { value: thousandths / 1000 } }));
const ports = fc.tuple(fc.nat(50), fc.nat(5)).map(
  ([begin, size]): Resource => ({
    name: 'ports',
    type: 'RANGES',
    ranges: { range: [{ begin: BigInt(begin), end: BigInt(begin + size) }] },
  }),
);
const items = fc
  .uniqueArray(fc.constantFrom('x', 'y', 'z'))
  .map((item): Resource => ({ name: 'bugs', type: 'SET', set: { item } }));
const withMeta = (value: fc.Arbitrary<Resource>) =>
  fc.tuple(value, meta).map(([resource, extra]): Resource => ({ ...resource, ...extra }));
const anyResources = fc
  .array(withMeta(fc.oneof(scalar, ports, items)), { maxLength: 8 })
  .map((list) => Resources.fromProto(list));
const scalarResources = fc.array(withMeta(scalar), { maxLength: 8 }).map((list) => Resources.fromProto(list));

function same(left: Resources, right: Resources): boolean {
  return left.equals(right) && right.equals(left);
}

describe('as a value', () => {
  test('addition is a commutative monoid', () => {
    fc.assert(
      fc.property(anyResources, anyResources, anyResources, (a, b, c) => {
        expect(same(a.add(b), b.add(a))).toBe(true);
        expect(same(a.add(b).add(c), a.add(b.add(c)))).toBe(true);
        expect(same(a.add(Resources.empty), a)).toBe(true);
        expect(same(Resources.sum([a, b, c]), a.add(b).add(c))).toBe(true);
      }),
    );
  });

  test('what was added to scalars can be taken away again, and a sum contains its parts', () => {
    fc.assert(
      fc.property(scalarResources, scalarResources, anyResources, (a, b, any) => {
        expect(same(a.add(b).subtract(b), a)).toBe(true);
        expect(any.add(a).contains(a) && any.add(a).contains(any)).toBe(true);
        expect(any.subtract(any).isEmpty).toBe(true);
        expect(a.contains(a.subtract(b))).toBe(true);
      }),
    );
  });

  test('a part that is contained splits the whole into two', () => {
    fc.assert(
      fc.property(anyResources, anyResources, (a, b) => {
        const rest = a.subtract(b);
        const part = a.subtract(rest);
        expect(same(rest.add(part), a)).toBe(true);
        expect(a.contains(part)).toBe(true);
      }),
    );
  });

  test('thousandths are exact where doubles are not', () => {
    const sum = parseResources('cpus:0.1').add(parseResources('cpus:0.2'));
    expect(sum.scalar('cpus')).toBe(0.3);
    expect(sum.equals(parseResources('cpus:0.3'))).toBe(true);
    expect(sum.toProto()).toEqual([{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.3 } }]);
    const rounded = Resources.fromProto([{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.12345 } }]);
    expect(rounded.scalar('cpus')).toBe(0.123);
  });

  test('the wire forms read back as the same value', () => {
    fc.assert(
      fc.property(anyResources, (a) => {
        for (const form of ['post-refinement', 'pre-refinement', 'endpoint'] as const) {
          const printed = a.toProto(form);
          expect(resourcesViolations(printed)).toEqual([]);
          expect(same(Resources.fromProto(printed), a)).toBe(true);
        }
      }),
    );
  });
});

describe('kinds', () => {
  const volume: Resource = {
    name: 'disk',
    type: 'SCALAR',
    scalar: { value: 64 },
    reservations: [{ type: 'DYNAMIC', role: 'a', principal: 'p' }],
    disk: { persistence: { id: 'v1' }, volume: { container_path: 'data', mode: 'RW' } },
  };

  test('a persistent volume is taken as a whole, and how it is mounted does not matter', () => {
    const mountedElsewhere = Resources.fromProto([{ ...volume, disk: { persistence: { id: 'v1' } } }]);
    const half = Resources.fromProto([{ ...volume, scalar: { value: 32 } }]);
    const whole = Resources.fromProto([volume]);
    expect(whole.contains(mountedElsewhere)).toBe(true);
    expect(whole.contains(half)).toBe(false);
    expect(whole.subtract(half).equals(whole)).toBe(true);
    expect(whole.subtract(mountedElsewhere).isEmpty).toBe(true);
  });

  test('a shared volume can be held several times and counts once', () => {
    const shared = Resources.fromProto([{ ...volume, shared: {} }]);
    const twice = shared.add(shared);
    expect(twice.scalar('disk')).toBe(64);
    expect(twice.toProto()).toHaveLength(1);
    expect(twice.subtract(shared).equals(shared)).toBe(true);
  });

  test('MOUNT disks stay apart', () => {
    const mount: Resource = { name: 'disk', type: 'SCALAR', scalar: { value: 8 }, disk: { source: { type: 'MOUNT' } } };
    const two = Resources.fromProto([mount, mount]);
    expect(two.toProto()).toHaveLength(2);
    expect(two.scalar('disk')).toBe(16);
  });

  test('principal and labels of a reservation set resources apart, the order of labels does not', () => {
    const labelled = (...keys: string[]): Resources =>
      Resources.fromProto([
        {
          name: 'cpus',
          type: 'SCALAR',
          scalar: { value: 1 },
          role: 'a',
          reservation: { labels: { labels: keys.map((key) => ({ key })) } },
        },
      ]);
    expect(labelled('x', 'y').equals(labelled('y', 'x'))).toBe(true);
    expect(labelled('x').add(labelled('y')).toProto()).toHaveLength(2);
  });

  test('reservations serve their role and the roles below it', () => {
    const all = parseResources('cpus:1;cpus(a):2;cpus(a/b):4;cpus(ab):8');
    expect(all.allocatableTo('a/b').scalar('cpus')).toBe(7);
    expect(all.allocatableTo('a').scalar('cpus')).toBe(3);
    expect(all.reservedTo('a/b').scalar('cpus')).toBe(6);
    expect(all.reserved('a').scalar('cpus')).toBe(2);
    expect(all.unreserved().scalar('cpus')).toBe(1);
    expect(all.byReservation().get('ab')?.scalar('cpus')).toBe(8);
  });

  test('allocation to a role and back', () => {
    const all = parseResources('cpus:1;ports:[1-2]');
    const allocated = all.allocate('a');
    expect(allocated.contains(all)).toBe(false);
    expect(allocated.unallocate().equals(all)).toBe(true);
    const mixed = allocated.add(all.allocate('b'));
    expect([...mixed.byAllocation().keys()]).toEqual(['a', 'b']);
    expect(mixed.unallocate().scalar('cpus')).toBe(2);
  });
});

describe('printed for clients', () => {
  const reserved = parseResources('cpus:1;mem(spark):32');

  test('by form', () => {
    const mem = { name: 'mem', type: 'SCALAR', scalar: { value: 32 } };
    const stack = [{ type: 'STATIC', role: 'spark' }];
    expect(reserved.toProto('post-refinement')).toEqual([
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
      { ...mem, reservations: stack },
    ]);
    expect(reserved.toProto('pre-refinement')).toEqual([
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, role: '*' },
      { ...mem, role: 'spark' },
    ]);
    expect(reserved.toProto('endpoint')[1]).toEqual({ ...mem, role: 'spark', reservations: stack });
  });

  test('a dynamic reservation carries its principal in the older field', () => {
    const wire: Resource = {
      name: 'mem',
      type: 'SCALAR',
      scalar: { value: 1 },
      role: 'a',
      reservation: { principal: 'p' },
    };
    const resources = Resources.fromProto([wire]);
    expect(resources.toProto('pre-refinement')).toEqual([wire]);
    expect(resources.toProto()[0]?.reservations).toEqual([{ type: 'DYNAMIC', role: 'a', principal: 'p' }]);
  });

  test('flat, as legacy endpoints show it', () => {
    const all = parseResources('cpus:1.5;cpus(a):1;ports:[31000-31001,31005-31005];bugs:{a,b}');
    expect(all.toFlat()).toEqual({
      cpus: 2.5,
      gpus: 0,
      mem: 0,
      disk: 0,
      ports: '[31000-31001, 31005-31005]',
      bugs: '{a, b}',
    });
    const revocable = Resources.fromProto([{ name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, revocable: {} }]);
    expect(revocable.toFlat()).toMatchObject({ cpus: 0, cpus_revocable: 2 });
  });

  test('as text', () => {
    expect(parseResources('cpus:0.5;cpus(spark):8;ports:[1-2]').allocate('r').toString()).toBe(
      'cpus(allocated: r):0.5; cpus(allocated: r)(reservations: [(STATIC,spark)]):8; ports(allocated: r):[1-2]',
    );
    expect(String(Resources.empty)).toBe('{}');
  });
});

describe('validation', () => {
  const cpus = (value: number): Resource => ({ name: 'cpus', type: 'SCALAR', scalar: { value } });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 0.0001, 1e16])('refuses the scalar %s', (value) => {
    expect(resourceViolations(cpus(value), 'r').map(({ path }) => path)).toEqual(['r.scalar.value']);
    expect(Resources.fromProto([cpus(value), cpus(1)]).scalar('cpus')).toBe(1);
  });

  test.each<[Partial<Resource>, string]>([
    [{ name: '' }, 'name'],
    [{ type: 'TEXT' }, 'type'],
    [{ type: 'RANGES' }, 'ranges'],
    [{ role: 'a//b' }, 'role'],
    [{ role: 'a', reservation: { role: 'a' } }, 'reservation.role'],
    [{ reservation: {} }, 'role'],
    [{ reservations: [{ role: 'a' }] }, 'reservations[0].type'],
    [{ reservations: [{ type: 'STATIC', role: '*' }] }, 'reservations[0].role'],
    [
      {
        reservations: [
          { type: 'STATIC', role: 'a' },
          { type: 'DYNAMIC', role: 'ab' },
        ],
      },
      'reservations[1].role',
    ],
    [{ reservations: [{ type: 'STATIC', role: 'a' }], role: 'b' }, 'role'],
    [{ disk: {} }, 'disk'],
    [{ shared: {} }, 'shared'],
    [{ allocation_info: { role: '-x' } }, 'allocation_info.role'],
  ])('names the field of %j', (change, path) => {
    expect(resourceViolations({ ...cpus(1), ...change }, 'task')[0]?.path).toBe(`task.${path}`);
  });

  test('ranges must not overlap', () => {
    const range = [
      { begin: 1n, end: 5n },
      { begin: 5n, end: 6n },
    ];
    expect(resourceViolations({ name: 'ports', type: 'RANGES', ranges: { range } })).toEqual([
      { path: 'resource.ranges', message: 'Invalid ranges resource: overlapping ranges' },
    ]);
  });
});
