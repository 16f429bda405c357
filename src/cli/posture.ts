import { Octokit } from '@octokit/rest';
import { collectPosture } from '../github/posture/collect.ts';
import { readPosturePolicy } from '../github/posture/policy.ts';
import { systemClock } from '../github/clock.ts';
import { GitHubError } from '../github/errors.ts';
import { fetchWithTimeout } from '../github/octokit.ts';
import { retryRequests } from '../github/request-retries.ts';
import { VERSION } from '../pipeline/package-root.ts';
import { loadRuleSet } from '../pipeline/rule-set.ts';
import type { ControlState, Posture } from '../posture/control.ts';
import { judgePosture } from '../posture/judge.ts';
import { headlineOf, inOrder, renderPosture } from '../posture/render.ts';
import { SEVERITY_NAMES } from '../report/plain.ts';
import { stringifyVisibly } from '../report/json.ts';
import { apiUrlOf } from '../config/environment.ts';
import { valueOf, type Environment } from '../config/variables.ts';
import { EXIT, UsageError } from './exit.ts';
import { openOutput } from './line-output.ts';

export const POSTURE_FORMATS = ['text', 'json', 'markdown'] as const;

export interface PostureCommand {
  /** `OWNER/REPO`. */
  readonly repository: string;
  readonly branch: string | undefined;
  readonly appId: number | undefined;
  readonly format: (typeof POSTURE_FORMATS)[number];
  readonly environment: Environment;
}

/** Looks at how GitHub guards a repository, with the caller's own token. */
export async function runPosture(command: PostureCommand): Promise<number> {
  const [owner = '', repo = ''] = /^([\w.-]+)\/([\w.-]+)$/.exec(command.repository)?.slice(1) ?? [];
  if (owner === '') throw new UsageError(`${command.repository} is no repository: write OWNER/REPO.`);
  const octokit = createClient(command.environment);
  try {
    const client = { octokit, owner, repo };
    const facts = await collectPosture({
      ...client,
      branch: command.branch,
      appId: command.appId ?? null,
    });
    const { policy, problems } = await readPosturePolicy(client, await loadRuleSet(), facts.branch);
    for (const { path, line, message } of problems) {
      process.stderr.write(`${path}${line === null ? '' : `:${String(line)}`} ${message}\n`);
    }
    const posture = judgePosture(facts, policy.accept);
    const output = await openOutput(undefined);
    await output.write(render(posture, command.format));
    await output.close();
    return exitCodeOf(posture);
  } catch (error) {
    if (error instanceof GitHubError) throw new UsageError(explain(error, command));
    throw error;
  }
}

function createClient(environment: Environment): Octokit {
  const token = valueOf(environment, 'GITHUB_TOKEN') ?? valueOf(environment, 'GH_TOKEN');
  if (token === null) {
    throw new UsageError(
      'GITHUB_TOKEN is not set: a token that may read the repository, and its administration to see all settings.',
    );
  }
  return new (Octokit.plugin(retryRequests(systemClock)))({
    auth: token,
    baseUrl: apiUrlIn(environment),
    userAgent: `gitops-warden/${VERSION}`,
    request: { fetch: fetchWithTimeout },
  });
}

/** GITHUB_API_URL is what GitHub Actions sets. */
function apiUrlIn(environment: Environment): string {
  const url = valueOf(environment, 'GITHUB_API_URL');
  return url === null ? apiUrlOf(valueOf(environment, 'GHE_HOST')) : url.replace(/\/+$/, '');
}

function explain(error: GitHubError, { repository, branch }: PostureCommand): string {
  if (error.kind === 'unauthorized') return 'GitHub does not take the token in GITHUB_TOKEN.';
  if (error.kind === 'not-found') {
    const what = branch === undefined ? repository : `${repository} or its branch ${branch}`;
    return `${what} is not there, or the token may not see it.`;
  }
  return error.message;
}

function exitCodeOf({ controls }: Posture): number {
  const has = (state: ControlState): boolean =>
    controls.some((one) => one.state === state && one.severity !== 'info');
  if (has('weak')) return EXIT.blocked;
  return has('unread') ? EXIT.incomplete : EXIT.passed;
}

function render(posture: Posture, format: PostureCommand['format']): string {
  if (format === 'markdown') return `${renderPosture(posture)}\n`;
  if (format === 'json') return `${stringifyVisibly({ version: 1, ...posture })}\n`;
  const { owner, name, branch, controls } = posture;
  const blocks = inOrder(controls).map(({ state, severity, title, detail, why, mend, url }) => {
    if (state !== 'weak') return `${STATES[state]}  ${title}. ${detail}\n`;
    const page = url === null ? '' : `\n    ${url}`;
    return `${SEVERITY_NAMES[severity]}  ${title}. ${detail}\n    ${why}\n    ${mend}${page}\n`;
  });
  return [`${owner}/${name}, branch ${branch}: ${headlineOf(posture)}\n\n`, ...blocks].join('');
}

const STATES: Readonly<Record<Exclude<ControlState, 'weak'>, string>> = {
  ok: 'In order',
  unread: 'Not read',
  accepted: 'Accepted',
};
