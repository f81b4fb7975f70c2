import type { ApiCommand } from '../../marathon/core/api/command.ts';
import type { MarathonState } from '../../marathon/core/state.ts';
import { findApp } from '../../marathon/model/group.ts';
import type { AppInput } from '../../marathon/model/input.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';
import { ApiClient, type Outcome } from './api-client.ts';
import { simCommand } from './process-life.ts';
import type { World } from './world.ts';

/** What an app may be, as far as its user knows: several when answers were lost, `any` after what only Marathon can count. */
type Wanted = { readonly instances: number; readonly tag: string } | 'absent' | 'any';

const APPS = ['/web', '/api', '/batch/worker', '/batch/feeder', '/ops/probe', '/solo'];
/** A group of two, of which the second waits for the first. */
const GROUP = '/shop';
const GROUP_APPS = ['/shop/db', '/shop/front'];
const REQUESTER = { clientIp: '10.9.9.9', uri: '/v2/apps' };

/** Somebody who creates, scales, updates, restarts, kills and deletes apps, and remembers what was promised. */
export class MarathonUser {
  readonly client: ApiClient;
  readonly #world: World;
  readonly #random: SimRandom;
  readonly #post: (requestId: string, command: ApiCommand) => boolean;
  readonly #look: () => MarathonState | undefined;
  readonly #wanted = new Map<string, readonly Wanted[]>();
  /** Apps with a request under way: a user waits for the answer. */
  readonly #busy = new Set<string>();
  #tags = 0;

  /** @param look what Marathon shows of itself, for ids of tasks and deployments. */
  constructor(
    world: World,
    post: (requestId: string, command: ApiCommand) => boolean,
    look: () => MarathonState | undefined,
  ) {
    this.#world = world;
    this.#random = world.random.fork('marathon user');
    this.client = new ApiClient(world, 'marathon-user');
    this.#post = post;
    this.#look = look;
    for (const id of [...APPS, ...GROUP_APPS]) this.#wanted.set(id, ['absent']);
  }

  /** Begins to use the API, until all is calm. */
  start(): void {
    const meanMs = this.#random.between(2_000, 20_000);
    const again = (): void => {
      if (this.#world.isCalm) return;
      this.#act();
      this.#world.time.after(this.#random.between(0.1, 2) * meanMs, again);
    };
    again();
  }

  /** Where the tree differs from all that the user may have been promised; undefined when it does not. */
  disappointment(state: MarathonState): string | undefined {
    for (const [id, possible] of this.#wanted) {
      const app = findApp(state.root, id);
      const fits = possible.some((wanted) =>
        typeof wanted === 'string'
          ? wanted === 'any' || app === undefined
          : app !== undefined && app.instances === wanted.instances && app.env['TAG'] === wanted.tag,
      );
      if (fits) continue;
      const found = app === undefined ? 'absent' : `${app.instances} of ${app.env['TAG']}`;
      return `${id} is ${found}, promised was ${JSON.stringify(possible)}`;
    }
    return undefined;
  }

  /** Whether an app may be anything, after what only Marathon can count. */
  isVague(id: string): boolean {
    return this.#wanted.get(id)?.includes('any') ?? false;
  }

  #act(): void {
    if (this.#random.chance(0.25)) this.#actOnMany();
    else this.#actOnOne();
  }

  /** What touches several apps, or what only Marathon can count. */
  #actOnMany(): void {
    const state = this.#look();
    const tasks = [...(state?.instances.values() ?? [])];
    const deployments = [...(state?.deployments.keys() ?? [])];
    const kind = this.#random.pick(['group', 'group', 'ungroup', 'cancel', 'tasks', 'one']);
    if (kind === 'group') this.#putGroup();
    else if (kind === 'ungroup') {
      this.#send(GROUP_APPS, { kind: 'group.delete', id: GROUP, force: this.#force() }, () => 'absent');
    } else if (kind === 'cancel' && deployments.length > 0) {
      const command = {
        kind: 'deployment.cancel',
        id: this.#random.pick(deployments),
        force: this.#random.chance(0.3),
      } as const;
      this.#send([...this.#wanted.keys()], command, () => 'any');
    } else if (tasks.length > 0) {
      const { appId, task } = this.#random.pick(tasks);
      const scale = this.#random.chance(0.5);
      const command: ApiCommand =
        kind === 'one'
          ? { kind: 'app.killOne', id: appId, taskId: task?.id ?? '', scale, wipe: false, force: this.#force() }
          : {
              kind: 'tasks.kill',
              ids: [task?.id ?? ''],
              scale,
              wipe: this.#random.chance(0.3) && !scale,
              force: this.#force(),
            };
      this.#send([appId], command, (wanted) => (scale ? 'any' : wanted));
    }
  }

  #putGroup(): void {
    const tag = `t${this.#tags++}`;
    const instances = this.#random.integer(4);
    const apps = GROUP_APPS.map((id) => ({
      ...appInput(id, instances, tag, this.#random),
      id: id.slice(GROUP.length + 1),
      dependencies: id === GROUP_APPS[1] ? [GROUP_APPS[0] as string] : [],
    }));
    const command: ApiCommand = {
      kind: 'group.update',
      base: GROUP,
      input: { apps },
      dryRun: false,
      force: this.#force(),
    };
    this.#send(GROUP_APPS, command, () => ({ instances, tag }));
  }

  #actOnOne(): void {
    const free = APPS.filter((id) => !this.#busy.has(id));
    if (free.length === 0) return;
    const id = this.#random.pick(free);
    const possible = this.#wanted.get(id) ?? [];
    const mayExist = possible.some((wanted) => wanted !== 'absent');
    if (!mayExist) {
      this.#create(id);
      return;
    }
    switch (this.#random.pick(['scale', 'scale', 'update', 'update', 'update', 'restart', 'kill', 'delete'])) {
      case 'scale':
        this.#update(id, { instances: this.#random.integer(7) });
        return;
      case 'update':
        this.#update(id, { tag: `t${this.#tags++}` });
        return;
      case 'restart':
        this.#send([id], { kind: 'app.restart', id, force: this.#force() }, (wanted) => wanted);
        return;
      case 'kill':
        this.#send(
          [id],
          { kind: 'app.kill', id, scale: false, wipe: this.#random.chance(0.5), force: this.#force() },
          (wanted) => wanted,
        );
        return;
      case 'delete':
        this.#send([id], { kind: 'app.delete', id, force: this.#force() }, () => 'absent');
    }
  }

  #create(id: string): void {
    const tag = `t${this.#tags++}`;
    const instances = this.#random.integer(6);
    const input = appInput(id, instances, tag, this.#random);
    const command: ApiCommand = { kind: 'app.create', input, force: this.#force(), requester: REQUESTER };
    this.#send([id], command, (wanted) => (wanted === 'absent' ? { instances, tag } : wanted));
  }

  #update(id: string, change: { readonly instances?: number; readonly tag?: string }): void {
    const input: AppInput = {
      ...(change.instances === undefined ? {} : { instances: change.instances }),
      ...(change.tag === undefined ? {} : { env: { TAG: change.tag } }),
    };
    const command: ApiCommand = {
      kind: 'app.update',
      id,
      input,
      partial: true,
      mayCreate: false,
      force: this.#force(),
      requester: REQUESTER,
    };
    this.#send([id], command, (wanted) => (typeof wanted === 'string' ? wanted : { ...wanted, ...change }));
  }

  #force(): boolean {
    return this.#random.chance(0.7);
  }

