import type { AppDefinition } from './app.ts';

/** Structural equality of plain JSON values; absent and undefined are the same. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (Array.isArray(left)) {
    const other = right as readonly unknown[];
    return left.length === other.length && left.every((value, index) => sameJson(value, other[index]));
  }
  const a = left as Record<string, unknown>;
  const b = right as Record<string, unknown>;
  const bKeys = Object.keys(b).filter((key) => b[key] !== undefined);
  const aKeys = Object.keys(a).filter((key) => a[key] !== undefined);
  return aKeys.length === bKeys.length && aKeys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

/** True when `next` runs differently from `previous`: everything counts but instances and versions. */
export function isConfigChange(previous: AppDefinition, next: AppDefinition): boolean {
  if (previous === next) return false;
  return !sameJson(configOf(previous), configOf(next));
}

function configOf(app: AppDefinition): unknown {
  return { ...app, instances: undefined, version: undefined, versionInfo: undefined };
}
