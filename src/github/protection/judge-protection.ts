import type { Weakening, WeakenedProtectionAlert } from '../../alerts/alert.ts';
import { alertRepository } from '../alert-repository.ts';
import { CHECK_NAME } from '../../report/check-run.ts';
import { requiredCheckApp } from '../api/commits.ts';
import type { JobContext } from '../dependencies.ts';
import { GitHubError } from '../errors.ts';
import { close, openIncidents, raiseAlert } from '../incidents.ts';
import type { JudgeProtectionJob } from '../job.ts';
import type { ProtectionChange, ProtectionRule } from './protection-rule.ts';
import { covers, weakeningsOf, type Surroundings } from './weakenings.ts';

/**
 * Compares what a rule of GitHub asks for with what it asked for before, as it was seen last or else as the event
 * tells. What became weaker is raised; what was put back ends the incident.
 */
export async function judgeProtection(context: JobContext, job: JudgeProtectionJob): Promise<void> {
  const { change, actor } = job;
  const rule = change.after ?? change.before;
  if (rule === null) return;
  const { pinned: after, notChecked } = await pinChecks(context, change.after, change.touchesChecks);
  const before = (await recall(context, rule)) ?? earlierOf(change, after);
  const surroundings: Surroundings = {
    defaultBranch: context.repository.defaultBranch,
    branches: [],
    appId: context.environment.appId,
  };
  const weakenings = weakeningsOf(before, after, surroundings);
  if (weakenings.length === 0) {
    await settle(context, after, actor, surroundings);
  } else if (before !== null) {
    await raise(context, job, before, weakenings, notChecked);
  }
  // Last: an attempt that fails before must find what it compares with.
  await remember(context, rule, after);
}

/** What the event tells of the rule before. Apps of checks of which it does not speak have stayed the same. */
function earlierOf(
  { before, touchesChecks }: ProtectionChange,
  after: ProtectionRule | null,
): ProtectionRule | null {
  if (before === null || after === null || touchesChecks) return before;
  return { ...before, checks: after.checks };
}

async function raise(
  context: JobContext,
  { change, actor }: JudgeProtectionJob,
  before: ProtectionRule,
  weakenings: readonly Weakening[],
  notChecked: readonly string[],
): Promise<void> {
  const alert: WeakenedProtectionAlert = {
    kind: 'weakened-protection',
    repository: alertRepository(context),
    source: before.source,
    ruleId: before.id,
    ruleName: before.name,
    change: change.after === null ? 'deleted' : 'edited',
    actor,
    weakenings,
    notChecked,
  };
  const incident = await raiseAlert(context, alert, { guarded: false, baseline: JSON.stringify(before) });
  context.log.warn({ incident: incident.id, actor, rule: before.name }, 'Protection became weaker');
}

/** Ends incidents of a rule that asks for as much again as before them. */
async function settle(
  context: JobContext,
  after: ProtectionRule | null,
  actor: string,
  surroundings: Surroundings,
): Promise<void> {
  if (after === null) return;
  for (const incident of await openIncidents(context, `${after.source}/${after.name}`)) {
    const baseline = incident.baseline === null ? null : (JSON.parse(incident.baseline) as ProtectionRule);
    if (baseline === null || weakeningsOf(baseline, after, surroundings).length > 0) continue;
    await close(context, incident, { how: 'put-back', by: actor });
  }
}

interface Pinned {
  readonly pinned: ProtectionRule | null;
  readonly notChecked: readonly string[];
}

/** A branch protection event does not say from which App a check must come; the branch itself does. */
async function pinChecks(
  context: JobContext,
  rule: ProtectionRule | null,
  touchesChecks: boolean,
): Promise<Pinned> {
  const ours = rule?.checks.some(({ name, app }) => name === CHECK_NAME && app === undefined) === true;
  const { defaultBranch } = context.repository;
  if (rule === null || !ours || !covers(rule, defaultBranch, defaultBranch)) {
    return { pinned: rule, notChecked: [] };
  }
  try {
    const app = await requiredCheckApp(context.api, defaultBranch, CHECK_NAME);
    const checks = rule.checks.map((check) => (check.name === CHECK_NAME ? { ...check, app } : check));
    return {
      pinned: app === undefined ? rule : { ...rule, checks: checks as ProtectionRule['checks'] },
      notChecked: [],
    };
  } catch (error) {
    if (!(error instanceof GitHubError) || !['permission', 'not-found'].includes(error.kind)) throw error;
    const note = `Whether the check ${CHECK_NAME} must come from this App could not be asked.`;
    return { pinned: rule, notChecked: touchesChecks ? [note] : [] };
  }
}

async function recall(context: JobContext, rule: ProtectionRule): Promise<ProtectionRule | null> {
  const stored = await context.environment.ledger.mark(nameOf(context, rule));
  return stored === null || stored === '' ? null : (JSON.parse(stored) as ProtectionRule);
}

async function remember(
  context: JobContext,
  rule: ProtectionRule,
  after: ProtectionRule | null,
): Promise<void> {
  await context.environment.ledger.setMark(
    nameOf(context, rule),
    after === null ? '' : JSON.stringify(after),
  );
}

function nameOf({ repository }: JobContext, { source, id }: ProtectionRule): string {
  return `protection/${String(repository.id)}/${source}/${String(id)}`;
}
