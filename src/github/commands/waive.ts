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
import { firstVerdictAt } from '../api/check-runs.ts';
import { getParticipants } from '../api/people.ts';
import type { JobContext } from '../dependencies.ts';
import { factsOf } from '../record.ts';
import { accepted, refused, type Outcome } from './answer.ts';
import { mayApprove, type Right } from './approver.ts';
import { select, waivableOf } from './findings.ts';
import type { Command } from './parse.ts';
import type { Scene } from './job-scene.ts';

const DAY = 86_400_000;
/** Findings that one pull request can have waived. */
const MAX_GIVEN = 500;
/** Findings that an answer lists. */
const MAX_LISTED = 20;

/** Who asks, and where. */
export interface Asker {
  readonly login: string;
  /** When the comment was written, in milliseconds since the epoch. */
  readonly at: number;
  /** Names the comment. */
  readonly comment: string;
}

export type WaiveCommand = Extract<Command, { name: 'waive' }>;
export type UnwaiveCommand = Extract<Command, { name: 'unwaive' }>;

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
  const definitions = context.environment.rules.rules.map(({ definition }) => definition);
  const rules = [...new Set([...definitions.map(({ id }) => id), ...findings.map(({ ruleId }) => ruleId)])];
  const selected = select(findings, command, rules, waivableOf);
  if (typeof selected === 'string') return selected;
  const never = selected.find(({ ruleId }) => !isWaivable(policy, definitions, ruleId));
  if (never !== undefined) return `Findings of ${code(never.ruleId)} cannot be waived here, by anybody.`;
  const right = await rightOf(context, scene, asker, selected);
  if (!right.may) return right.why;
  const { waivers } = context.environment;
  const known = await waivers.of(context.repository.id, scene.pull.number);
  if (known.length + selected.length > MAX_GIVEN)
    return `One pull request can have ${String(MAX_GIVEN)} findings waived, and not more. Use the waiver file on the base branch.`;
  const given = selected.map((finding) => toGiven(finding, asker, command.reason, until.day));
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

/** Whether an earlier attempt at the same comment gave it. */
function isSame(old: GivenWaiver, { fingerprint, digest, comment }: GivenWaiver): boolean {
  return old.fingerprint === fingerprint && old.digest === digest && old.comment === comment;
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

/** Whoever approves must have been able to see what: a head that was pushed a moment before is not it. */
async function notSeen(
  { api, environment }: JobContext,
  { pull }: Scene,
  asker: Asker,
): Promise<string | null> {
  const shown = await firstVerdictAt(api, pull.headSha, environment.appId);
  // GitHub counts comments in whole seconds.
  if (shown !== null && Math.floor(shown / 1_000) <= Math.floor(asker.at / 1_000)) return null;
  return 'When this was written, the check on the current head had no verdict yet. Look at what it says now, and write the command again.';
}

/** Nobody approves of what he has made himself. */
async function rightOf(
  context: JobContext,
  scene: Scene,
  asker: Asker,
  findings: readonly Finding[],
): Promise<Right> {
  const login = asker.login.toLowerCase();
  const participants = await getParticipants(context.api, scene.pull.number);
  const own = (what: string): Right => ({
    may: false,
    why: `Whoever ${what} cannot waive what it brings: somebody else has to.`,
  });
  if (participants.author.toLowerCase() === login) return own('opened the pull request');
  if (participants.committers.has(login)) return own('made one of its commits');
  if (!participants.complete)
    return {
      may: false,
      why: 'GitHub does not list all commits of this pull request, so nobody can tell who made them. Split it.',
    };
  return holdsRight(
    context,
    scene,
    asker,
    findings.map((finding) => waivableOf(finding).path),
  );
}

/** @param paths null among them: something that is no file */
async function holdsRight(
  { api, repository }: JobContext,
  scene: Scene,
  asker: Asker,
  paths: readonly (string | null)[],
): Promise<Right> {
  const files = [...new Set(paths)].flatMap((path) => path ?? []);
  return mayApprove(api, await scene.policy(), {
    login: asker.login,
    organisation: repository.owner,
    paths: paths.includes(null) ? null : files,
    ownersOf: await scene.ownersOf(),
  });
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

/** Takes waivers back. Whoever may give one may do so, the author too: that makes nothing pass. */
export async function unwaive(
  context: JobContext,
  scene: Scene,
  asker: Asker,
  command: UnwaiveCommand & { readonly target: string },
): Promise<Outcome> {
  const { waivers, rules } = context.environment;
  const known = await waivers.of(context.repository.id, scene.pull.number);
  const ids = [
    ...new Set([...rules.rules.map(({ definition }) => definition.id), ...known.map(({ ruleId }) => ruleId)]),
  ];
  const selected = select(known, command, ids, (one) => one);
  if (typeof selected === 'string')
    return refused(selected.startsWith('There is nothing') ? 'There is no such waiver.' : selected);
  const right = await holdsRight(
    context,
    scene,
    asker,
    selected.map(({ path }) => path),
  );
  if (!right.may) return refused(right.why);
  const gone = await waivers.takeBack(context.repository.id, scene.pull.number, selected);
  return accepted(
    `**Taken back:** ${plural(gone.length, 'waiver')} of ${code(command.target)}. The findings count again.`,
  );
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
