import type { Loop } from '../../../sdk/base/loop.ts';
import type { Logger } from '../../../sdk/daemon/log.ts';
import type { Containerizer, ContainerUsage } from '../containerizer/containerizer.ts';
import type { AgentConfig } from '../core/config.ts';
import type { AgentEffect } from '../core/effects.ts';
import type { AgentEvent } from '../core/events.ts';
import type { AgentState } from '../core/state.ts';
import type { Files } from '../files/files.ts';
import type { ContainerSnapshot } from '../views/containers.ts';
import { metricsView } from '../views/metrics.ts';
import type { FetchCount } from './fetch-count.ts';
import { machineFigures } from './machine-figures.ts';
import type { SandboxGc } from './sandbox-gc.ts';

/** What the routes show. */
export interface Served {
  readonly loop: Loop<AgentState, AgentEvent, AgentEffect>;
  readonly config: AgentConfig;
  readonly containerizer: Containerizer;
  readonly gc: SandboxGc;
  readonly fetches: FetchCount;
  readonly files: Files;
  readonly log: Logger;
}

/** Measures containers; one that ended meanwhile is left out. */
export async function measured(
  served: Served,
  containers: readonly ContainerSnapshot[],
): Promise<readonly (readonly [ContainerSnapshot, ContainerUsage])[]> {
  const all = await Promise.all(
    containers.map(async (container) => [container, await served.containerizer.usage(container.containerId)] as const),
  );
  return all.flatMap(([container, usage]) => (usage === undefined ? [] : [[container, usage] as const]));
}

/** All figures of the agent. */
export async function metricsOf({ loop, gc, fetches }: Served): Promise<ReadonlyMap<string, number>> {
  const machine = await machineFigures(gc, fetches);
  return loop.read((state) => metricsView(state, machine));
}
