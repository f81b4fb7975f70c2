import type { FrameworkInfo } from '../../../../sdk/v1/generated/mesos.ts';
import type { OfferConstraints } from '../../../../sdk/v1/generated/scheduler.ts';
import { roleError as upstreamRoleError } from '../../../../sdk/v1/resources-roles.ts';
import type { MasterConfig } from '../config.ts';
import { firstError, prefixed } from './first.ts';
import { idError } from './ids.ts';

/** Largest duration that upstream represents: int64 nanoseconds, in seconds. */
const DURATION_SECONDS_MAX = 9_223_372_036.854_776;

/** Differs: upstream has no bounds. A role is a place in the tree of shares, a level for each slash, searched on every change. */
const ROLES_MAX = 1_000;
const ROLE_CHARACTERS_MAX = 1_000;

/** Roles that a framework subscribes to: `roles` with MULTI_ROLE, else the one `role`. */
export function frameworkRoles(info: FrameworkInfo): ReadonlySet<string> {
  return new Set(hasCapability(info, 'MULTI_ROLE') ? (info.roles ?? []) : [info.role ?? '*']);
}

/** Whether the framework declares a capability. */
export function hasCapability(info: FrameworkInfo, type: string): boolean {
  return (info.capabilities ?? []).some((capability) => capability.type === type);
}

/**
 * What is wrong with a FrameworkInfo that subscribes or updates, in upstream's words and order.
 *
 * @param isCompleted tells whether an id belongs to a framework that is over.
 */
export function frameworkError(
  config: MasterConfig,
  info: FrameworkInfo,
  isCompleted: (id: string) => boolean,
): string | undefined {
  return firstError([
    () => rolesError(info),
    () => frameworkIdError(info),
    () => offerFiltersError(info),
    () => failoverTimeoutError(info),
    () => whitelistError(config, info),
    () =>
      info.user === 'root' && !config.rootSubmissions
        ? "User 'root' is not allowed to run frameworks without --root_submissions set"
        : undefined,
    () => (info.id !== undefined && isCompleted(info.id.value) ? 'Framework has been removed' : undefined),
  ]);
}

function rolesError(info: FrameworkInfo): string | undefined {
  const roles = info.roles ?? [];
  if (!hasCapability(info, 'MULTI_ROLE')) {
    if (roles.length > 0) return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
    return prefixed("'FrameworkInfo.role' is not a valid role: ", roleError(info.role ?? '*'));
  }
  if (info.role !== undefined) return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  if (roles.length > ROLES_MAX) {
    return `'FrameworkInfo.roles' has ${roles.length} items: at most ${ROLES_MAX} are allowed`;
  }
  const seen = new Set<string>();
  const repeated = new Set(roles.filter((role) => seen.size === seen.add(role).size));
  if (repeated.size > 0) return `'FrameworkInfo.roles' contains duplicate items: ${setText(repeated)}`;
  for (const role of roles) {
    const error = prefixed("'FrameworkInfo.roles' contains invalid role: ", roleError(role));
    if (error !== undefined) return error;
  }
  return undefined;
}

function roleError(role: string): string | undefined {
  if (role.length <= ROLE_CHARACTERS_MAX) return upstreamRoleError(role);
  return `it has ${role.length} characters: at most ${ROLE_CHARACTERS_MAX} are allowed`;
}

function frameworkIdError(info: FrameworkInfo): string | undefined {
  const id = info.id?.value ?? '';
  return id === '' ? undefined : idError(id);
}

function offerFiltersError(info: FrameworkInfo): string | undefined {
  for (const filters of Object.values(info.offer_filters ?? {})) {
    for (const { quantities = {} } of filters.min_allocatable_resources?.quantities ?? []) {
      if (Object.keys(quantities).length === 0) return 'Resource quantities must contain at least one quantity';
      for (const [name, { value }] of Object.entries(quantities)) {
        const error = prefixed(`Invalid resource quantity for '${name}': `, quantityError(value));
        if (error !== undefined) return error;
      }
    }
  }
  return undefined;
}

function quantityError(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN not supported';
  if (!Number.isFinite(value)) return 'Infinite values not supported';
  return value < 0 ? 'Negative values not supported' : undefined;
}

/** Negative timeouts pass, as upstream: they act as 0. */
function failoverTimeoutError(info: FrameworkInfo): string | undefined {
  const seconds = info.failover_timeout ?? 0;
  if (Math.abs(seconds) <= DURATION_SECONDS_MAX) return undefined;
  return `The framework failover_timeout (${doubleText(seconds)}) is invalid`;
}

function whitelistError(config: MasterConfig, info: FrameworkInfo): string | undefined {
  const { roleWhitelist } = config;
  if (roleWhitelist === undefined) return undefined;
  const unknown = [...frameworkRoles(info)].filter((role) => role !== '*' && !roleWhitelist.has(role));
  if (unknown.length === 0) return undefined;
  return `Roles ${setText(unknown)} are not present in the master's --roles`;
}

/** Suppressed roles and offer constraints may only name roles that the framework has. */
export function rolesOptionsError(
  roles: ReadonlySet<string>,
  suppressed: readonly string[],
  constraints: OfferConstraints | undefined,
): string | undefined {
  const unknown = [...new Set(suppressed)].filter((role) => !roles.has(role)).sort();
  if (unknown.length > 0) return `Suppressed roles ${setText(unknown)} are not contained in the set of roles`;
  const foreign = Object.keys(constraints?.role_constraints ?? {}).find((role) => !roles.has(role));
  if (foreign !== undefined) {
    return `Offer constraints specify \`role_constraints\` for a role '${foreign}'not contained in the set of roles`;
  }
  return undefined;
}

/** What an UPDATE_FRAMEWORK may not change. On SUBSCRIBE user and checkpoint are kept silently instead. */
export function frameworkUpdateError(old: FrameworkInfo, next: FrameworkInfo): string | undefined {
  if (old.principal !== next.principal) return "Changing framework's principal is not allowed.";
  if (old.user !== next.user) {
    return `Updating 'FrameworkInfo.user' is unsupported; attempted to update from '${old.user}' to '${next.user}'`;
  }
  const [from, to] = [old.checkpoint ?? false, next.checkpoint ?? false];
  if (from !== to) {
    return `Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from '${from}' to '${to}'`;
  }
  return undefined;
}

/** A set in upstream's text form: `{ a, b }`. */
export function setText(members: Iterable<string>): string {
  const list = [...members];
  return list.length === 0 ? '{}' : `{ ${list.join(', ')} }`;
}

/** A double as C++ streams print it: `1e+30`. */
function doubleText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  if (Number.isNaN(value)) return 'nan';
  return String(Number(value.toPrecision(15))).replace(
    /e\+?(-?)(\d)$/,
    (_all, sign: string, digit: string) => `e${sign || '+'}0${digit}`,
  );
}
