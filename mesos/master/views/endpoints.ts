import { type LegacyAnswer, type LegacyJson, writeAnswer, writeLegacyJson } from '../../../sdk/v1/legacy/json.ts';
import type { MasterState } from '../core/state.ts';
import { agentsView } from './agent-view.ts';
import { frameworksView } from './framework-view.ts';
import { type MachineFigures, metricsView } from './metrics.ts';
import { prometheusText } from './prometheus.ts';
import { rolesView } from './roles-view.ts';
import { type MasterSnapshot, takeSnapshot } from './snapshot.ts';
import { flagsView, stateView, versionView } from './state-view.ts';
import { summaryView } from './summary-view.ts';
import { tasksView } from './tasks-view.ts';

/** An endpoint that shows the state. */
export interface MasterEndpoint {
  /** Media type of the answer. */
  readonly type: string;
  /** Whether `?jsonp=` may wrap the answer. */
  readonly jsonp: boolean;
  /** Whether a write is meant when the method is not GET or HEAD; other endpoints answer any method, as upstream. */
  readonly getOnly?: boolean;
  /**
   * Looks at the state, within one read of the Loop, and returns the pieces of the answer's text. Looking is quick; a piece is
   * made when it is asked for, so that a long text can be made between other work, and still shows one moment.
   */
  readonly capture: (state: MasterState, query: URLSearchParams, machine: MachineFigures) => Iterable<string>;
}

/** The endpoints by path, without a leading `/master`. */
export const masterEndpoints: ReadonlyMap<string, MasterEndpoint> = new Map<string, MasterEndpoint>([
  ['/state', ofSnapshot(stateView)],
  ['/state-summary', json((state) => summaryView(takeSnapshot(state)))],
  ['/slaves', ofSnapshot(agentsView)],
  ['/frameworks', ofSnapshot(frameworksView)],
  ['/tasks', ofSnapshot(tasksView)],
  ['/roles', ofSnapshot(rolesView)],
  ['/version', ofSnapshot(({ config }) => versionView(config))],
  ['/flags', ofSnapshot(({ config }) => flagsView(config))],
  ['/metrics/snapshot', json((state, _query, machine) => writeAnswer(Object.fromEntries(metricsView(state, machine))))],
  ['/system/stats.json', json((_state, _query, machine) => writeAnswer(systemView(machine)))],
  ['/weights', { ...json((state) => [writeLegacyJson(weightsView(state))]), getOnly: true }],
  [
    '/metrics',
    {
      type: 'text/plain; version=0.0.4; charset=utf-8',
      jsonp: false,
      capture: (state, _query, machine) => [prometheusText(metricsView(state, machine))],
    },
  ],
]);

const quota = 'there is no quota yet';
const maintenance = 'there is no maintenance yet';
const reservations = 'dynamic reservations and volumes are not there yet';
const tooling = 'this is not there yet';

/** Upstream's other endpoints, with the reason why each is refused. */
export const unsupportedEndpoints: ReadonlyMap<string, string> = new Map<string, string>([
  ['/quota', quota],
  ['/reserve', reservations],
  ['/unreserve', reservations],
  ['/create-volumes', reservations],
  ['/destroy-volumes', reservations],
  ['/maintenance/schedule', maintenance],
  ['/maintenance/status', maintenance],
  ['/machine/down', maintenance],
  ['/machine/up', maintenance],
  ['/files/browse', tooling],
  ['/files/read', tooling],
  ['/files/download', tooling],
  ['/files/debug', tooling],
  ['/logging/toggle', tooling],
  ['/profiler/start', tooling],
  ['/profiler/stop', tooling],
  ['/memory-profiler/start', tooling],
  ['/memory-profiler/stop', tooling],
  ['/registrar(1)/registry', tooling],
  ['/__processes__', tooling],
  ['/help', tooling],
]);

function json(capture: MasterEndpoint['capture']): MasterEndpoint {
  return { type: 'application/json', jsonp: true, capture };
}

function ofSnapshot(view: (snapshot: MasterSnapshot, query: URLSearchParams) => LegacyAnswer): MasterEndpoint {
  return json((state, query) => {
    const snapshot = takeSnapshot(state);
    return later(() => view(snapshot, query));
  });
}

/** Starts with the view itself only when the first piece is asked for. */
function* later(view: () => LegacyAnswer): Generator<string, void, void> {
  yield* writeAnswer(view());
}

function weightsView(state: MasterState): LegacyJson {
  return Array.from(state.weights, ([role, weight]) => ({ role, weight }));
}

function systemView({ cpus, load, memFreeBytes, memTotalBytes }: MachineFigures): LegacyAnswer {
  return {
    avg_load_15min: load[2] ?? 0,
    avg_load_1min: load[0] ?? 0,
    avg_load_5min: load[1] ?? 0,
    cpus_total: BigInt(cpus),
    mem_free_bytes: BigInt(memFreeBytes),
    mem_total_bytes: BigInt(memTotalBytes),
  };
}
