import type { StoreEntry } from '../../../sdk/store/store.ts';
import type { AgentInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { GoneAgent, MasterState, RecoveredAgent, UnreachableAgent } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * What the master keeps over its own restarts: which agents it admitted, which are unreachable or gone, and its epoch.
 * Frameworks and tasks are not kept: agents and frameworks tell of them when they come back.
 */
const EPOCH_KEY = 'master/epoch';
const AGENTS = 'agents/';
const UNREACHABLE = 'unreachable/';
const GONE = 'gone/';

interface AgentRecord {
  readonly info: AgentInfo;
  readonly registrationId: string;
}

interface UnreachableRecord {
  readonly info: AgentInfo | undefined;
  readonly registrationId?: string | undefined;
  readonly unreachableAtMs: number;
}

/**
 * The epoch of a master that starts on these entries: newer than any before. Wall time goes into it, so that agents also
 * follow a master whose store is new or kept in memory only.
 */
export function nextEpoch(entries: readonly StoreEntry[], wallMs: number): bigint {
  const last = entries.find((entry) => entry.key === EPOCH_KEY)?.value as { epoch: bigint } | undefined;
  const now = BigInt(Math.max(1, Math.floor(wallMs)));
  return last === undefined || last.epoch < now ? now : last.epoch + 1n;
}

/** Records the epoch that this master runs under. */
export function recordEpoch(turn: Turn): void {
  turn.out.put(EPOCH_KEY, { epoch: turn.state.config.epoch });
}

/** Records an agent as admitted, and nothing else. */
export function recordAdmitted(turn: Turn, id: string, info: AgentInfo, registrationId: string): void {
  const record: AgentRecord = { info, registrationId };
  turn.out.put(AGENTS + id, record);
  if (turn.state.unreachable.has(id)) turn.out.delete(UNREACHABLE + id);
}

/** Records an agent as unreachable. */
export function recordUnreachable(turn: Turn, { id, info, registrationId, unreachableAtMs }: UnreachableAgent): void {
  const record: UnreachableRecord = { info, registrationId, unreachableAtMs };
  turn.out.put(UNREACHABLE + id, record);
  turn.out.delete(AGENTS + id);
}

/** Records an agent as gone for good. */
export function recordGone(turn: Turn, { id, goneAtMs }: GoneAgent): void {
  turn.out.put(GONE + id, { goneAtMs });
  turn.out.delete(AGENTS + id);
  turn.out.delete(UNREACHABLE + id);
}

/** Forgets an agent that left by itself. */
export function recordRemoved(turn: Turn, id: string): void {
  turn.out.delete(AGENTS + id);
}

/** Takes what an earlier master recorded into a new state. */
export function loadEntries(state: MasterState, entries: readonly StoreEntry[]): void {
  for (const { key, value } of entries) {
    if (key.startsWith(AGENTS)) loadAgent(state, key.slice(AGENTS.length), value as AgentRecord);
    else if (key.startsWith(UNREACHABLE)) {
      const id = key.slice(UNREACHABLE.length);
      const { info, registrationId = '', unreachableAtMs } = value as UnreachableRecord;
      state.unreachable.set(id, { id, info, registrationId, unreachableAtMs, tasks: new Map() });
      if (registrationId !== '') state.registrationIds.set(registrationId, id);
    } else if (key.startsWith(GONE)) {
      const id = key.slice(GONE.length);
      state.gone.set(id, { id, goneAtMs: (value as { goneAtMs: number }).goneAtMs });
    }
  }
}

function loadAgent(state: MasterState, id: string, { info, registrationId }: AgentRecord): void {
  const agent: RecoveredAgent = { id, info, registrationId, kills: new Map() };
  state.recovered.set(id, agent);
  if (registrationId !== '') state.registrationIds.set(registrationId, id);
}

/** Forgets unreachable and gone agents that are too old or too many, the oldest first. */
export function collectGarbage(turn: Turn): void {
  const { state } = turn;
  const { registryMaxAgentAgeMs, registryMaxAgentCount } = state.config;
  const bornAfterMs = turn.wallMs - registryMaxAgentAgeMs;
  forgetOldest(
    state.unreachable,
    (agent) => agent.unreachableAtMs,
    bornAfterMs,
    registryMaxAgentCount,
    (id, { registrationId }) => {
      state.registrationIds.delete(registrationId);
      turn.out.delete(UNREACHABLE + id);
    },
  );
  forgetOldest(
    state.gone,
    (agent) => agent.goneAtMs,
    bornAfterMs,
    registryMaxAgentCount,
    (id) => turn.out.delete(GONE + id),
  );
}

function forgetOldest<Value>(
  map: Map<string, Value>,
  atMs: (value: Value) => number,
  bornAfterMs: number,
  countMax: number,
  forget: (id: string, value: Value) => void,
): void {
  const byAge = [...map].sort(([, left], [, right]) => atMs(left) - atMs(right));
  let excess = byAge.length - countMax;
  for (const [id, value] of byAge) {
    if (excess <= 0 && atMs(value) >= bornAfterMs) return;
    excess--;
    map.delete(id);
    forget(id, value);
  }
}
