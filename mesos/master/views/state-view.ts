import { MESETA_VERSION } from '../../../sdk/daemon/version.ts';
import { messageType } from '../../../sdk/v1/codec.ts';
import { LazyList, type LegacyAnswer, type LegacyJson, rawMessage } from '../../../sdk/v1/legacy/json.ts';
import type { MasterConfig } from '../core/config.ts';
import { agentInfoView, agentView } from './agent-view.ts';
import { frameworkView } from './framework-view.ts';
import type { MasterSnapshot } from './snapshot.ts';

const DOMAIN = messageType('mesos.v1.DomainInfo');

/** GET /state: everything. */
export function stateView(snapshot: MasterSnapshot): LegacyAnswer {
  const { config, agents } = snapshot;
  const { info } = config;
  const active = agents.filter((agent) => agent.active).length;
  return {
    ...build(config),
    start_time: config.startedAtMs / 1000,
    elected_time: config.electedAtMs / 1000,
    id: info.id,
    pid: info.pid ?? '',
    hostname: info.hostname ?? '',
    capabilities: (info.capabilities ?? []).map(({ type }) => type ?? 'UNKNOWN'),
    activated_slaves: active,
    deactivated_slaves: agents.length - active,
    unreachable_slaves: snapshot.unreachableCount,
    domain: info.domain && rawMessage(DOMAIN, info.domain),
    leader: info.pid ?? '',
    leader_info: {
      id: info.id,
      pid: info.pid ?? '',
      port: BigInt(info.port),
      hostname: info.hostname ?? '',
      domain: info.domain && rawMessage(DOMAIN, info.domain),
    },
    cluster: config.cluster,
    flags: flags(config),
    slaves: LazyList.of(agents, agentView),
    recovered_slaves: LazyList.of(snapshot.recovered, agentInfoView),
    frameworks: LazyList.ofAnswers(snapshot.frameworks, frameworkView),
    completed_frameworks: LazyList.ofAnswers(snapshot.completedFrameworks, frameworkView),
    // Impossible today; clients expect the keys.
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

/** GET /version. */
export function versionView(config: MasterConfig): LegacyAnswer {
  return build(config);
}

/** GET /flags. */
export function flagsView(config: MasterConfig): LegacyAnswer {
  return { flags: flags(config) };
}

/** What is running; `meseta` is our own key beside upstream's. There is no build whose date could be told. */
function build({ version }: MasterConfig): Readonly<Record<string, LegacyJson | undefined>> {
  return {
    version: version.version,
    meseta: { version: MESETA_VERSION },
    git_sha: version.git_sha,
    git_branch: version.git_branch,
    git_tag: version.git_tag,
    build_date: version.build_date ?? '',
    build_time: version.build_time ?? 0,
    build_user: version.build_user ?? '',
  };
}

function flags(config: MasterConfig): LegacyJson {
  return Object.fromEntries(config.flags.map(({ name, value }) => [name, value ?? '']));
}
