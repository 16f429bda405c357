import type { Signature } from '../engine/change.ts';
import type { PathSigners, SignaturePolicy, SignatureRequirement, WebFlow } from '../engine/policy.ts';
import type { Attested } from './attestation.ts';
import { matchesPattern } from './patterns.ts';
import type { People } from './signed-object.ts';
import type { Verification } from './verify.ts';

/** What decides about a commit, beside its signature. */
export interface CommitFacts {
  readonly people: People;
  readonly isMerge: boolean;
  /** A merge that takes over what it joins, and adds no change of its own. */
  readonly isPlainMerge: boolean;
  /** Settings about paths that the commit touches, each with one of these paths. */
  readonly guarded: readonly { readonly setting: PathSigners; readonly path: string }[];
}

/** What the policy makes of a signature: who signed, and whether it may count. */
export function authorize(
  verification: Verification,
  facts: CommitFacts,
  policy: SignaturePolicy,
): Signature {
  if (verification.state === 'unsigned') return { state: 'unsigned', kind: null, signer: null, reason: null };
  if (verification.state !== 'attested') {
    const { state, kind, key, reason } = verification;
    // Of a broken signature the key is no more than a claim.
    const isProven = state !== 'bad-signature' && state !== 'malformed';
    return { state, kind, signer: isProven ? key : null, reason };
  }
  const refusal = refusalOf(verification, facts, policy);
  return {
    state: refusal?.state ?? 'valid',
    kind: verification.kind,
    signer: signerName(verification, facts.people),
    reason: refusal?.reason ?? remarkOn(verification),
    ...(refusal?.authorDiffers === true ? { authorDiffers: true } : {}),
  };
}

type Refusal = Pick<Signature, 'state' | 'authorDiffers'> & { readonly reason: string };

function refusalOf(signed: Attested, facts: CommitFacts, policy: SignaturePolicy): Refusal | null {
  if (policy.userPresence === 'required' && !signed.userPresent) {
    return notAllowed('its security key was used without anybody touching it');
  }
  if (policy.retiredKeys === 'now' && signed.retiredSince) {
    return { state: 'revoked-key', reason: 'its owner retired the key after it signed' };
  }
  if (policy.expiredKeys === 'now' && signed.expiredSince) {
    return { state: 'expired-key', reason: 'the key was valid when it signed, and has expired since' };
  }
  return identityRefusal(signed, facts.people, policy) ?? signerRefusal(signed, facts, policy);
}

function identityRefusal(
  signed: Attested,
  { author, committer }: People,
  policy: SignaturePolicy,
): Refusal | null {
  const wanted = [
    ...(policy.identity === 'committer' || policy.identity === 'both'
      ? [['committer', committer] as const]
      : []),
    // GitHub names whoever pressed the button as the author, and vouches for it.
    ...((policy.identity === 'author' || policy.identity === 'both') && !signed.isWebFlow
      ? [['author', author] as const]
      : []),
  ];
  const others = wanted.filter(([, { email }]) => email === null || !signed.speaksFor(email));
  if (others.length === 0) return null;
  const authorDiffers = others.some(([role]) => role === 'author') ? { authorDiffers: true as const } : {};
  const unread = others.find(([, { email }]) => email === null);
  if (unread !== undefined) {
    const reason = `its ${unread[0]} has no single address that can be read`;
    return { state: 'identity-mismatch', reason, ...authorDiffers };
  }
  const [name] = signed.names;
  const speaker = name === undefined ? 'other addresses' : `\`${name}\``;
  const them = others.map(([role, { email }]) => `the ${role} \`${email ?? ''}\``).join(' and ');
  return {
    state: 'identity-mismatch',
    reason: `the key may sign for ${speaker}, and not for ${them}`,
    ...authorDiffers,
  };
}

function signerRefusal(signed: Attested, facts: CommitFacts, policy: SignaturePolicy): Refusal | null {
  const required: SignatureRequirement = facts.guarded.length > 0 ? 'allowed-signer' : policy.require;
  if (signed.isWebFlow) {
    const level: WebFlow = policy.webFlow ?? (required === 'allowed-signer' ? 'never' : 'always');
    if (level === 'never') return notAllowed("GitHub's own key, `web-flow`, may not sign here");
    if (level === 'merges' && !facts.isMerge) {
      return notAllowed("GitHub's own key, `web-flow`, may sign merges only");
    }
    if (level === 'merges' && !facts.isPlainMerge) {
      return notAllowed("GitHub's own key, `web-flow`, may only sign merges that change nothing themselves");
    }
  }
  const identities = identitiesOf(signed, facts.people);
  if (policy.require === 'allowed-signer' && !signed.isWebFlow) {
    if (policy.signers.length === 0 && signed.source === 'host') {
      return notAllowed('an account on GitHub may only sign when `signatures.signers` names it');
    }
    if (!policy.signers.every((list) => isNamed(signed, identities, list))) {
      return notAllowed('`signatures.signers` does not name its signer');
    }
  }
  for (const { setting, path } of facts.guarded) {
    if (isNamed(signed, identities, setting.signers)) continue;
    const groups = setting.groups.map((group) => `\`${group}\``).join(' or ');
    return notAllowed(`it touches \`${path}\`, which only ${groups} may sign`);
  }
  return null;
}

function notAllowed(reason: string): Refusal {
  return { state: 'signer-not-allowed', reason };
}

/** For whom the key signed here: all whom it names, and those of author and committer for whom it may sign by a pattern. */
function identitiesOf({ names, speaksFor }: Attested, { author, committer }: People): readonly string[] {
  const used = [committer.email, author.email].flatMap((email) =>
    email !== null && speaksFor(email) ? [email] : [],
  );
  return [...names, ...used];
}

function isNamed(signed: Attested, identities: readonly string[], signers: readonly string[]): boolean {
  const keys = [signed.key, ...signed.otherKeys];
  return signers.some((signer) => {
    const [, scheme, rest = ''] = /^([a-zA-Z0-9]+):(.*)$/s.exec(signer) ?? [];
    switch (scheme) {
      case 'github':
        return signed.account?.toLowerCase() === rest.toLowerCase();
      case 'SHA256':
        return keys.includes(signer);
      case 'openpgp':
      case 'x509':
        return keys.includes(`${scheme}:${rest.toUpperCase()}`);
      case 'principal':
        return [...signed.names, ...(signed.uris ?? [])].includes(rest);
      default:
        return identities.some((identity) => matchesPattern(identity.toLowerCase(), signer.toLowerCase()));
    }
  });
}

function signerName(signed: Attested, { committer }: People): string {
  if (signed.isWebFlow) return 'web-flow';
  if (signed.account !== null) return `github:${signed.account}`;
  if (committer.email !== null && signed.speaksFor(committer.email)) return committer.email;
  return signed.names[0] ?? signed.uris?.[0] ?? signed.key;
}

/** What a reader should know of a signature that counts. */
function remarkOn({ unverified, expiredSince, retiredSince }: Attested): string | null {
  const remarks = [
    ...(expiredSince ? ['the key has expired since'] : []),
    ...(retiredSince ? ['its owner retired the key afterwards'] : []),
    ...unverified.map((what) => `not verified: ${what}`),
  ];
  return remarks.length === 0 ? null : remarks.join('; ');
}
