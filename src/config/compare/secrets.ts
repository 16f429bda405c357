import { LEVELS, type SecretPolicy } from '../../engine/policy.ts';
import type { PolicyDifference } from '../../engine/policy-difference.ts';
import { changed, members, ordered } from './difference.ts';

const at = (...more: string[]): string[] => ['secrets', ...more];

/** How the search for credentials differs. */
export function compareSecrets(before: SecretPolicy, after: SecretPolicy): PolicyDifference[] {
  return [
    ...members(at('exclude'), before.exclude, after.exclude, 'weaker', {
      weaker: 'These paths are not searched for credentials any more.',
      stricter: 'These paths are searched for credentials again.',
    }),
    ...names(before.kinds, after.kinds).flatMap((kind) =>
      ordered(at('kinds', kind), levelOf(before, kind), levelOf(after, kind), LEVELS, {
        weaker: 'A leaked credential of this kind counts for less.',
        stricter: 'A leaked credential of this kind counts for more.',
      }),
    ),
    ...members(at('allow'), before.allow.map(allowed), after.allow.map(allowed), 'weaker', {
      weaker: 'A leaked secret is let pass.',
      stricter: 'A leaked secret is not let pass any more.',
    }),
    ...members(at('rules'), before.rules, after.rules, 'other', 'Other rule files say what a secret is.'),
    ...baseline(before.baseline, after.baseline),
    ...names(before.entropy, after.entropy).flatMap((kind) => entropy(kind, before, after)),
    ...ordered(at('decodeDepth'), before.decodeDepth, after.decodeDepth, DEPTHS, {
      weaker: 'Secrets under so many encodings are not found any more.',
      stricter: 'Secrets under more encodings are found.',
    }),
    ...ordered(at('inlineAllow'), before.inlineAllow, after.inlineAllow, [true, null, false], {
      weaker: 'Whoever writes a secret can allow it with a comment.',
      stricter: 'A comment cannot allow a secret any more.',
    }),
    ...(['anchoredAllowlists', 'remoteReferences'] as const).flatMap((name) =>
      changed(
        at('corrections', name),
        before.corrections[name],
        after.corrections[name],
        'Rule files of gitleaks are read in another way.',
      ),
    ),
  ];
}

const DEPTHS = Array.from({ length: 11 }, (_, depth) => depth);

/** A kind of which a policy says nothing has the level of all others; `error` when there is none. */
function levelOf({ kinds }: SecretPolicy, kind: string): (typeof LEVELS)[number] {
  return kinds.get(kind) ?? kinds.get('*') ?? 'error';
}

function entropy(kind: string, before: SecretPolicy, after: SecretPolicy): PolicyDifference[] {
  const [was, is] = [before.entropy.get(kind), after.entropy.get(kind)];
  const pointer = at('entropy', kind);
  if (was === undefined || is === undefined)
    return changed(pointer, was, is, 'Another threshold decides what a secret is.');
  return ordered(pointer, was, is, [Math.max(was, is), Math.min(was, is)], {
    weaker: 'A secret must look more random to be found.',
    stricter: 'A secret is found when it looks less random.',
  });
}

function baseline(before: string | null, after: string | null): PolicyDifference[] {
  const pointer = at('baseline');
  if (before !== null && after !== null)
    return changed(pointer, before, after, 'Another list says which secrets are known.');
  return ordered(pointer, before, after, before === null ? [after, before] : [before, after], {
    weaker: 'What this report lists is not reported any more.',
    stricter: 'No list keeps known secrets from being reported any more.',
  });
}

function allowed({ fingerprint, until }: SecretPolicy['allow'][number]): string {
  return until === null ? fingerprint : `${fingerprint} until ${until}`;
}

function names(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}
