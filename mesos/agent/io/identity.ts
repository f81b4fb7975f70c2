import type { StoreEntry } from '../../../sdk/store/store.ts';
import { reconfigurationProblems } from '../core/agent-info.ts';
import type { AgentConfig } from '../core/config.ts';
import type { StoredAgent } from '../core/records.ts';
import type { AgentFlagValues } from '../flags.ts';
import { refuseStart } from '../flags.ts';

/**
 * Refuses a start as another agent than the work directory remembers: the master and frameworks rely on what was registered.
 *
 * @throws FlagError with every difference and what to do.
 */
export function checkIdentity(
  entries: readonly StoreEntry[],
  config: AgentConfig,
  policy: AgentFlagValues['reconfiguration_policy'],
): void {
  const stored = entries.find(({ key }) => key === 'agent')?.value as StoredAgent | undefined;
  if (stored?.info.id === undefined) return;
  const problems = reconfigurationProblems(stored.info, config.info, policy);
  if (problems.length === 0) return;
  const advice =
    'Start with the earlier configuration, or with --reconfiguration_policy=additive if only something was added, or end its tasks and forget it with --recover=cleanup.';
  refuseStart(
    `Incompatible agent info detected: ${config.workDir} belongs to agent ${stored.info.id.value}\n  ${problems.join('\n  ')}\n${advice}`,
  );
}
