import { describe, expect, test } from 'vitest';
import { parseAttributes } from '../../../sdk/v1/attributes.ts';
import type { AttributeConstraint, AttributeConstraint_Predicate } from '../../../sdk/v1/generated/scheduler.ts';
import { type ConstrainedAgent, compileOfferConstraints } from './offer-constraints.ts';
import { agentOf, allocatorOf, frameworkOf, randomOf } from './testing.ts';

const limits = { programSizeMax: 100 };
const agent: ConstrainedAgent = {
  hostname: 'web-1.example',
  attributes: parseAttributes('rack:r1;level:10;rack:r2'),
  domain: { fault_domain: { region: { name: 'eu' }, zone: { name: 'eu-1' } } },
};

function holds(...constraints: readonly AttributeConstraint[]): boolean {
  const compiled = compileOfferConstraints(
    { role_constraints: { r: { groups: [{ attribute_constraints: constraints }] } } },
    limits,
  );
  if ('violation' in compiled) throw new Error(`${compiled.violation.path}: ${compiled.violation.message}`);
  return compiled.constraints?.('r', agent) ?? true;
}

function on(name: string, predicate: AttributeConstraint_Predicate): AttributeConstraint {
  const pseudo = ['HOSTNAME', 'REGION', 'ZONE'] as const;
  const known = pseudo.find((one) => one === name);
  return { selector: known === undefined ? { attribute_name: name } : { pseudoattribute_type: known }, predicate };
}

describe('predicates', () => {
  test.each<[string, AttributeConstraint_Predicate, boolean]>([
    ['rack', { exists: {} }, true],
    ['cage', { exists: {} }, false],
    ['cage', { not_exists: {} }, true],
    ['rack', { not_exists: {} }, false],
    // Only the first attribute of a name is looked at.
    ['rack', { text_equals: { value: 'r1' } }, true],
    ['rack', { text_equals: { value: 'r2' } }, false],
    ['rack', { text_not_equals: { value: 'r1' } }, false],
    ['cage', { text_equals: { value: 'x' } }, false],
    ['cage', { text_not_equals: { value: 'x' } }, true],
    // What is no text passes every text predicate.
    ['level', { text_equals: { value: '11' } }, true],
    ['level', { text_not_matches: { regex: '.*' } }, true],
    // A pattern has to match the whole text.
    ['HOSTNAME', { text_matches: { regex: 'web' } }, false],
    ['HOSTNAME', { text_matches: { regex: 'web-\\d+\\.example' } }, true],
    ['HOSTNAME', { text_not_matches: { regex: 'web.*' } }, false],
    ['REGION', { text_equals: { value: 'eu' } }, true],
    ['ZONE', { text_matches: { regex: 'eu-[12]' } }, true],
  ])('%s %j is %s', (name, predicate, expected) => {
    expect(holds(on(name, predicate))).toBe(expected);
  });

  test('constraints of a group must all hold, of groups one', () => {
    const yes = on('rack', { exists: {} });
    const no = on('rack', { not_exists: {} });
    expect(holds(yes, no)).toBe(false);
    const either = compileOfferConstraints(
      { role_constraints: { r: { groups: [{ attribute_constraints: [no] }, { attribute_constraints: [yes] }] } } },
      limits,
    );
    expect('constraints' in either && either.constraints?.('r', agent)).toBe(true);
    expect('constraints' in either && either.constraints?.('other', agent)).toBe(true);
  });
});

describe('refused', () => {
  test.each<[string, AttributeConstraint, string]>([
    ['a broken pattern', on('x', { text_matches: { regex: '(' } }), "Failed to construct regex from pattern '('"],
    ['a back reference', on('x', { text_matches: { regex: '(a)\\1' } }), 'Failed to construct regex'],
    [
      'a big program',
      on('x', { text_matches: { regex: '(a|b|cd?)+'.repeat(20) } }),
      'larger than maximum of 100 allowed',
    ],
    ['repetitions', on('x', { text_matches: { regex: '((a{90}){90}){90}' } }), 'sum of repetitions of 270'],
    ['no predicate', on('x', {}), 'Unknown predicate type'],
    ['no selector', { selector: {}, predicate: { exists: {} } }, 'Exactly one of'],
  ])('%s', (_name, constraint, message) => {
    expect(() => holds(constraint)).toThrow(message);
  });

  test('names the path', () => {
    const compiled = compileOfferConstraints({ role_constraints: { r: { groups: [{}] } } }, limits);
    expect(compiled).toMatchObject({ violation: { path: "role_constraints['r'].groups[0]" } });
    expect(compileOfferConstraints({ role_constraints: { r: {} } }, limits)).toHaveProperty('violation');
  });

  test('a pattern that backtracks for ever elsewhere is answered at once', () => {
    const evil = { ...agent, hostname: `${'a'.repeat(50_000)}!` };
    const compiled = compileOfferConstraints(
      {
        role_constraints: {
          r: { groups: [{ attribute_constraints: [on('HOSTNAME', { text_matches: { regex: '(a+)+' } })] }] },
        },
      },
      limits,
    );
    expect('constraints' in compiled && compiled.constraints?.('r', evil)).toBe(false);
  });
});

test('an agent that the constraints exclude is not offered until it changes', () => {
  const compiled = compileOfferConstraints(
    {
      role_constraints: {
        r: { groups: [{ attribute_constraints: [on('rack', { text_equals: { value: 'r9' } })] }] },
      },
    },
    limits,
  );
  if ('violation' in compiled) throw new Error('unexpected');
  const allocator = allocatorOf();
  allocator.addFramework(frameworkOf('f', ['r'], { constraints: compiled.constraints }));
  allocator.addAgent(agentOf('a', 'cpus:1'));
  expect(allocator.allocate(0, randomOf(1), 'all')).toEqual([]);
  allocator.updateAgent(agentOf('a', 'cpus:1', { attributes: parseAttributes('rack:r9') }));
  expect(allocator.allocate(0, randomOf(1), 'pending')).toHaveLength(1);
});
