import {
  IDENTITY_MATCHES,
  SIGNATURE_REQUIREMENTS,
  WEB_FLOW_LEVELS,
  type SignaturePolicy,
} from '../../engine/policy.ts';
import type { PolicyDifference } from '../../engine/policy-difference.ts';
import { changed, members, ordered, shown, written } from './difference.ts';

const at = (...more: string[]): string[] => ['signatures', ...more];

/** How what is asked of signatures differs. Who gains or loses the right to sign is told from the key files, elsewhere. */
export function compareSignatures(before: SignaturePolicy, after: SignaturePolicy): PolicyDifference[] {
  return [
    ...ordered(at('require'), before.require, after.require, SIGNATURE_REQUIREMENTS, {
      weaker: 'Less is asked of the signatures of commits.',
      stricter: 'More is asked of the signatures of commits.',
    }),
    ...Object.entries(before.keys).flatMap(([name, place]) =>
      changed(
        at('keys', name),
        place,
        (after.keys as unknown as Record<string, string>)[name],
        'Other keys count.',
      ),
    ),
    ...signers(before, after),
    ...members(at('paths'), before.paths.map(pathRule), after.paths.map(pathRule), 'stricter', {
      weaker: 'These paths need the signature of these groups no longer.',
      stricter: 'These paths need the signature of one of these groups.',
    }),
    ...members(at('tags'), before.tags, after.tags, 'stricter', {
      weaker: 'Such tags need no signature any more.',
      stricter: 'Such tags need a signature.',
    }),
    ...identity(before, after),
    ...ordered(at('github', 'verdict'), before.githubVerdict, after.githubVerdict, [true, null, false], {
      weaker: "GitHub's own verdict counts for more signatures.",
      stricter: "GitHub's own verdict counts for fewer signatures.",
    }),
    ...ordered(
      at('github', 'accountKeys'),
      before.githubAccountKeys,
      after.githubAccountKeys,
      [true, false],
      {
        weaker: "Keys that people put into their own accounts count, beside the base branch's.",
        stricter: 'Keys that people put into their own accounts do not count any more.',
      },
    ),
    ...webFlow(before, after),
    ...ordered(at('userPresence'), before.userPresence, after.userPresence, ['optional', 'required'], {
      weaker: 'A security key may sign without being touched.',
      stricter: 'A security key must be touched to sign.',
    }),
    ...ordered(at('expiredKeys'), before.expiredKeys, after.expiredKeys, ['at-signing', 'now'], {
      weaker: 'A key that has expired since counts for what it signed before.',
      stricter: 'A key that has expired counts no longer.',
    }),
    ...ordered(at('retiredKeys'), before.retiredKeys, after.retiredKeys, ['at-signing', 'now'], {
      weaker: 'A key that was retired since counts for what it signed before.',
      stricter: 'A key that was retired counts no longer.',
    }),
  ];
}

/** No list lets everybody sign whom the key files name. */
function signers(
  { signers: before }: SignaturePolicy,
  { signers: after }: SignaturePolicy,
): PolicyDifference[] {
  const [was, is] = [before.map((list) => written(list) ?? ''), after.map((list) => written(list) ?? '')];
  if (was.length === is.length)
    return changed(at('signers'), was.join(' '), is.join(' '), 'Others may sign.');
  return ordered(at('signers'), was.length, is.length, [0, 1, 2, 3], {
    weaker: 'Everybody whom the key files name may sign, in the place of a list.',
    stricter: 'Only those on a list may sign.',
  }).map((one) => ({
    ...one,
    before: shown(was.join(' and ') || null),
    after: shown(is.join(' and ') || null),
  }));
}

function identity(
  { identity: before }: SignaturePolicy,
  { identity: after }: SignaturePolicy,
): PolicyDifference[] {
  const comparable = [before, after].some((one) => one === 'none' || one === 'both');
  if (!comparable) return changed(at('identity'), before, after, 'A key must be one of another person.');
  return ordered(at('identity'), before, after, IDENTITY_MATCHES, {
    weaker: 'A key may sign for others than its owner.',
    stricter: 'A key must belong to more of those whom the commit names.',
  });
}

/** Null is what `require` implies: somewhere between the two. */
function webFlow(
  { webFlow: before }: SignaturePolicy,
  { webFlow: after }: SignaturePolicy,
): PolicyDifference[] {
  const says = {
    weaker: "More commits may carry the signature of GitHub's own key.",
    stricter: "Fewer commits may carry the signature of GitHub's own key.",
  };
  if (before === null || after === null) return changed(at('webFlow'), before, after, OTHER_WEB_FLOW);
  return ordered(at('webFlow'), before, after, WEB_FLOW_LEVELS, says);
}

const OTHER_WEB_FLOW = "Other commits may carry the signature of GitHub's own key.";

function pathRule({ paths, signers: names }: SignaturePolicy['paths'][number]): string {
  return `${paths.join(', ')}: ${names.join(', ')}`;
}
