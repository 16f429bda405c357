import type { Finding } from '../../engine/finding.ts';
import type { Report } from '../../engine/report.ts';
import type { RuleDefinition } from '../../engine/rule.ts';
import { dayOf } from '../../engine/waiver.ts';
import { mayBeWaived, type WaiverPolicy } from '../../engine/waiver-policy.ts';
import { code, escapeMarkdown } from '../../report/markdown.ts';
import { placeOf, plural } from '../../report/plain.ts';
import { APP_ACTOR } from '../../store/audit-trail.ts';
import type { AuditWaiver } from '../../store/audit-entry.ts';
import type { GivenWaiver } from '../../store/waivers.ts';
import type { JobContext } from '../dependencies.ts';
import { factsOf } from '../record.ts';
import { accepted, refused, type Outcome } from './answer.ts';
import { nothingToWaive, select, waivableOf } from './findings.ts';
import type { Command } from './parse.ts';
import { notSeen, rightToWaive, type Asker } from './rights.ts';
import type { Scene } from './job-scene.ts';

const DAY = 86_400_000;
/** Findings that one pull request can have waived. */
const MAX_GIVEN = 500;
/** Findings that an answer lists. */
const MAX_LISTED = 20;

export type WaiveCommand = Extract<Command, { name: 'waive' }>;

/** Gives waivers for findings that the check has shown. They hold for these values, in this pull request. */
export async function waive(
  context: JobContext,
  scene: Scene,
  asker: Asker,
  command: WaiveCommand & { readonly target: string },
): Promise<Outcome> {
  const given = await grant(context, scene, asker, command);
  if (typeof given !== 'string') return accepted(describeGrant(given, command.reason));
  const about: AuditWaiver = { ruleId: command.target, fingerprint: '', until: command.until };
  await context.environment.audit([
    { action: 'waiver-refused', ...entryOf(context, scene, asker), reason: command.reason, detail: about },
  ]);
  return refused(given);
}

interface Grant {
  readonly findings: readonly Finding[];
  readonly until: string;
}

/** What is waived; else why it is not, as Markdown. */
async function grant(
  context: JobContext,
  scene: Scene,
  asker: Asker,
  command: WaiveCommand & { readonly target: string },
): Promise<Grant | string> {
  const policy = await scene.policy();
  const until = endOf(context, policy, command.until);
  if ('why' in until) return until.why;
  const unseen = await notSeen(context, scene, asker);
  if (unseen !== null) return unseen;
  const findings = waivableIn((await scene.review()).report);
  const definitions = (await scene.rules()).rules.map(({ definition }) => definition);
  const rules = [...new Set([...definitions.map(({ id }) => id), ...findings.map(({ ruleId }) => ruleId)])];
  const selected = select(findings, command, rules, waivableOf);
  if (typeof selected === 'string') return selected;
  if (selected.length === 0) return nothingToWaive(command, rules);
  const never = selected.find(({ ruleId }) => !isWaivable(policy, definitions, ruleId));
  if (never !== undefined) return `Findings of ${code(never.ruleId)} cannot be waived here, by anybody.`;
  const right = await rightToWaive(context, scene, asker, selected);
  if (!right.may) return right.why;
  const { waivers } = context.environment;
  const known = await waivers.of(context.repository.id, scene.pull.number);
  const given = selected.map((finding) => toGiven(finding, asker, command.reason, until.day));
  if (new Set([...known, ...given].map(nameOf)).size > MAX_GIVEN)
    return `One pull request can have ${String(MAX_GIVEN)} findings waived, and not more. Use the waiver file on the base branch.`;
  const fresh = given.filter((one) => !known.some((old) => isSame(old, one)));
  // Before they are given: a waiver that is not in the trail must not count.
  await context.environment.audit(
    fresh.map(({ ruleId, fingerprint, until: end, reason }) => ({
      action: 'waiver-granted',
      ...entryOf(context, scene, asker),
      reason,
      detail: { ruleId, fingerprint, until: end },
    })),
  );
  await waivers.give(context.repository.id, scene.pull.number, given);
  return { findings: selected, until: until.day };
}

/** What a change brings, and what a comment let pass already, which another one may renew. */
function waivableIn({ findings, waived }: Report): readonly Finding[] {
  const renewable = waived.filter(({ origin }) => origin === 'comment').map(({ finding }) => finding);
  return [...findings.filter(({ introduced }) => introduced), ...renewable];
}

/** What a waiver is about: a newer one of the same takes its place. */
function nameOf({ fingerprint, digest }: GivenWaiver): string {
  return `${fingerprint} ${digest}`;
}

/** Whether an earlier attempt at the same comment gave it. */
function isSame(old: GivenWaiver, one: GivenWaiver): boolean {
  return nameOf(old) === nameOf(one) && old.comment === one.comment;
}

function isWaivable(policy: WaiverPolicy, definitions: readonly RuleDefinition[], ruleId: string): boolean {
  const waivable = definitions.find(({ id }) => id === ruleId)?.waivable ?? true;
  return mayBeWaived(policy, { id: ruleId, waivable });
}

function endOf(
  { environment }: JobContext,
  { maxDays }: WaiverPolicy,
  until: string | null,
): { readonly day: string } | { readonly why: string } {
  const now = environment.clock.now();
  const last = dayOf(now + maxDays * DAY);
  if (until === null) return { day: last };
  if (until < dayOf(now)) return { why: `${code(until)} is over.` };
  return until <= last
    ? { day: until }
    : { why: `A waiver by comment may last ${plural(maxDays, 'day')}: until ${code(last)} at most.` };
}

function toGiven(finding: Finding, asker: Asker, reason: string, until: string): GivenWaiver {
  return {
    ruleId: finding.ruleId,
    fingerprint: finding.fingerprint,
    digest: finding.valueDigest ?? '',
    path: waivableOf(finding).path,
    reason,
    approver: asker.login,
    until,
    comment: asker.comment,
  };
}

function describeGrant({ findings, until }: Grant, reason: string): string {
  const rows = findings
    .slice(0, MAX_LISTED)
    .map((one) => `- ${code(placeOf(one))} ${code(one.ruleId)} (${code(one.fingerprint.slice(0, 12))})`);
  const more = findings.length - rows.length;
  return [
    `**Waived until ${until}:** ${escapeMarkdown(reason)}`,
    [...rows, ...(more > 0 ? [`- and ${String(more)} more`] : [])].join('\n'),
    'This holds in this pull request, for these findings as they are now. What a later push adds or alters has to be waived anew.',
  ].join('\n\n');
}

function entryOf(
  context: JobContext,
  { pull }: Scene,
  { login }: Asker,
): ReturnType<typeof factsOf> & { readonly actor: string; readonly subject: string } {
  return {
    ...factsOf(context),
    actor: login === '' ? APP_ACTOR : login,
    subject: `pull/${String(pull.number)}`,
  };
}
