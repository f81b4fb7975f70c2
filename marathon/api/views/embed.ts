/** What of an app's runtime an answer carries beside the definition. */
export type AppEmbed = 'tasks' | 'counts' | 'deployments' | 'readiness' | 'lastTaskFailure' | 'taskStats';

/** What of a group an answer carries. */
export type GroupEmbed = 'group.groups' | 'group.apps' | 'group.pods';

const APP_EMBEDS: Readonly<Record<string, readonly AppEmbed[]>> = {
  tasks: ['tasks', 'deployments'],
  failures: ['tasks', 'lastTaskFailure', 'deployments'],
  deployments: ['deployments'],
  readiness: ['readiness'],
  lastTaskFailure: ['lastTaskFailure'],
  counts: ['counts'],
  taskStats: ['taskStats'],
};

/** App embeds of a query: any known prefix or none; unknown names are ignored, as upstream does. */
export function appEmbeds(names: readonly string[], always: readonly AppEmbed[] = []): ReadonlySet<AppEmbed> {
  const embeds = new Set(always);
  for (const name of names)
    for (const embed of APP_EMBEDS[name.replace(/^(?:group\.apps\.|apps\.|app\.)/, '')] ?? []) embeds.add(embed);
  return embeds;
}

/** Embeds of a group query; without any, groups, apps and pods. */
export function groupEmbeds(names: readonly string[]): {
  readonly group: ReadonlySet<GroupEmbed>;
  readonly app: ReadonlySet<AppEmbed>;
} {
  const given = names.length === 0 ? ['group.groups', 'group.apps', 'group.pods'] : names;
  const isGroupEmbed = (name: string): name is GroupEmbed => /^group\.(groups|apps|pods)$/.test(name);
  return {
    group: new Set(given.filter(isGroupEmbed)),
    app: appEmbeds(given.filter((name) => name.startsWith('group.apps.'))),
  };
}