  #send(ids: readonly string[], command: ApiCommand, effect: (wanted: Wanted) => Wanted): void {
    // Who does not wait for an answer cannot tell what to expect.
    if (ids.some((id) => this.#busy.has(id))) return;
    for (const id of ids) this.#busy.add(id);
    const before = new Map(ids.map((id) => [id, this.#wanted.get(id) ?? []]));
    const input = 'input' in command ? JSON.stringify(command.input) : '';
    this.#world.note('marathon-user', `${command.kind} ${ids.join(' ')} ${input}`);
    this.client.call(
      (requestId) => this.#post(requestId, command),
      (outcome) => {
        for (const [id, possible] of before) {
          this.#busy.delete(id);
          this.#wanted.set(id, afterwards(possible, possible.map(effect), outcome));
        }
      },
    );
  }
}

function afterwards(before: readonly Wanted[], after: readonly Wanted[], outcome: Outcome): readonly Wanted[] {
  if (outcome === 'never sent') return before;
  if (outcome === 'in doubt') return distinct([...before, ...after]);
  return outcome < 300 ? distinct(after) : before;
}

function distinct(all: readonly Wanted[]): readonly Wanted[] {
  return [...new Map(all.map((wanted) => [JSON.stringify(wanted), wanted])).values()];
}

function appInput(id: string, instances: number, tag: string, random: SimRandom): AppInput {
  const minimumHealthCapacity = random.pick([0, 0.25, 0.5, 1, 1]);
  const maximumOverCapacity = random.pick([0, 0.25, 0.5, 1, 1]);
  return {
    id,
    instances,
    cmd: simCommand({ stubborn: random.chance(0.2) }),
    cpus: 0.2,
    mem: 64,
    env: { TAG: tag },
    upgradeStrategy: { minimumHealthCapacity, maximumOverCapacity },
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 20,
    killSelection: random.pick(['YOUNGEST_FIRST', 'OLDEST_FIRST']),
    unreachableStrategy: random.pick([
      { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
      { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 },
      'disabled' as const,
    ]),
    ...(random.chance(0.5) ? { healthChecks: [healthCheck(random)] } : {}),
    ...(random.chance(0.2) ? { constraints: [['hostname', 'UNIQUE']] } : {}),
    ...(random.chance(0.2) ? { readinessChecks: [READINESS] } : {}),
  };
}

const READINESS = {
  name: 'ready',
  protocol: 'HTTP',
  path: '/ready',
  portName: 'default',
  intervalSeconds: 5,
  timeoutSeconds: 2,
  httpStatusCodesForReady: [200],
  preserveLastResponse: false,
} as const;

function healthCheck(random: SimRandom): NonNullable<AppInput['healthChecks']>[number] {
  const protocol = random.pick(['HTTP', 'TCP', 'MESOS_TCP'] as const);
  return {
    protocol,
    portIndex: 0,
    gracePeriodSeconds: 10,
    intervalSeconds: 5,
    timeoutSeconds: 2,
    delaySeconds: 1,
    maxConsecutiveFailures: random.pick([0, 3]),
    ignoreHttp1xx: false,
    ipProtocol: 'IPv4',
  };
}
