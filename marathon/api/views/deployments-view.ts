import { affectedApps } from '../../core/deployment.ts';
import type { MarathonState } from '../../core/state.ts';
import type { JsonObject } from '../../model/answer.ts';
import { AppViews } from './app-view.ts';
import type { Now } from './now.ts';

/** `GET /v2/deployments`: the running ones, oldest first. */
export function deploymentList(state: MarathonState, now: Now): readonly JsonObject[] {
  const views = new AppViews(state, now);
  return Array.from(state.deployments.values(), (deployment) => {
    const { plan, currentStep } = deployment;
    const step = plan.steps[currentStep - 1];
    return {
      id: deployment.id,
      version: deployment.version,
      affectedApps: [...affectedApps(plan)],
      affectedPods: [],
      steps: plan.steps.map(({ actions }) => ({
        actions: actions.map((action) => ({ action: action.kind, app: action.app.id })),
      })),
      currentActions: (step?.actions ?? []).map((action) => ({
        action: action.kind,
        app: action.app.id,
        readinessCheckResults: views.info(action.app, new Set(['readiness']))['readinessCheckResults'],
      })),
      currentStep,
      totalSteps: plan.steps.length,
    };
  });
}
