import { expect, test } from 'vitest';
import { simulate } from './simulation.ts';

/** Seeds that found something once; found-bugs.test.ts tells the same without a simulator. */
const FOUND: readonly (readonly [what: string, seed: number])[] = [
  ['a scaling that cancels a rolling update leaves no instance of the old version', 4046192128],
  ['a scaling that cancels a restart leaves no instance of the old version', 2084252858],
  ['an update that is carried late does not follow a later one: TASK_RUNNING', 4151804667],
  ['an update that is carried late does not follow a later one: TASK_STARTING', 740133369],
  ['scaling down takes an instance that has failed before a healthy one', 3513560092],
  ['an unreachable instance that comes back as failed costs no healthy one', 825488665],
  ['an agent that dies before it records its id gets the same one, though it was unreachable meanwhile', 354541477],
  ['a kill on an agent that died before it recorded its id ends', 1249060956],
  ['a framework that only agents remember is given up', 3344983821],
  ['a registration without an answer is given up', 2603651378],
  ['a task that is sent while its framework is being ended is run', 3024416958],
];

test.each(FOUND)('%s (seed %i)', (_what, seed) => {
  const { failure, tail } = simulate({ seed });
  expect(failure === undefined ? '' : `${failure.message}\n${tail.join('\n')}`).toBe('');
});
