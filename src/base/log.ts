export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
type LogFields = Readonly<Record<string, unknown>>;
export type Logger = Readonly<Record<LogLevel, (event: string, fields?: LogFields) => void>>;

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** One line an event: `warn connection refused clientId="pump-7" reason="takeover"`. */
export function lineLogger(write: (line: string) => void, least: LogLevel = 'info'): Logger {
  const at = (level: LogLevel) =>
    levels.indexOf(level) < levels.indexOf(least)
      ? () => undefined
      : (event: string, fields: LogFields = {}) => write(formatLine(level, event, fields));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLogger: Logger = lineLogger(() => undefined, 'error');

function formatLine(level: LogLevel, event: string, fields: LogFields): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `${level} ${event}${parts.join('')}`;
}
