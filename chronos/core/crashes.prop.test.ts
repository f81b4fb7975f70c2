import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue } from '../../sdk/store/value.ts';
import { type CrashPoint, TestChronos, testConfig } from '../testing/test-chronos.ts';
import { recoverChronosState } from './recover.ts';
import type { Run } from './run.ts';
import { jobRuns, snapshotJobs } from './views.ts';

/**
 * Whatever happens to Chronos, its master and its clock, at any point of any step: every due time is decided once, no run ever has two live tasks, no
 * task id is used twice, Rn is n, and what is stored is what is known.
 */
type Action =
  | { readonly kind: 'advance' | 'set-clock'; readonly ms: number }
  | { readonly kind: 'restart' | 'disconnect' | 'unreachable' | 'reachable' }
  | { readonly kind: 'crash'; readonly point: CrashPoint }
  | { readonly kind: 'end'; readonly state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED' | 'TASK_GONE' }
  | { readonly kind: 'run' | 'kill' | 'mark' | 'repost'; readonly job: string };

const SECOND_MS = 1000;
const JOBS = ['each', 'three', 'late', 'child', 'both'] as const;
const name = fc.constantFrom(...JOBS);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.integer({ min: 1, max: 200 }).map((s) => ({ kind: 'advance', ms: s * SECOND_MS }) as const),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: -600, max: 600 }).map((s) => ({ kind: 'set-clock', ms: s * SECOND_MS }) as const),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom('restart', 'disconnect', 'unreachable', 'reachable').map((kind) => ({ kind })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ kind: fc.constantFrom('before-commit', 'after-effects'), steps: fc.nat(6), effects: fc.nat(4) })
      .map((point) => ({ kind: 'crash', point }) as const),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom('TASK_FINISHED', 'TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_GONE')
      .map((state) => ({ kind: 'end', state }) as const),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('run', 'kill', 'mark', 'repost'), name).map(([kind, job]) => ({ kind, job })),
  },
);

function definitions(startMs: number): Record<(typeof JOBS)[number], Record<string, unknown>> {
  const start = new Date(startMs).toISOString();
  return {
    each: { name: 'each', schedule: `R/${start}/PT1M`, retries: 1 },
    three: { name: 'three', schedule: `R3/${start}/PT2M`, concurrent: true },
    late: { name: 'late', schedule: `R/${start}/PT90S`, epsilon: 'PT30S' },
    child: { name: 'child', parents: ['each'] },
    both: { name: 'both', parents: ['each', 'late'] },
  };
}

class World {
  readonly chronos = new TestChronos({ failureRetryMs: 5 * SECOND_MS, runsKept: 10_000 });
  readonly bodies = definitions(this.chronos.wallMs);

  constructor() {
    this.chronos.master.totalCpus = 3;
    for (const job of JOBS) this.chronos.put(this.bodies[job]);
  }

  act(one: Action): void {
    const { chronos } = this;
    switch (one.kind) {
      case 'advance':
        chronos.advance(one.ms);
        return;
      case 'set-clock':
        chronos.wallMs += one.ms;
        return;
      case 'crash':
        chronos.crash = one.point;
        return;
      case 'restart':
        chronos.restart();
        return;
      case 'disconnect':
        chronos.disconnect();
        return;
      case 'unreachable':
        chronos.master.isReachable = false;
        for (const taskId of chronos.master.alive) chronos.master.say(taskId, 'TASK_UNREACHABLE');
        return;
      case 'reachable':
        this.heal();
        return;
      case 'end':
        if (chronos.master.isReachable) chronos.endTasks(one.state);
        return;
      case 'run':
        chronos.ask({ kind: 'api.run-job', name: one.job, arguments: undefined });
        return;
      case 'kill':
        chronos.ask({ kind: 'api.kill-job', name: one.job });
        return;
      case 'mark':
        chronos.ask({ kind: 'api.mark-success', name: one.job });
        return;
      case 'repost':
        chronos.put(this.bodies[one.job as keyof World['bodies']]);
    }
  }

  heal(): void {
    const { master } = this.chronos;
    if (master.isReachable) return;
    master.isReachable = true;
    for (const [taskId, task] of master.tasks) master.say(taskId, task.state);
    this.chronos.disconnect();
  }

  /** No more faults: everything that is under way comes to its end. */
  settle(): void {
    this.chronos.crash = undefined;
    this.heal();
    for (let round = 0; round < 40; round++) {
      this.chronos.advance(20 * SECOND_MS);
      this.chronos.endTasks('TASK_FINISHED');
    }
  }
}

function storedRuns(chronos: TestChronos): readonly Run[] {
  return [...chronos.store].filter(([key]) => key.startsWith('run/')).map(([, text]) => decodeValue(text) as Run);
}

function checkAlways({ chronos }: World): void {
  const taskIds = chronos.master.launches.map((task) => task.task_id.value);
  expect(new Set(taskIds).size).toBe(taskIds.length);
  const aliveRuns = chronos.master.alive.map((taskId) => taskId.replace(/^ct:(\d+):\d+:/, '$1:'));
  expect(new Set(aliveRuns).size).toBe(aliveRuns.length);
  const runs = storedRuns(chronos);
  for (const job of JOBS) {
    const { progress } = chronos.entry(job);
    const bySchedule = runs.filter((run) => run.job === job && run.cause === 'schedule').length;
    if (job === 'three') expect(bySchedule).toBe(3 - (progress.remaining ?? 0));
    if (progress.skips.length >= 20 || chronos.entry(job).job.trigger.kind !== 'schedule') continue;
    const skipped = progress.skips
      .filter(({ reason }) => reason !== 'disabled')
      .reduce((sum, { count }) => sum + count, 0);
    expect(bySchedule + skipped).toBe(progress.nextIndex);
  }
}

function checkStored({ chronos }: World): void {
  const entries = [...chronos.store].map(([key, text]) => ({ key, value: decodeValue(text) }));
  const again = recoverChronosState(testConfig, entries);
  expect(snapshotJobs(again)).toEqual(snapshotJobs(chronos.state));
  expect([...again.tasks.keys()].sort()).toEqual([...chronos.state.tasks.keys()].sort());
  expect([...again.orphans.keys()].sort()).toEqual([...chronos.state.orphans.keys()].sort());
  for (const job of JOBS) {
    const byDue = (view: ReturnType<typeof jobRuns>) =>
      ((view?.['runs'] ?? []) as { due: string; state: string; pending?: string }[])
        .map(({ pending: _why, ...run }) => run)
        .sort((left, right) => (left.due < right.due ? -1 : 1));
    expect(byDue(jobRuns(again, job))).toEqual(byDue(jobRuns(chronos.state, job)));
  }
}

test('no crash, fault or clock makes a due time run twice or be forgotten', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 5, maxLength: 60 }), (actions) => {
      const world = new World();
      for (const one of actions) {
        world.act(one);
        checkAlways(world);
      }
      checkStored(world);
      world.settle();
      checkAlways(world);
      checkStored(world);
      expect(world.chronos.state.orphans.size).toBe(0);
      const open = storedRuns(world.chronos).filter(
        (run) => run.phase !== 'ended' && run.createdMs < world.chronos.wallMs - 300 * SECOND_MS,
      );
      expect(open).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
