import { messageType } from '../../../sdk/v1/codec.ts';
import type { Offer } from '../../../sdk/v1/generated/mesos.ts';
import { LazyList, type LegacyAnswer, type LegacyJson, rawMessage } from '../../../sdk/v1/legacy/json.ts';
import { legacyLabels } from '../../../sdk/v1/legacy/task.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { FrameworkSnapshot, MasterSnapshot } from './snapshot.ts';
import { executorView, taskView } from './task-view.ts';

const ALLOCATION = messageType('mesos.v1.Resource.AllocationInfo');
const CONSTRAINTS = messageType('mesos.v1.scheduler.OfferConstraints');

type Members = Readonly<Record<string, LegacyJson | undefined>>;

/** GET /frameworks: all frameworks, or the one of `framework_id`. */
export function frameworksView(snapshot: MasterSnapshot, query: URLSearchParams): LegacyAnswer {
  const wanted = query.get('framework_id');
  const isWanted = ({ id }: FrameworkSnapshot): boolean => wanted === null || id === wanted;
  return {
    frameworks: LazyList.ofAnswers(snapshot.frameworks.filter(isWanted), frameworkView),
    completed_frameworks: LazyList.ofAnswers(snapshot.completedFrameworks.filter(isWanted), frameworkView),
    // Impossible today; clients expect the key.
    unregistered_frameworks: [],
  };
}

/** A framework without its tasks, as /state-summary shows it and /state begins it. */
export function frameworkSummary(framework: FrameworkSnapshot): Members {
  const { info } = framework;
  return {
    id: framework.id,
    name: info.name,
    used_resources: Resources.sum(framework.used).toFlat(),
    offered_resources: Resources.sum(framework.offered).toFlat(),
    capabilities: (info.capabilities ?? []).map(({ type }) => type ?? 'UNKNOWN'),
    hostname: info.hostname ?? '',
    webui_url: info.webui_url ?? '',
    active: framework.active,
    connected: framework.connected,
    recovered: framework.recovered,
  };
}

/** A framework with all that belongs to it. */
export function frameworkView(framework: FrameworkSnapshot): LegacyAnswer {
  const { info, registeredAtMs, reregisteredAtMs, unregisteredAtMs, offerConstraints } = framework;
  const isReregistered = reregisteredAtMs !== undefined && reregisteredAtMs !== registeredAtMs;
  return {
    ...frameworkSummary(framework),
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    registered_time: registeredAtMs / 1000,
    unregistered_time: (unregisteredAtMs ?? 0) / 1000,
    principal: info.principal,
    resources: Resources.sum([...framework.used, ...framework.offered]).toFlat(),
    reregistered_time: isReregistered ? reregisteredAtMs / 1000 : undefined,
    ...(framework.multiRole ? { roles: info.roles ?? [] } : { role: info.role ?? '*' }),
    tasks: LazyList.of(framework.tasks, taskView),
    unreachable_tasks: LazyList.of(framework.unreachableTasks, taskView),
    completed_tasks: LazyList.of(framework.completedTasks, taskView),
    offers: framework.offers.map(offerView),
    executors: framework.executors.map(executorView),
    labels: info.labels && legacyLabels(info.labels),
    offer_constraints: rawMessage(CONSTRAINTS, offerConstraints ?? {}),
  };
}

function offerView(offer: Offer): LegacyJson {
  return {
    id: offer.id.value,
    framework_id: offer.framework_id.value,
    allocation_info: rawMessage(ALLOCATION, offer.allocation_info ?? {}),
    slave_id: offer.agent_id.value,
    resources: Resources.fromProto(offer.resources).toFlat(),
  };
}
