import { NO_RECEIVERS } from '../../src/config/alert-settings.ts';
import type { EmbeddedRepository, Issue } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import type { AppOptions } from '../../src/github/app.ts';
import { openStore } from '../../src/store/store.ts';
import type { AuditEntry } from '../../src/store/audit-entry.ts';
import { startReceiver, type ReceiverServer } from '../alerts/receiver-server.ts';
import { deployment, HEALTHY, openStage } from './support.ts';

export const WEB = 'apps/web/deployment.yaml';
export const GOOD = deployment('ghcr.io/acme/web:1.0.0');
export const BAD = deployment('ghcr.io/acme/web:2.0.0', true);
const KEY = 'R0123456789abcdefghij0123456789a';

export interface AlertStage {
  readonly stage: Stage;
  readonly slack: ReceiverServer;
  readonly pager: ReceiverServer;
  readonly hook: ReceiverServer;
  readonly manager: ReceiverServer;
  newRepository(files?: Readonly<Record<string, string>>): Promise<EmbeddedRepository>;
  push(
    repository: EmbeddedRepository,
    files: Readonly<Record<string, string | null>>,
    more?: Partial<Parameters<Stage['github']['push']>[1]>,
  ): Promise<string>;
  /** Brings a change in as a pull request does. */
  merge(repository: EmbeddedRepository, files: Readonly<Record<string, string | null>>): Promise<void>;
  issuesOf(repository: EmbeddedRepository): readonly Issue[];
  commentsOf(issue: Issue | undefined): readonly string[];
  auditOf(repository: EmbeddedRepository): Promise<AuditEntry[]>;
  /** Forgets what receivers were told, and how they were to answer. */
  clear(): void;
  close(): Promise<void>;
}

/** An embedded GitHub, the App, and one receiver of each kind. */
export async function openAlertStage(appOptions: AppOptions = {}): Promise<AlertStage> {
  const slack = await startReceiver();
  const pager = await startReceiver();
  const hook = await startReceiver();
  const manager = await startReceiver();
  const receivers = [slack, pager, hook, manager];
  const stage = await openStage({
    settings: {
      alerts: {
        ...NO_RECEIVERS,
        slackUrl: `${slack.url}/services/hook`,
        alertmanagerUrl: manager.url,
        pagerDuty: { url: pager.url, routingKey: KEY },
        webhook: { url: hook.url, secret: 'not-a-real-secret' },
      },
    },
    appOptions: { timing: { retrySeconds: 0.2 }, ...appOptions },
  });
  const { github } = stage;
  let serial = 0;
  return {
    ...{ stage, slack, pager, hook, manager },
    async newRepository(files = {}) {
      serial += 1;
      const repository = await github.createRepository(`acme/deploy-${String(serial)}`, {
        private: true,
        protectedBranches: ['main'],
      });
      await github.commit(repository, { branch: 'main', files: { ...HEALTHY, ...files }, message: 'Base' });
      return repository;
    },
    push: (repository, files, more = {}) =>
      github.push(repository, { branch: 'main', files, message: 'Hotfix', user: 'bob', ...more }),
    async merge(repository, files) {
      const branch = `change-${String((serial += 1))}`;
      await github.commit(repository, { branch, from: 'main', files, message: 'Change' });
      const pullRequest = await github.openPullRequest(repository, { title: 'Change', head: branch });
      await stage.answered();
      await github.merge(pullRequest, 'merge', 'alice');
      await stage.answered();
    },
    issuesOf: (repository) => github.issues(repository),
    commentsOf: (issue) => (issue === undefined ? [] : github.issueComments(issue).map(({ body }) => body)),
    async auditOf(repository) {
      const store = await openStore(stage.settings);
      try {
        const found: AuditEntry[] = [];
        for await (const page of store.audit.search({})) found.push(...page);
        return found.filter((entry) => entry.repository === repository.fullName);
      } finally {
        await store.close();
      }
    },
    clear() {
      for (const { calls, answers } of receivers) {
        calls.length = 0;
        answers.length = 0;
      }
    },
    async close() {
      await stage.close();
      for (const server of receivers) await server.close();
    },
  };
}

/** What a receiver was told, oldest first. */
export function bodiesOf<T>({ calls }: ReceiverServer): T[] {
  return calls.map(({ body }) => JSON.parse(body) as T);
}
