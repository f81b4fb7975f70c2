import { expect, test } from 'vitest';
import { didYouMean, nearestName } from './nearest.ts';

test('a swap of two letters is one slip', () => {
  expect(nearestName('cdm', ['mem', 'cmd', 'cpus', 'disk'])).toBe('cmd');
  expect(nearestName('evn', ['id', 'env', 'mem'])).toBe('env');
  expect(nearestName('instnaces', ['instances', 'constraints'])).toBe('instances');
});

test('case counts for nothing, and what is far off is not suggested', () => {
  expect(nearestName('HealthChecks', ['healthChecks', 'readinessChecks'])).toBe('healthChecks');
  expect(nearestName('foo', ['id', 'mem'])).toBeUndefined();
  expect(didYouMean('banana', ['cmd', 'cpus'])).toBe('');
  expect(didYouMean('contraints', ['constraints', 'container'])).toBe(" Did you mean 'constraints'?");
});
