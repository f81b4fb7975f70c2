import { expect, test } from 'vitest';
import { helpText } from '../sdk/daemon/flags.ts';
import { CHRONOS_FLAG_SOURCE } from './flags.ts';

test('flags of times and sizes say their unit in the help', () => {
  const help = helpText('', CHRONOS_FLAG_SOURCE.spec);
  const units: Record<string, string> = {
    failover_timeout: 'seconds',
    task_epsilon: 'seconds',
    reconciliation_interval: 'seconds',
    failure_retry: 'ms',
    decline_offer_duration: 'ms',
    min_revive_offers_interval: 'ms',
    mesos_task_mem: 'MB',
    mesos_task_disk: 'MB',
  };
  for (const [name, unit] of Object.entries(units))
    expect(help).toMatch(new RegExp(`^ +--${name}=.* to \\d+ ${unit}; default`, 'm'));
});
