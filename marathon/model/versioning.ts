import type { AppDefinition } from './app.ts';
import { isConfigChange } from './compare.ts';
import type { Group } from './group.ts';
import { findApp } from './group.ts';
import { mapChangedApps } from './tree.ts';

/** The version of an app that is to be restarted as it is; {@link versionChangedApps} replaces it. */
export const RESTART_VERSION = 'restart';

/** Marks an app for a restart of all its instances. */
export function markForRestart(app: AppDefinition): AppDefinition {
  return { ...app, version: RESTART_VERSION };
}

/**
 * Gives changed apps their versions, and the root `version` in any case.
 *
 *     new, or configured otherwise -> version, lastScalingAt, lastConfigChangeAt = now
 *     only other instances         -> version, lastScalingAt = now
 *     marked for restart           -> version, lastConfigChangeAt = now (source: upstream's FullVersionInfo)
 *     unchanged                    -> as before
 */
export function versionChangedApps(from: Group, to: Group, version: string): Group {
  const versioned = mapChangedApps(from, to, version, (app) => {
    const before = findApp(from, app.id);
    if (before === app) return app;
    return versionApp(before, app, version);
  });
  return { ...versioned, version };
}

function versionApp(before: AppDefinition | undefined, app: AppDefinition, version: string): AppDefinition {
  if (before === undefined || isConfigChange(before, app))
    return { ...app, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
  if (before.instances !== app.instances)
    return { ...app, version, versionInfo: { ...before.versionInfo, lastScalingAt: version } };
  if (app.version === RESTART_VERSION)
    return { ...app, version, versionInfo: { ...before.versionInfo, lastConfigChangeAt: version } };
  return before;
}
