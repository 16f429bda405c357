import { longLine, type Report } from './secrets.ts';
import { lineIn, type SecretReader } from './secret-sources.ts';
import type { Variable, VariableReader } from './variables.ts';

/** Where alerts go beside the issue; null: not there. Addresses and keys are secret. */
export interface AlertSettings {
  readonly slackUrl: string | null;
  /** May hold a user and a password. */
  readonly alertmanagerUrl: string | null;
  readonly pagerDuty: { readonly url: string; readonly routingKey: string } | null;
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  /** Receivers hear nothing of what weighs less; the issue is opened all the same. */
  readonly minSeverity: MinSeverity;
}

export const MIN_SEVERITIES = ['warning', 'critical'] as const;
export type MinSeverity = (typeof MIN_SEVERITIES)[number];

/** What holds when nothing is set. */
export const NO_RECEIVERS: AlertSettings = {
  slackUrl: null,
  alertmanagerUrl: null,
  pagerDuty: null,
  webhook: null,
  minSeverity: 'warning',
};

const PAGERDUTY = 'https://events.pagerduty.com';

/** Reads who is told about alerts, and reports what is wrong without quoting a value. */
export function readAlertSettings(
  { text, oneOf }: VariableReader,
  readSecret: SecretReader,
  report: Report,
): AlertSettings {
  const routingKey = readRoutingKey(readSecret, report);
  const pagerDutyUrl = readPlainUrl('ALERT_PAGERDUTY_URL', text('ALERT_PAGERDUTY_URL'), report);
  if (text('ALERT_PAGERDUTY_URL') !== null && routingKey === null) {
    report(
      'ALERT_PAGERDUTY_URL is set without ALERT_PAGERDUTY_ROUTING_KEY: set the key of the integration too.',
    );
  }
  return {
    slackUrl: readUrl(readSecret, 'ALERT_SLACK_WEBHOOK_URL', 'ALERT_SLACK_WEBHOOK_URL_FILE', report),
    alertmanagerUrl: readUrl(
      readSecret,
      'ALERT_ALERTMANAGER_URL',
      'ALERT_ALERTMANAGER_URL_FILE',
      report,
      true,
    ),
    pagerDuty: routingKey === null ? null : { url: pagerDutyUrl ?? PAGERDUTY, routingKey },
    webhook: readWebhook(readSecret, report),
    minSeverity: oneOf('ALERT_MIN_SEVERITY', 'warning', MIN_SEVERITIES),
  };
}

function readRoutingKey(readSecret: SecretReader, report: Report): string | null {
  const given = readSecret('ALERT_PAGERDUTY_ROUTING_KEY', ['ALERT_PAGERDUTY_ROUTING_KEY_FILE']);
  if (given === null) return null;
  const key = lineIn(given.content);
  if (key !== null && /^[A-Za-z0-9_-]{20,64}$/.test(key)) return key;
  report(
    `${given.subject} must hold the integration key of an Events API v2 integration: 32 letters and digits.`,
  );
  return null;
}

function readWebhook(readSecret: SecretReader, report: Report): AlertSettings['webhook'] {
  const url = readUrl(readSecret, 'ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_URL_FILE', report);
  const given = readSecret('ALERT_WEBHOOK_SECRET', ['ALERT_WEBHOOK_SECRET_FILE']);
  const secret = given === null ? null : longLine(given, report);
  if (url !== null && given === null) {
    report('ALERT_WEBHOOK_URL is set without ALERT_WEBHOOK_SECRET: the receiver could not tell who calls.');
  }
  if (url === null && secret !== null) {
    report('ALERT_WEBHOOK_SECRET is set without ALERT_WEBHOOK_URL: there is nobody to send to.');
  }
  return url === null || secret === null ? null : { url, secret };
}

function readUrl(
  readSecret: SecretReader,
  name: Variable,
  file: Variable,
  report: Report,
  mayHoldLogin = false,
): string | null {
  const given = readSecret(name, [file]);
  if (given === null) return null;
  const line = lineIn(given.content);
  if (line !== null && isHttpUrl(line, mayHoldLogin)) return line;
  report(
    `${given.subject} must hold an http(s) URL${mayHoldLogin ? '' : ' without a user and a password'}, such as https://hooks.example.com/alerts.`,
  );
  return null;
}

function readPlainUrl(name: Variable, given: string | null, report: Report): string | null {
  if (given === null || isHttpUrl(given, false)) return given;
  report(
    `${name} must be an http(s) URL without a user and a password, such as https://events.eu.pagerduty.com.`,
  );
  return null;
}

/** A login has to be decodable: it is sent as a header. */
function isHttpUrl(text: string, mayHoldLogin: boolean): boolean {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.hash !== '') return false;
  if (!mayHoldLogin) return url.username === '' && url.password === '';
  try {
    [url.username, url.password].forEach(decodeURIComponent);
    return true;
  } catch {
    return false;
  }
}
