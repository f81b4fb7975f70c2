import type { StepContext } from '../../sdk/base/step.ts';
import { resetBackoff } from './backoff.ts';
import { busEvent } from './bus-events.ts';
import type { Action, Deployment, PlanStep, RestartNumbers } from './deployment.ts';
import { planView, putDeployment, removeDeployment, stepView } from './deployments.ts';
import { forgetFailure } from './failures.ts';
import { setGoal } from './instances.ts';
import { advanceRestart, restartNumbers } from './restart.ts';
import { isScaled, isStopped, scaleTo } from './scale.ts';
import { instancesOf, type MarathonFrame, type MarathonState } from './state.ts';

/**
 * Brings a deployment as far as it can go now. Wanted and observed are compared anew each time, so it does not matter what was
 * done before a crash: done actions are done at once, and nothing is ordered twice.
 */
export function advanceDeployment(state: MarathonState, id: string, ctx: StepContext, frame: MarathonFrame): void {
  let deployment = state.deployments.get(id);
  if (deployment === undefined) return;
  if (deployment.currentStep === 0) deployment = enterStep(state, deployment, 1, ctx, frame);
  for (;;) {
    const step: PlanStep | undefined = deployment.plan.steps[deployment.currentStep - 1];
    if (step === undefined) break;
    const done: ReadonlySet<string> = advanceStep(state, deployment, step, ctx, frame);
    if (done.size > deployment.done.size) {
      deployment = { ...deployment, done };
      putDeployment(state, deployment, frame);
    }
    if (done.size < step.actions.length) return;
    const event = busEvent.deploymentStepSuccess(ctx.wallMs, planView(deployment), stepView(step));
    frame.emit({ kind: 'event', event });
    deployment = enterStep(state, deployment, deployment.currentStep + 1, ctx, frame);
  }
  removeDeployment(state, deployment, frame);
  frame.emit({ kind: 'event', event: busEvent.deploymentSuccess(ctx.wallMs, planView(deployment)) });
}

function enterStep(
  state: MarathonState,
  before: Deployment,
  number: number,
  ctx: StepContext,
  frame: MarathonFrame,
): Deployment {
  const step = before.plan.steps[number - 1];
  const restarts = new Map<string, RestartNumbers>();
  const deployment: Deployment = { ...before, currentStep: number, done: new Set(), restarts };
  if (step === undefined) return deployment;
  const event = busEvent.deploymentInfo(ctx.wallMs, planView(deployment), stepView(step));
  frame.emit({ kind: 'event', event });
  for (const action of step.actions) {
    tellHealthChecks(action, ctx, frame);
    if (action.kind !== 'RestartApplication') continue;
    resetBackoff(state, action.app.id);
    restarts.set(action.app.id, restartNumbers(action.app, instancesOf(state, action.app.id)));
  }
  putDeployment(state, deployment, frame);
  return deployment;
}

function advanceStep(
  state: MarathonState,
  deployment: Deployment,
  step: PlanStep,
  ctx: StepContext,
  frame: MarathonFrame,
): ReadonlySet<string> {
  const done = new Set(deployment.done);
  for (const action of step.actions) {
    if (!done.has(action.app.id) && advanceAction(state, deployment, action, ctx, frame)) done.add(action.app.id);
  }
  return done;
}

function advanceAction(
  state: MarathonState,
  deployment: Deployment,
  action: Action,
  ctx: StepContext,
  frame: MarathonFrame,
): boolean {
  const { app } = action;
  switch (action.kind) {
    case 'StartApplication':
      return true;
    case 'StopApplication':
      return advanceStop(state, app.id, ctx, frame);
    case 'ScaleApplication':
      scaleTo(state, app, action.scaleTo, action.victims, deployment.id, ctx, frame);
      return isScaled(state, app.id, action.scaleTo, deployment.id);
    case 'RestartApplication': {
      const numbers = deployment.restarts.get(app.id) ?? restartNumbers(app, instancesOf(state, app.id));
      return advanceRestart(state, app, numbers, deployment.id, ctx, frame);
    }
  }
}

function advanceStop(state: MarathonState, appId: string, ctx: StepContext, frame: MarathonFrame): boolean {
  for (const instance of instancesOf(state, appId)) setGoal(state, instance, 'Decommissioned', ctx, frame);
  if (!isStopped(state, appId)) return false;
  resetBackoff(state, appId);
  forgetFailure(state, appId, frame);
  frame.emit({ kind: 'event', event: busEvent.appTerminated(ctx.wallMs, appId) });
  return true;
}

/** A new configuration brings its health checks, a stopped app takes them with it. */
function tellHealthChecks(action: Action, ctx: StepContext, frame: MarathonFrame): void {
  const { app, kind } = action;
  for (const check of app.healthChecks) {
    if (kind === 'StopApplication')
      frame.emit({ kind: 'event', event: busEvent.removeHealthCheck(ctx.wallMs, app.id) });
    else if (kind !== 'ScaleApplication') {
      frame.emit({ kind: 'event', event: busEvent.addHealthCheck(ctx.wallMs, app, check) });
    }
  }
}
