import { expressionProblem } from '../../sdk/base/full-match.ts';
import type { ConstraintOperator } from './app.ts';

const OPERATORS: readonly string[] = [
  'UNIQUE',
  'CLUSTER',
  'GROUP_BY',
  'LIKE',
  'UNLIKE',
  'MAX_PER',
  'IS',
] satisfies ConstraintOperator[];

/** Why a constraint cannot be one, in upstream's words; undefined when it can. */
export function constraintError(constraint: readonly (string | undefined)[]): string | undefined {
  if (constraint.length < 2 || constraint.length > 3) return 'Each constraint must have either 2 or 3 fields';
  const [field, operator, value] = constraint;
  if (field === undefined || field === '') return 'illegal constraint specification';
  if (operator === undefined || !OPERATORS.includes(operator.toUpperCase()))
    return 'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS';
  return valueError(operator.toUpperCase() as ConstraintOperator, value);
}

function valueError(operator: ConstraintOperator, value: string | undefined): string | undefined {
  switch (operator) {
    case 'UNIQUE':
      return value === undefined ? undefined : 'UNIQUE does not accept a value';
    case 'CLUSTER':
      return undefined;
    case 'GROUP_BY':
      return value === undefined || isInteger(value)
        ? undefined
        : 'GROUP BY must define an integer value or else no value at all';
    case 'MAX_PER':
      return value !== undefined && isInteger(value) ? undefined : 'MAX_PER requires an integer value';
    case 'LIKE':
    case 'UNLIKE':
      if (value === undefined) return 'LIKE and UNLIKE require a non-empty, regular expression value';
      return expressionError(value);
    case 'IS':
      return /^[a-zA-Z0-9_/.-]*$/.test(value ?? '')
        ? undefined
        : 'IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)';
  }
}

function isInteger(text: string): boolean {
  return /^[+-]?\d{1,10}$/.test(text) && Math.abs(Number(text)) <= 2 ** 31 - 1;
}

function expressionError(text: string): string | undefined {
  const problem = expressionProblem(text);
  return problem === undefined ? undefined : `is not a valid regular expression (RE2 syntax): ${problem}`;
}
