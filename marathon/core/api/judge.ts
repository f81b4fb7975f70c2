import type { Violation } from '../../model/violation.ts';
import type { MarathonState } from '../state.ts';
import { draftCreation, draftUpdate, draftUpdates } from './apps.ts';
import type { CreateApp, CreateGroup, UpdateApp, UpdateApps, UpdateGroup } from './command.ts';
import { Draft } from './draft.ts';
import { draftGroup } from './groups.ts';

/** A command that is made of the body of a request. */
export type BodyCommand = CreateApp | UpdateApp | UpdateApps | CreateGroup | UpdateGroup;

/** Everything for which a command would be refused, without carrying it out. */
export function judge(state: MarathonState, command: BodyCommand): Violation[] {
  const draft = new Draft(state, 0);
  switch (command.kind) {
    case 'app.create':
      draftCreation(draft, command.input);
      break;
    case 'app.update':
      draftUpdate(draft, command);
      break;
    case 'apps.update':
      draftUpdates(draft, command);
      break;
    case 'group.create':
    case 'group.update':
      draftGroup(draft, command);
  }
  return draft.violations();
}
