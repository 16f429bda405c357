import type { Alert } from './alert.ts';
import { alertMarker, renderAlert } from './render.ts';

export const ALERT_LABEL = 'gitops-warden';

export interface OwnIssue {
  readonly url: string;
  readonly body: string;
}

/** Issues of the repository that the alert is about. */
export interface AlertIssuePort {
  /** Open and closed issues with the label that our own App wrote. */
  list(label: string): Promise<readonly OwnIssue[]>;
  /** Calls `find` before it repeats a request that may have had its effect. */
  create(
    issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] },
    find: () => Promise<{ url: string } | null>,
  ): Promise<{ url: string }>;
}

/** Opens the issue of an alert, unless it was opened before; also when somebody has closed it since. */
export async function raiseIssue(
  port: AlertIssuePort,
  alert: Alert,
): Promise<{ readonly url: string; readonly opened: boolean }> {
  const marker = alertMarker(alert);
  const find = async (): Promise<{ url: string } | null> => {
    const own = await port.list(ALERT_LABEL);
    return own.find((issue) => lastLine(issue.body) === marker) ?? null;
  };
  const existing = await find();
  if (existing !== null) return { url: existing.url, opened: false };
  const { title, body } = renderAlert(alert);
  const created = await port.create({ title, body, labels: [ALERT_LABEL] }, find);
  return { url: created.url, opened: true };
}

function lastLine(body: string): string {
  return body.trimEnd().split(/\r?\n/).at(-1) ?? '';
}
