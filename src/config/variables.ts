/** Every variable that is read; `.env.example` has the same. */
export const VARIABLES = [
  'APP_ID',
  'PRIVATE_KEY',
  'PRIVATE_KEY_FILE',
  'PRIVATE_KEY_PATH',
  'WEBHOOK_SECRET',
  'WEBHOOK_SECRET_FILE',
  'WEBHOOK_SECRET_PREVIOUS',
  'WEBHOOK_SECRET_PREVIOUS_FILE',
  'HOST',
  'PORT',
  'GHE_HOST',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'METRICS_TOKEN',
  'METRICS_TOKEN_FILE',
  'DATABASE_URL',
  'DATABASE_URL_FILE',
  'DATA_DIRECTORY',
  'AUDIT_RETENTION_DAYS',
  'CACHE_DIRECTORY',
  'CACHE_MAX_SIZE',
  'CACHE_MAX_AGE_DAYS',
  'RULES_PATH',
  'GITLEAKS_CONFIG',
  'FINGERPRINT_KEY',
  'FINGERPRINT_KEY_FILE',
  'ALERT_SLACK_WEBHOOK_URL',
  'ALERT_SLACK_WEBHOOK_URL_FILE',
  'ALERT_ALERTMANAGER_URL',
  'ALERT_ALERTMANAGER_URL_FILE',
  'ALERT_PAGERDUTY_ROUTING_KEY',
  'ALERT_PAGERDUTY_ROUTING_KEY_FILE',
  'ALERT_PAGERDUTY_URL',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_URL_FILE',
  'ALERT_WEBHOOK_SECRET',
  'ALERT_WEBHOOK_SECRET_FILE',
  'ALERT_MIN_SEVERITY',
  'CONCURRENCY',
  'DRAIN_SECONDS',
  'SWEEP_MINUTES',
  'POSTURE_HOURS',
  'ORG_POLICY',
] as const;
export type Variable = (typeof VARIABLES)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable without the white space around it; null when it is unset or empty. */
export function valueOf(environment: Environment, name: string): string | null {
  const value = environment[name]?.trim();
  return value === undefined || value === '' ? null : value;
}

/** Reads variables that are not secret, and collects what is wrong with them. */
export interface VariableReader {
  readonly text: (name: Variable) => string | null;
  /** Limits are inclusive. */
  readonly wholeNumber: (name: Variable, fallback: number, min: number, max: number) => number;
  readonly oneOf: <Choice extends string>(
    name: Variable,
    fallback: Choice,
    choices: readonly Choice[],
  ) => Choice;
  /** In bytes; limits as the variable itself would say them, inclusive. */
  readonly size: (name: Variable, fallback: Size, min: Size, max: Size) => number;
}

type Unit = 'Mi' | 'Gi' | 'Ti';
export type Size = `${number}${Unit}B`;

/** @param report gets one sentence for each problem; none quotes a value */
export function createVariableReader(
  environment: Environment,
  report: (problem: string) => void,
): VariableReader {
  const text = (name: Variable): string | null => valueOf(environment, name);
  return {
    text,
    wholeNumber(name, fallback, min, max) {
      const given = text(name);
      if (given === null) return fallback;
      const value = /^\d{1,16}$/.test(given) ? Number(given) : NaN;
      if (value >= min && value <= max) return value;
      report(`${name} must be a whole number from ${min} to ${max}.`);
      return fallback;
    },
    oneOf(name, fallback, choices) {
      const given = text(name);
      const choice = choices.find((one) => one === (given ?? fallback));
      if (choice === undefined) report(`${name} must be one of ${choices.join(', ')}.`);
      return choice ?? fallback;
    },
    size(name, fallback, min, max) {
      const given = text(name);
      const bytes = bytesOf(given ?? fallback);
      if (bytes !== null && bytes >= bytesOfSize(min) && bytes <= bytesOfSize(max)) return bytes;
      report(`${name} must be a size from ${min} to ${max}, such as 500MiB or ${fallback}.`);
      return bytesOfSize(fallback);
    },
  };
}

const BYTES: Readonly<Record<Unit, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Takes Kubernetes' way of writing it too: `10Gi`. */
function bytesOf(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?) ?([MGT]i)B?$/.exec(text);
  return match === null ? null : Math.floor(Number(match[1]) * BYTES[match[2] as Unit]);
}

function bytesOfSize(size: Size): number {
  return bytesOf(size) ?? 0;
}
