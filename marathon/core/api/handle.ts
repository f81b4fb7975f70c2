import type { StepContext } from '../../../sdk/base/step.ts';
import type { MarathonFrame, MarathonState } from '../state.ts';
import { createApp, deleteApp, restartApp, updateApp, updateApps } from './apps.ts';
import type { ApiCommand } from './command.ts';
import { createGroup, deleteGroup, updateGroup } from './groups.ts';
import { ApiRefusal } from './refusal.ts';
import type { ApiReply } from './reply.ts';
import { killAppTask, killAppTasks, killTasks, resetLaunchDelay, stopDeployment } from './tasks.ts';

/**
 * Carries out one command of the REST API and answers it.
 *
 * A refused command changes nothing; its reply is the error that upstream's clients know.
 */
export function handleApi(
  state: MarathonState,
  request: { readonly requestId: string; readonly command: ApiCommand },
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const { requestId } = request;
  try {
    const { status, headers, body } = execute(state, request.command, ctx, frame);
    frame.emit({ kind: 'http.reply', requestId, status, headers, body });
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    frame.emit({ kind: 'http.reply', requestId, status: error.status, body: error.body });
  }
}

function execute(state: MarathonState, command: ApiCommand, ctx: StepContext, frame: MarathonFrame): ApiReply {
  switch (command.kind) {
    case 'app.create':
      return createApp(state, command, ctx, frame);
    case 'app.update':
      return updateApp(state, command, ctx, frame);
    case 'apps.update':
      return updateApps(state, command, ctx, frame);
    case 'app.delete':
      return deleteApp(state, command, ctx, frame);
    case 'app.restart':
      return restartApp(state, command, ctx, frame);
    case 'app.kill':
      return killAppTasks(state, command, ctx, frame);
    case 'app.killOne':
      return killAppTask(state, command, ctx, frame);
    case 'tasks.kill':
      return killTasks(state, command, ctx, frame);
    case 'group.create':
      return createGroup(state, command, ctx, frame);
    case 'group.update':
      return updateGroup(state, command, ctx, frame);
    case 'group.delete':
      return deleteGroup(state, command, ctx, frame);
    case 'deployment.cancel':
      return stopDeployment(state, command, ctx, frame);
    case 'queue.resetDelay':
      return resetLaunchDelay(state, command);
  }
}
