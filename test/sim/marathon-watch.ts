import type { MarathonEvent, PlanView } from '../../marathon/core/bus-events.ts';
import type { MarathonEffect } from '../../marathon/core/effects.ts';
import type { MarathonInput } from '../../marathon/core/events.ts';
import { type Instance, isHealthy } from '../../marathon/core/instance.ts';
import type { InstanceRecord } from '../../marathon/core/records.ts';
import { minHealthy } from '../../marathon/core/restart.ts';
import type { MarathonState } from '../../marathon/core/state.ts';
import { findApp } from '../../marathon/model/group.ts';
import type { Frame, StoreChange } from '../../sdk/base/step.ts';
import type { World } from './world.ts';

/** Watches what Marathon orders: nothing of its own takes an app below the health that it must keep. */
export class MarathonWatch {
  /** Every task id that was recorded. */
  readonly taskIds = new Set<string>();
  /** Apps of cancelled deployments: instances of old versions may stay. */
  readonly abandoned = new Set<string>();
  readonly #world: World;
  #before = new Map<string, Instance>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A new process begins with what was recorded. */
  booted(state: MarathonState): void {
    this.#before = new Map(state.instances);
  }

  committed(records: readonly StoreChange[]): void {
    for (const { key, value } of records) {
      const taskId = key.startsWith('instances/') ? (value as InstanceRecord | undefined)?.task?.id : undefined;
      if (taskId !== undefined) this.taskIds.add(taskId);
    }
  }

  /** After each step. */
  stepped(state: MarathonState, event: MarathonInput, frame: Frame<MarathonEffect>): void {
    for (const effect of frame.effects) if (effect.kind === 'event') this.#onDeployment(effect.event);
    const victims = new Map<string, number>();
    for (const [id, instance] of state.instances) {
      const before = this.#before.get(id);
      if (before === instance) continue;
      if (before === undefined || !isWanted(before) || !isHealthy(before)) continue;
      // One that stopped being healthy with this very event is no loss that an order makes.
      if (isHealthy(instance) && !isWanted(instance)) {
        victims.set(instance.appId, (victims.get(instance.appId) ?? 0) + 1);
      }
    }
    this.#before = new Map(state.instances);
    // What a client orders to be killed is the client's business.
    const isClients = event.kind === 'api' && /kill/.test(event.command.kind);
    if (isClients) return;
    for (const [appId, count] of victims) this.#check(state, appId, count);
  }

  /** What was cancelled may stay half done, until something is deployed there again. */
  #onDeployment(event: MarathonEvent): void {
    const { eventType, plan } = event as { readonly eventType: string; readonly plan?: PlanView };
    for (const { actions } of plan?.steps ?? []) {
      for (const { app, action } of actions) {
        if (eventType === 'deployment_failed') this.abandoned.add(app);
        else if (eventType === 'deployment_success' && action !== 'StartApplication') this.abandoned.delete(app);
      }
    }
  }

  #check(state: MarathonState, appId: string, count: number): void {
    const app = findApp(state.root, appId);
    if (app === undefined) return;
    const healthy = [...(state.instancesByApp.get(appId) ?? [])]
      .map((id) => state.instances.get(id))
      .filter((instance) => instance !== undefined && isWanted(instance) && isHealthy(instance)).length;
    if (healthy >= minHealthy(app)) return;
    this.#world.fail(
      'no order takes an app below its minimum health',
      `${appId}: ${count} told to go, ${healthy} healthy of ${app.instances} left, ${minHealthy(app)} needed`,
    );
  }
}

function isWanted(instance: Instance): boolean {
  return instance.goal === 'Running';
}
