import { describe, expect, test } from '@jest/globals';
import { NO_RECEIVERS } from '../../src/config/alert-settings.ts';
import { readReceiverSettings } from '../../src/config/environment.ts';

const noFiles = (): Buffer => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};
const read = (environment: Record<string, string>) => readReceiverSettings(environment, noFiles);
const KEY = 'k'.repeat(32);
const SECRET = 's'.repeat(20);

describe('who is told about alerts', () => {
  test('is nobody when nothing is set', () => {
    expect(read({})).toEqual({ settings: NO_RECEIVERS, problems: [] });
  });

  test('is read', () => {
    const { settings } = read({
      ALERT_SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/x',
      ALERT_ALERTMANAGER_URL: 'http://user:p%40ss@alertmanager:9093',
      ALERT_PAGERDUTY_ROUTING_KEY: KEY,
      ALERT_WEBHOOK_URL: 'https://hooks.example.com/x?y=z',
      ALERT_WEBHOOK_SECRET: SECRET,
      ALERT_MIN_SEVERITY: 'critical',
    });
    expect(settings).toEqual({
      slackUrl: 'https://hooks.slack.example/services/x',
      alertmanagerUrl: 'http://user:p%40ss@alertmanager:9093',
      pagerDuty: { url: 'https://events.pagerduty.com', routingKey: KEY },
      webhook: { url: 'https://hooks.example.com/x?y=z', secret: SECRET },
      minSeverity: 'critical',
    });
  });

  test('in the EU is the region of PagerDuty that is named', () => {
    const { settings } = read({
      ALERT_PAGERDUTY_ROUTING_KEY: KEY,
      ALERT_PAGERDUTY_URL: 'https://events.eu.pagerduty.com',
    });
    expect(settings?.pagerDuty?.url).toBe('https://events.eu.pagerduty.com');
  });

  test.each<[Record<string, string>, string]>([
    [{ ALERT_SLACK_WEBHOOK_URL: 'hooks.slack.com/x' }, 'ALERT_SLACK_WEBHOOK_URL must hold an http(s) URL'],
    [{ ALERT_SLACK_WEBHOOK_URL: 'https://u:hunter@x.example' }, 'without a user and a password'],
    [{ ALERT_SLACK_WEBHOOK_URL: 'file:///etc/passwd' }, 'must hold an http(s) URL'],
    [{ ALERT_ALERTMANAGER_URL: 'http://u:%zz@x.example' }, 'ALERT_ALERTMANAGER_URL must hold'],
    [
      { ALERT_PAGERDUTY_ROUTING_KEY: 'hunter 2' },
      'ALERT_PAGERDUTY_ROUTING_KEY must hold the integration key',
    ],
    [{ ALERT_PAGERDUTY_URL: 'https://events.eu.pagerduty.com' }, 'without ALERT_PAGERDUTY_ROUTING_KEY'],
    [{ ALERT_PAGERDUTY_ROUTING_KEY: KEY, ALERT_PAGERDUTY_URL: 'nowhere' }, 'ALERT_PAGERDUTY_URL must be'],
    [{ ALERT_WEBHOOK_URL: 'https://x.example' }, 'without ALERT_WEBHOOK_SECRET'],
    [{ ALERT_WEBHOOK_SECRET: SECRET }, 'without ALERT_WEBHOOK_URL'],
    [{ ALERT_WEBHOOK_URL: 'https://x.example', ALERT_WEBHOOK_SECRET: 'hunter' }, 'too short'],
    [{ ALERT_MIN_SEVERITY: 'hunter' }, 'ALERT_MIN_SEVERITY must be one of warning, critical'],
    [{ ALERT_SLACK_WEBHOOK_URL_FILE: '/none' }, 'cannot be read (ENOENT)'],
  ])('is refused with a reason that quotes nothing: %j', (environment, reason) => {
    const { settings, problems } = read(environment);
    expect(settings).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(reason);
    expect(problems[0]).not.toContain('hunter');
  });
});
