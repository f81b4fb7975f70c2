import type { CheckInfo, CommandInfo, Environment, HealthCheck } from '../../../../sdk/v1/generated/mesos.ts';
import { firstError, prefixed } from './first.ts';

/** What upstream finds wrong with a command: only its environment is looked at. */
export function commandError(command: CommandInfo): string | undefined {
  return environmentError(command.environment);
}

/**
 * What is wrong with a command that a task or executor runs. Differs: without a value it is refused; upstream launches an
 * executor that aborts.
 */
export function runnableError(command: CommandInfo): string | undefined {
  return commandError(command) ?? (command.value === undefined ? "Expecting 'value' to be set" : undefined);
}

function environmentError(environment: Environment | undefined): string | undefined {
  for (const variable of environment?.variables ?? []) {
    const type = variable.type ?? 'VALUE';
    const name = `Environment variable '${variable.name}' of type '${type}'`;
    if (type === 'UNKNOWN') return "Environment variable of type 'UNKNOWN' is not allowed";
    if (type === 'SECRET') {
      if (variable.secret === undefined) return `${name} must have a secret set`;
      if (variable.value !== undefined) return `${name} must not have a value set`;
      continue;
    }
    if (variable.value === undefined) return `${name} must have a value set`;
    if (variable.secret !== undefined) return `${name} must not have a secret set`;
  }
  return undefined;
}

/** What upstream finds wrong with a task's check. */
export function checkError(check: CheckInfo): string | undefined {
  return firstError([() => checkKindError(check), () => secondsError(check)]);
}

function checkKindError(check: CheckInfo): string | undefined {
  switch (check.type) {
    case undefined:
      return "CheckInfo must specify 'type'";
    case 'COMMAND': {
      if (check.command === undefined) return "Expecting 'command' to be set for COMMAND check";
      const { command } = check.command;
      if (command.value === undefined) return `Command check must contain ${commandNoun(command)}`;
      return prefixed("Check's `CommandInfo` is invalid: ", commandError(command));
    }
    case 'HTTP': {
      if (check.http === undefined) return "Expecting 'http' to be set for HTTP check";
      const { path } = check.http;
      return path !== undefined && !path.startsWith('/')
        ? `The path '${path}' of HTTP check must start with '/'`
        : undefined;
    }
    case 'TCP':
      return check.tcp === undefined ? "Expecting 'tcp' to be set for TCP check" : undefined;
    default:
      return `'${check.type}' is not a valid check type`;
  }
}

/** What upstream finds wrong with a task's health check. */
export function healthCheckError(check: HealthCheck): string | undefined {
  return firstError([
    () => healthCheckKindError(check),
    () => negativeError('delay_seconds', check.delay_seconds),
    () => negativeError('grace_period_seconds', check.grace_period_seconds),
    () => negativeError('interval_seconds', check.interval_seconds),
    () => negativeError('timeout_seconds', check.timeout_seconds),
  ]);
}

function healthCheckKindError(check: HealthCheck): string | undefined {
  switch (check.type) {
    case undefined:
      return "HealthCheck must specify 'type'";
    case 'COMMAND': {
      if (check.command === undefined) return "Expecting 'command' to be set for COMMAND health check";
      if (check.command.value === undefined) return `Command health check must contain ${commandNoun(check.command)}`;
      return prefixed("Health check's `CommandInfo` is invalid: ", commandError(check.command));
    }
    case 'HTTP': {
      if (check.http === undefined) return "Expecting 'http' to be set for HTTP health check";
      const { scheme, path } = check.http;
      if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
        return `Unsupported HTTP health check scheme: '${scheme}'`;
      }
      return path !== undefined && !path.startsWith('/')
        ? `The path '${path}' of HTTP health check must start with '/'`
        : undefined;
    }
    case 'TCP':
      return check.tcp === undefined ? "Expecting 'tcp' to be set for TCP health check" : undefined;
    default:
      return `'${check.type}' is not a valid health check type`;
  }
}

function secondsError(check: CheckInfo): string | undefined {
  return firstError([
    () => negativeError('delay_seconds', check.delay_seconds),
    () => negativeError('interval_seconds', check.interval_seconds),
    () => negativeError('timeout_seconds', check.timeout_seconds),
  ]);
}

/** Differs: NaN and infinite seconds are refused too; upstream passes them on to a timer. */
function negativeError(field: string, seconds: number | undefined): string | undefined {
  if (seconds === undefined || (seconds >= 0 && Number.isFinite(seconds))) return undefined;
  return `Expecting '${field}' to be non-negative`;
}

function commandNoun(command: CommandInfo): string {
  return (command.shell ?? true) ? "'shell command'" : "'executable path'";
}
