import { type Logger as PinoLogger, pino } from 'pino';

/** What daemons log through. */
export type Logger = PinoLogger;

/** `auto` writes short lines on a terminal and JSON lines elsewhere. */
export type LogFormat = 'auto' | 'plain' | 'json';

/** Header names and keys whose values never reach a log. */
const SECRETS = ['authorization', 'cookie', 'secret', 'password', 'token'];

/**
 * A daemon's logger, on stderr.
 *
 * @param name the daemon, part of every line.
 */
export function createLogger(name: string, format: LogFormat = 'auto'): Logger {
  const isPlain = format === 'plain' || (format === 'auto' && process.stderr.isTTY === true);
  const options = {
    name,
    level: process.env['MESETA_LOG_LEVEL'] ?? 'info',
    redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[hidden]' },
  };
  return isPlain
    ? pino(options, { write: (line: string) => process.stderr.write(plainLine(line)) })
    : pino(options, pino.destination({ dest: 2, sync: true }));
}

const LETTERS: Readonly<Record<number, string>> = { 10: 'T', 20: 'D', 30: 'I', 40: 'W', 50: 'E', 60: 'F' };

/** `I 09:03:03.123 mesos-master] message key=value`, in the manner of upstream's log lines. */
function plainLine(json: string): string {
  const {
    level,
    time,
    name,
    msg,
    pid: _pid,
    hostname: _hostname,
    err,
    ...rest
  } = JSON.parse(json) as Record<string, unknown>;
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const pairs = Object.entries(rest).map(([key, value]) => {
    return ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  const failure = (err as { message?: string; stack?: string } | undefined)?.stack;
  return `${LETTERS[Number(level)] ?? '?'} ${clock} ${String(name)}] ${String(msg)}${pairs.join('')}${failure ? `\n${failure}` : ''}\n`;
}
