import type { StoreEntry } from '../../../sdk/store/store.ts';
import { createAllocator } from '../allocator/hierarchical.ts';
import type { MasterConfig } from './config.ts';
import { loadEntries } from './registry.ts';
import type { MasterState } from './state.ts';

/** The state of a master that remembers nothing. */
export function initialMasterState(config: MasterConfig): MasterState {
  const allocator = createAllocator(config.allocator);
  allocator.updateWeights(config.weights);
  return {
    config,
    agents: new Map(),
    recovered: new Map(),
    unreachable: new Map(),
    gone: new Map(),
    frameworks: new Map(),
    completedFrameworks: new Map(),
    offers: new Map(),
    streams: new Map(),
    operatorStreams: new Set(),
    allocator,
    weights: new Map(config.weights),
    counters: new Map(),
    registrationIds: new Map(),
    nextFrameworkNumber: 0,
    nextAgentNumber: 0,
    nextOfferNumber: 0,
    pingSequence: 1n,
    allocationScheduled: false,
    allocationWakeMs: undefined,
    agentReregistrationOver: true,
  };
}

/**
 * The state of a master that starts on a store: it knows the agents that an earlier one admitted, and waits for them.
 *
 * @param entries everything in the store; `config.epoch` is `nextEpoch` of the same entries.
 */
export function recoverMasterState(config: MasterConfig, entries: readonly StoreEntry[]): MasterState {
  const state = initialMasterState(config);
  loadEntries(state, entries);
  state.agentReregistrationOver = state.recovered.size === 0;
  return state;
}
