import { SimCallStream } from '../../sdk/testing/sim-call-stream.ts';
import { SCHEDULER_PATH } from '../../sdk/testing/sim-scheduler-link.ts';
import type { Offer } from '../../sdk/v1/generated/mesos.ts';
import type { Call, Event } from '../../sdk/v1/generated/scheduler.ts';
import { Resources } from '../../sdk/v1/resources.ts';
import type { Cluster } from './cluster.ts';
import { MASTER } from './master-daemon.ts';

const AUDIT_MS = 15_000;

/**
 * Once all is quiet nobody but a newcomer wants offers: it must be offered all that is free, or the master has lost
 * account of something.
 */
export function audit(cluster: Cluster): void {
  const { world } = cluster;
  const offers = new Map<string, Offer>();
  const framework_info = { user: 'auditor', name: 'auditor' };
  const stream = new SimCallStream<Call, Call, Event>({
    network: world.network,
    from: 'auditor',
    to: MASTER,
    path: SCHEDULER_PATH,
    subscribe: { type: 'SUBSCRIBE', subscribe: { framework_info } },
    maySubscribeTwice: false,
    wrap: (calls) => calls[0] as Call,
    batchMax: 1,
    mayRepeat: () => false,
    onEvent: (event) => {
      for (const offer of event.offers?.offers ?? []) offers.set(offer.id.value, offer);
      if (event.rescind !== undefined) offers.delete(event.rescind.offer_id.value);
    },
    onClosed: (reason) => world.fail('what is free is offered', `the auditor was cut off: ${reason}`),
  });
  world.time.runUntil(world.time.nowMs + AUDIT_MS);
  stream.end();
  if (offers.size === 0) world.fail('what is free is offered', 'the auditor was offered nothing');
  for (const agent of cluster.master.process.state?.agents.values() ?? []) {
    const mine = [...offers.values()].filter((offer) => offer.agent_id.value === agent.id);
    const offered = Resources.sum(mine.map(({ resources }) => Resources.fromProto(resources).unallocate()));
    const free = agent.total.subtract(Resources.sum([...agent.used.values()]).unallocate());
    if (!offered.equals(free) && isWorthOffering(free)) {
      world.fail('what is free is offered', `${agent.info.hostname}: free ${free}, offered ${offered}`);
    }
  }
}

/** By `--min_allocatable_resources`. */
function isWorthOffering(free: Resources): boolean {
  return free.thousandths('cpus') >= 10 || free.thousandths('mem') >= 32_000;
}
