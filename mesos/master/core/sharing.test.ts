import { expect, test } from 'vitest';
import type { Event } from '../../../sdk/v1/generated/scheduler.ts';
import { agentIdOf, frameworkIdOf, launchCall, MasterDriver, offersOf, type Peer, taskOf } from './testing.ts';

/**
 * Three frameworks that each ask <0.5 CPU, 512 MB> a task share an agent of 6 CPUs and 6762 MB: memory is dominant, and
 * floor(6762 / 512) = 13 tasks fit by it, 12 by CPU, so 4 each at 2/6 = 33.333 % of the CPUs.
 */
test('three equal frameworks end with 4, 4 and 4 tasks', () => {
  const master = new MasterDriver();
  const agent = master.agent({ resources: 'cpus:6;mem:6762;disk:13483;ports:[31000-32000]' });
  const agentId = agentIdOf(agent);
  const peers = [0, 1, 2].map(() => master.subscribe());
  const answered = new Map<Peer<Event>, number>(peers.map((peer) => [peer, 0]));
  let launched = 0;
  for (let round = 0; round < 60; round++) {
    for (const peer of peers) {
      const offers = offersOf(peer);
      for (const offer of offers.slice(answered.get(peer))) {
        const cpus = offer.resources?.find((resource) => resource.name === 'cpus')?.scalar?.value ?? 0;
        const mem = offer.resources?.find((resource) => resource.name === 'mem')?.scalar?.value ?? 0;
        const fits = cpus >= 0.5 && mem >= 512;
        const tasks = fits ? [taskOf(`t${launched++}`, agentId, 'cpus:0.5;mem:512')] : [];
        master.call(peer, launchCall([offer], tasks, 0));
      }
      answered.set(peer, offers.length);
    }
    master.advance(1_000);
  }
  const counts = peers.map((peer) => master.state.frameworks.get(frameworkIdOf(peer))?.tasks.size);
  expect(counts).toEqual([4, 4, 4]);
});
