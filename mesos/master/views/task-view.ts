import { messageType } from '../../../sdk/v1/codec.ts';
import type { CommandInfo } from '../../../sdk/v1/generated/mesos.ts';
import { type LegacyJson, RawJson, rawMessage, writeLegacyJson } from '../../../sdk/v1/legacy/json.ts';
import { legacyLabels, legacyTask } from '../../../sdk/v1/legacy/task.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { MasterTask } from '../core/state.ts';
import type { ExecutorSnapshot } from './snapshot.ts';

const ENVIRONMENT = messageType('mesos.v1.Environment');

/**
 * Texts of tasks that were shown before. An entry never changes (a task that does gets a new one), and most tasks of a
 * big answer are the same as in the one before.
 */
const texts = new WeakMap<MasterTask, RawJson>();

/** A task as /state, /frameworks and /tasks show it. */
export function taskView(entry: MasterTask): LegacyJson {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const text = new RawJson(writeLegacyJson(members(entry)));
  texts.set(entry, text);
  return text;
}

function members({ task, resources, role }: MasterTask): LegacyJson {
  const all = resources.isEmpty ? Resources.fromProto(task.resources) : resources;
  return legacyTask(task, all, role);
}

/** An executor as /state and /frameworks show it. */
export function executorView({ agentId, info, resources, role }: ExecutorSnapshot): LegacyJson {
  return {
    executor_id: info.executor_id.value,
    name: info.name ?? '',
    framework_id: info.framework_id?.value ?? '',
    command: commandView(info.command ?? {}),
    resources: resources.toFlat(),
    role: resources.isEmpty ? undefined : role,
    labels: info.labels && legacyLabels(info.labels),
    type: info.type,
    slave_id: agentId,
  };
}

function commandView({ shell, value, arguments: argv, environment, uris }: CommandInfo): LegacyJson {
  return {
    shell,
    value,
    argv: argv ?? [],
    environment: environment && rawMessage(ENVIRONMENT, environment),
    uris: (uris ?? []).map((uri) => ({ value: uri.value, executable: uri.executable ?? false })),
  };
}
