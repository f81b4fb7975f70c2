import type { AppDefinition } from './app.ts';
import { isConfigChange } from './compare.ts';
import type { Group } from './group.ts';
import { allApps, findApp } from './group.ts';
import { mapChangedApps } from './tree.ts';

/** Where unset service ports are taken from, inclusive. */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/** No free service port is left in the range. */
export class PortsExhaustedError extends Error {
  override name = 'PortsExhaustedError';
}

/**
 * Gives every port 0 of a new or changed app a service port: first those that the app had before and names no more, then
 * the lowest number that no app uses before or after the change.
 *
 * @throws PortsExhaustedError
 */
export function assignServicePorts(from: Group, to: Group, range: PortRange, version: string): Group {
  let free: Generator<number> | undefined;
  const nextFree = (): number => {
    free ??= freePorts(from, to, range);
    const next = free.next();
    if (next.done === true)
      throw new PortsExhaustedError(
        `All ports in the range [${range.min}-${range.max}] are already in use; a wider --local_port_min, --local_port_max helps`,
      );
    return next.value;
  };
  return mapChangedApps(from, to, version, (app) => {
    if (!app.portDefinitions.some((definition) => definition.port === 0)) return app;
    const before = findApp(from, app.id);
    if (before !== undefined && !isConfigChange(before, app)) return app;
    return assignPorts(app, before, range, nextFree);
  });
}

function assignPorts(
  app: AppDefinition,
  before: AppDefinition | undefined,
  range: PortRange,
  nextFree: () => number,
): AppDefinition {
  const named = new Set(app.portDefinitions.map((definition) => definition.port));
  const reusable = (before?.portDefinitions ?? [])
    .map((definition) => definition.port)
    .filter((port) => port >= range.min && port <= range.max && !named.has(port));
  return {
    ...app,
    portDefinitions: app.portDefinitions.map((definition) =>
      definition.port === 0 ? { ...definition, port: reusable.shift() ?? nextFree() } : definition,
    ),
  };
}

function* freePorts(from: Group, to: Group, range: PortRange): Generator<number> {
  const used = new Set<number>();
  for (const root of [from, to])
    for (const app of allApps(root)) for (const definition of app.portDefinitions) used.add(definition.port);
  for (let port = range.min; port <= range.max; port++) if (!used.has(port)) yield port;
}
