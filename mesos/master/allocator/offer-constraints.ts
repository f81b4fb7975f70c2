import { RE2JS } from 're2js';
import type { Attribute, DomainInfo } from '../../../sdk/v1/generated/mesos.ts';
import type {
  AttributeConstraint,
  AttributeConstraint_Predicate,
  AttributeConstraint_Selector,
  OfferConstraints,
} from '../../../sdk/v1/generated/scheduler.ts';

/** What constraints can look at. */
export interface ConstrainedAgent {
  readonly hostname: string;
  readonly attributes: readonly Attribute[];
  readonly domain: DomainInfo | undefined;
}

/** Compiled constraints: tells whether an agent may be offered in a role at all. */
export type AgentConstraints = (role: string, agent: ConstrainedAgent) => boolean;

/** Limits of patterns. */
export interface OfferConstraintLimits {
  /** `--offer_constraints_re2_max_program_size` */
  readonly programSizeMax: number;
}

/** A violation: the field's path below `offer_constraints`, and why. */
export interface OfferConstraintViolation {
  readonly path: string;
  readonly message: string;
}

/** Longest pattern in characters, and most patterns of one framework: compiling them is bounded work. */
const patternLengthMax = 4_096;
const patternsMax = 1_000;

type Subject = string | Attribute | undefined;
type Test = (subject: Subject) => boolean;
type Evaluate = (agent: ConstrainedAgent) => boolean;

class ConstraintError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Compiles the constraints of a framework. Groups of a role are alternatives, the constraints in a group must all hold; a role
 * without constraints takes any agent. Patterns run in linear time.
 *
 * @returns the test, or what is wrong with the constraints.
 */
export function compileOfferConstraints(
  constraints: OfferConstraints | undefined,
  limits: OfferConstraintLimits,
): { readonly constraints: AgentConstraints | undefined } | { readonly violation: OfferConstraintViolation } {
  const byRole = Object.entries(constraints?.role_constraints ?? {});
  if (byRole.length === 0) return { constraints: undefined };
  const compiler = new Compiler(limits);
  try {
    const roles = new Map(
      byRole.map(([role, { groups }]) => {
        const path = `role_constraints['${role}'].groups`;
        if ((groups ?? []).length === 0) throw new ConstraintError(path, `role ${role} has no groups`);
        return [
          role,
          (groups ?? []).map((group, at) => compiler.group(group.attribute_constraints ?? [], `${path}[${at}]`)),
        ];
      }),
    );
    return { constraints: (role, agent) => roles.get(role)?.some((group) => group(agent)) ?? true };
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    return { violation: { path: error.path, message: error.message } };
  }
}

class Compiler {
  readonly #limits: OfferConstraintLimits;
  readonly #patterns = new Map<string, RE2JS>();

  constructor(limits: OfferConstraintLimits) {
    this.#limits = limits;
  }

  group(constraints: readonly AttributeConstraint[], path: string): Evaluate {
    if (constraints.length === 0)
      throw new ConstraintError(path, 'a group must hold at least one attribute constraint');
    const all = constraints.map((constraint, at) =>
      this.#constraint(constraint, `${path}.attribute_constraints[${at}]`),
    );
    return (agent) => all.every((holds) => holds(agent));
  }

  #constraint({ selector, predicate }: AttributeConstraint, path: string): Evaluate {
    const select = selectorOf(selector, `${path}.selector`);
    const test = this.#predicate(predicate, `${path}.predicate`);
    return (agent) => test(select(agent));
  }

  /** As upstream, text predicates hold for attributes that are no text, and the negative ones for absent attributes. */
  #predicate(predicate: AttributeConstraint_Predicate, path: string): Test {
    const { exists, not_exists, text_equals, text_not_equals, text_matches, text_not_matches } = predicate;
    if (exists !== undefined) return (subject) => subject !== undefined;
    if (not_exists !== undefined) return (subject) => subject === undefined;
    if (text_equals !== undefined) return onText(false, (text) => text === text_equals.value);
    if (text_not_equals !== undefined) return onText(true, (text) => text !== text_not_equals.value);
    if (text_matches !== undefined) {
      const pattern = this.#pattern(text_matches.regex, `${path}.text_matches.regex`);
      return onText(false, (text) => pattern.testExact(text));
    }
    if (text_not_matches !== undefined) {
      const pattern = this.#pattern(text_not_matches.regex, `${path}.text_not_matches.regex`);
      return onText(true, (text) => !pattern.testExact(text));
    }
    throw new ConstraintError(path, 'Unknown predicate type');
  }

  #pattern(source: string, path: string): RE2JS {
    const known = this.#patterns.get(source);
    if (known !== undefined) return known;
    if (this.#patterns.size >= patternsMax) throw new ConstraintError(path, `more than ${patternsMax} patterns`);
    const compiled = this.#compile(source, path);
    this.#patterns.set(source, compiled);
    return compiled;
  }

  #compile(source: string, path: string): RE2JS {
    const { programSizeMax } = this.#limits;
    const tooComplex = (size: string): ConstraintError =>
      new ConstraintError(
        path,
        `Regex '${source.slice(0, 100)}' is too complex: ${size} is larger than maximum of ${programSizeMax} allowed`,
      );
    if (source.length > patternLengthMax) throw tooComplex(`length of ${source.length}`);
    // Counted repetitions multiply the program, so they are judged before they are compiled.
    const repetitions = Array.from(source.matchAll(/\{(\d+)(?:,(\d*))?\}/g), ([, least, most]) =>
      Number(most || least),
    );
    const repeated = repetitions.reduce((sum, count) => sum + count, 0);
    if (repeated > programSizeMax) throw tooComplex(`sum of repetitions of ${repeated}`);
    let compiled: RE2JS;
    try {
      compiled = RE2JS.compile(source);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new ConstraintError(path, `Failed to construct regex from pattern '${source.slice(0, 100)}': ${cause}`);
    }
    if (compiled.programSize() > programSizeMax) throw tooComplex(`program size of ${compiled.programSize()}`);
    return compiled;
  }
}

function onText(whenAbsent: boolean, holds: (text: string) => boolean): Test {
  return (subject) => {
    if (subject === undefined) return whenAbsent;
    if (typeof subject === 'string') return holds(subject);
    return subject.type !== 'TEXT' || holds(subject.text?.value ?? '');
  };
}

function selectorOf(selector: AttributeConstraint_Selector, path: string): (agent: ConstrainedAgent) => Subject {
  const { attribute_name: name, pseudoattribute_type: pseudo } = selector;
  if (name !== undefined) return ({ attributes }) => attributes.find((attribute) => attribute.name === name);
  switch (pseudo) {
    case 'HOSTNAME':
      return ({ hostname }) => hostname;
    case 'REGION':
      return ({ domain }) => domain?.fault_domain?.region.name;
    case 'ZONE':
      return ({ domain }) => domain?.fault_domain?.zone.name;
    case 'UNKNOWN':
      throw new ConstraintError(`${path}.pseudoattribute_type`, 'Unknown pseudoattribute type');
    case undefined:
      throw new ConstraintError(
        path,
        "Exactly one of 'AttributeConstraint::Selector::name' or 'AttributeConstraint::Selector::pseudoattribute_type' must be set",
      );
  }
}
