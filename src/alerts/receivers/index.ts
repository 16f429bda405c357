import type { AlertSettings } from '../../config/alert-settings.ts';
import { alertmanagerReceiver } from './alertmanager.ts';
import { pagerDutyReceiver } from './pagerduty.ts';
import type { Receiver } from './receiver.ts';
import { slackReceiver } from './slack.ts';
import { webhookReceiver } from './webhook.ts';

/** Whom an operator has configured. */
export function createReceivers(settings: AlertSettings): readonly Receiver[] {
  const { slackUrl, alertmanagerUrl, pagerDuty, webhook } = settings;
  return [
    ...(slackUrl === null ? [] : [slackReceiver(new URL(slackUrl))]),
    ...(alertmanagerUrl === null ? [] : [alertmanagerReceiver(new URL(alertmanagerUrl))]),
    ...(pagerDuty === null ? [] : [pagerDutyReceiver(new URL(pagerDuty.url), pagerDuty.routingKey)]),
    ...(webhook === null ? [] : [webhookReceiver(new URL(webhook.url), webhook.secret)]),
  ];
}
