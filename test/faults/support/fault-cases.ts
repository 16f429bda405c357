import type { Failure } from '../../../src/demo/embedded/failures.ts';
import type { Finding } from '../../../src/engine/finding.ts';
import { at, fileSubject } from '../../support/report-fixture.ts';
import { checkOf, threadsOf, type CheckState, type ThreadState } from './review-state.ts';
import { onLine, type ReviewWorld } from './review-world.ts';

/** Each kind of request that a review makes. */
export const CALLS: Readonly<Record<string, Pick<Failure, 'method' | 'path' | 'sent'>>> = {
  'read the pull request': { method: 'GET', path: /\/pulls\/\d+$/ },
  'begin the check': { method: 'POST', path: /\/check-runs$/ },
  'read the threads': { method: 'POST', path: /^\/graphql$/, sent: /"query":"query/ },
  'post the review': { method: 'POST', path: /\/reviews$/ },
  'comment on the file': { method: 'POST', path: /\/pulls\/\d+\/comments$/ },
  'change threads': { method: 'POST', path: /^\/graphql$/, sent: /"query":"mutation/ },
  'upload to code scanning': { method: 'POST', path: /\/sarifs$/ },
  'add annotations': { method: 'PATCH', path: /\/check-runs\/\d+$/, sent: /^(?!.*"status":"completed")/s },
  'complete the check': { method: 'PATCH', path: /\/check-runs\/\d+$/, sent: /"status":"completed"/ },
};

const LINE = { message: 'Unprocessable Entity', errors: ['Line could not be resolved'] };

/** Each way in which a request fails. */
export const FAILURES: Readonly<
  Record<string, Omit<Failure, 'method' | 'path' | 'sent' | 'hang'> & { readonly hang?: true }>
> = {
  'a reset before it': { reset: true, when: 'before' },
  'a reset after it': { reset: true, when: 'after' },
  'no answer, and no effect': { hang: true, when: 'before' },
  'no answer, but an effect': { hang: true, when: 'after' },
  '401': { status: 401, when: 'before' },
  '403': { status: 403, body: { message: 'Resource not accessible by integration' }, when: 'before' },
  '404': { status: 404, when: 'before' },
  '409': { status: 409, when: 'before' },
  '410': { status: 410, when: 'before' },
  '422': { status: 422, body: LINE, when: 'before' },
  '429': { status: 429, headers: { 'retry-after': '30' }, when: 'before' },
  'the secondary limit': {
    status: 403,
    body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' },
    when: 'before',
  },
  '500': { status: 500, when: 'before' },
  '502 before it': { status: 502, when: 'before' },
  '502 after it': { status: 502, when: 'after' },
};

export type Moment = 'first push' | 'second push';
export const MOMENTS: readonly Moment[] = ['first push', 'second push'];

export interface FaultCase {
  readonly call: string;
  readonly failure: string;
  readonly moment: Moment;
  /** Once, or until the end of the push. */
  readonly times: 'once' | 'always';
}

/** Every call × every failure × every moment. What fails for good is tried for one failure of each kind. */
export function allCases(): FaultCase[] {
  const lasting = ['a reset before it', '403', '422', '502 after it'];
  return Object.keys(CALLS).flatMap((call) =>
    MOMENTS.flatMap((moment) => [
      ...Object.keys(FAILURES).map((failure) => ({ call, failure, moment, times: 'once' as const })),
      ...lasting.map((failure) => ({ call, failure, moment, times: 'always' as const })),
    ]),
  );
}

const STAYS = onLine(1, 5);
const CHANGES = onLine(2, 9);
const GOES = onLine(3, 20, { severity: 'warning' });
const OUTSIDE = onLine(4, 300);
const COMES = onLine(5, 40);
/** More annotations than a request takes. */
const ELSEWHERE = Array.from({ length: 60 }, (_unused, index) =>
  onLine(100 + index, 1, {
    severity: 'info',
    subject: fileSubject(`base/${String(index)}.yaml`, at(1)),
  }),
);
const PUSHES: readonly (readonly Finding[])[] = [
  [STAYS, CHANGES, GOES, OUTSIDE, ...ELSEWHERE],
  [STAYS, { ...CHANGES, message: 'Container `c2` may do everything.' }, OUTSIDE, COMES, ...ELSEWHERE],
];

export interface EndState {
  readonly threads: readonly ThreadState[];
  readonly checks: readonly (CheckState | null)[];
  readonly uploads: number;
}

/** Two pushes, in one of which a request fails; and what stands on GitHub then. */
export async function runCase(world: ReviewWorld, one: FaultCase | null): Promise<EndState> {
  const { github, repository } = world;
  const pull = await world.open({ reports: { codeScanning: true } });
  const heads: string[] = [];
  for (const [index, findings] of PUSHES.entries()) {
    const struck = one !== null && one.moment === MOMENTS[index];
    if (struck) {
      github.failNext(failureOf(world, one));
    }
    await pull.push(findings);
    heads.push(pull.pull.head.sha);
    if (struck && one.times === 'always') assertNotGreen(checkOf(github, pull.pull, pull.pull.head.sha), one);
    if (struck) github.clearFailures();
    // Whoever reads that something went wrong presses Re-run.
    for (
      let presses = 0;
      presses < 2 && needsAnother(checkOf(github, pull.pull, pull.pull.head.sha));
      presses += 1
    )
      await pull.again();
    if (index === 0) answer(world, pull.pull);
  }
  return {
    threads: threadsOf(github, pull.pull),
    checks: heads.map((sha) => checkOf(github, pull.pull, sha)),
    uploads: github
      .sarifs(repository)
      .filter(({ ref }) => ref === `refs/pull/${String(pull.pull.number)}/head`).length,
  };
}

function failureOf(world: ReviewWorld, { call, failure, times }: FaultCase): Failure {
  const [where, what] = [CALLS[call], FAILURES[failure]];
  if (where === undefined || what === undefined) throw new Error(`No such case: ${call}, ${failure}.`);
  const { hang, ...rest } = what;
  return {
    ...where,
    ...rest,
    times: times === 'once' ? 1 : 1_000,
    ...(hang === undefined
      ? {}
      : {
          hang: () => {
            world.giveUp();
          },
        }),
  };
}

function answer({ github }: ReviewWorld, pull: Parameters<typeof threadsOf>[1]): void {
  const [root] = github.reviewComments(pull).filter(({ body }) => body.includes('`c1`'));
  if (root !== undefined) github.reply(root, 'ann', 'Is that so?');
}

/** Findings that block are there all the time. */
function assertNotGreen(check: CheckState | null, { call, failure }: FaultCase): void {
  if (check?.conclusion === 'success') throw new Error(`green although ${call} failed with ${failure}`);
}

function needsAnother(check: CheckState | null): boolean {
  if (check?.status !== 'completed') return true;
  const told = `${check.title ?? ''} ${check.summary ?? ''}`;
  return /could not|took no comment|not in code scanning/.test(told);
}

/**
 * How an end state differs from the one without a fault; null when it does not. A comment that GitHub refused on its line
 * stands on the file.
 */
export function difference(one: FaultCase, expected: EndState, actual: EndState): string | null {
  const moved = one.call === 'post the review' && one.failure === '422';
  const placed = ({ place, ...thread }: ThreadState): object => ({
    place: moved ? place.replace(/:\d+$/, '') : place,
    ...thread,
  });
  const [wanted, got] = [expected, actual].map((state) => [
    ...state.threads.map((thread) => `thread ${JSON.stringify(placed(thread))}`),
    ...state.checks.map((check) => `check ${JSON.stringify(check)}`),
    `${String(state.uploads)} uploads`,
  ]);
  const lost = wanted?.filter((line) => got?.includes(line) !== true) ?? [];
  const strange = got?.filter((line) => wanted?.includes(line) !== true) ?? [];
  const told = [...lost.map((line) => `missing ${line}`), ...strange.map((line) => `instead ${line}`)];
  if (told.length === 0 && got?.length === wanted?.length) return null;
  return told.length === 0 ? 'something stands twice' : told.map((line) => line.slice(0, 400)).join('\n  ');
}
