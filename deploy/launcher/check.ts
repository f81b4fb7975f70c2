import { isIPv4 } from 'node:net';
import type { DaemonPlan } from './plan.ts';
import { LaunchError } from './work-dir.ts';

const PORT_MAX = 65_535;

/**
 * Refuses what no start can make work: addresses that are none, agents beyond the last port, one port for two daemons.
 * Each daemon by itself would only see a port that is taken, again and again.
 *
 * @throws LaunchError with what to change.
 */
export function requireSoundPlan(ip: string, plans: readonly DaemonPlan[]): void {
  if (!isIPv4(ip)) {
    throw new LaunchError(`--ip: '${ip}' is not an IPv4 address: allowed is one of this machine, such as 127.0.0.1`);
  }
  const beyond = plans.find(({ port }) => port > PORT_MAX);
  if (beyond !== undefined) {
    throw new LaunchError(
      `port ${beyond.port} for ${beyond.name} is beyond ${PORT_MAX}: choose a lower ${beyond.portFlag}=PORT, or fewer --agents`,
    );
  }
  const owners = new Map<number, DaemonPlan>();
  for (const plan of plans) {
    const other = owners.get(plan.port);
    if (other !== undefined) {
      throw new LaunchError(
        `port ${plan.port} is meant for ${other.name} and for ${plan.name}: choose another with ${other.portFlag}=PORT or ${plan.portFlag}=PORT`,
      );
    }
    owners.set(plan.port, plan);
  }
}
