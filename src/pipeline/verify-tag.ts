import type { Signature } from '../engine/change.ts';
import type { SignaturePolicy } from '../engine/policy.ts';
import type { Repository } from '../git/repository.ts';
import { authorize } from '../signatures/authorize.ts';
import { isOpen, settle, type Evidence } from '../signatures/evidence.ts';
import type { Keyring } from '../signatures/keyring.ts';
import { isMetBy, takesVerdict } from '../signatures/requirements.ts';
import { verifyTag } from '../signatures/verify.ts';

export interface VerifyTagOptions {
  readonly keyring: Keyring;
  readonly policy: SignaturePolicy;
  readonly now: Date;
  /** The name under which the tag stands; that by which it is read when absent. */
  readonly name?: string;
  /** What the server that hosts the repository says of the signature. */
  readonly vouch?: () => Promise<Evidence['verdict']>;
}

/**
 * Verifies the signature of an annotated tag, and judges who may have made it.
 *
 * @returns null when the name stands for no annotated tag
 * @throws {GitError} when there is no such name, or the tag is damaged
 */
export async function verifyTagAt(
  repository: Repository,
  rev: string,
  { keyring, policy, now, name = rev, vouch }: VerifyTagOptions,
): Promise<Signature | null> {
  const tag = await repository.tag(rev);
  if (tag === null) return null;
  const people = { author: tag.tagger, committer: tag.tagger };
  let verification = await verifyTag(tag, keyring, now);
  if (vouch !== undefined && takesVerdict(policy) && isOpen(verification)) {
    const evidence = { verdict: await vouch(), account: null, keys: null };
    verification = await settle(verification, tag.signature, people, evidence, now);
  }
  const facts = { people, isMerge: false, isPlainMerge: false, guarded: [] };
  const signature = authorize(verification, facts, policy);
  // Whoever may move names could let an old release stand for a new one.
  if (signature.state !== 'unsigned' && tag.name !== tagName(name)) {
    const reason = `it was signed under the name \`${tag.name}\`, and stands here under another one`;
    return { ...signature, state: 'bad-signature', signer: null, reason };
  }
  return signature;
}

/** The name of a tag without `refs/tags/`. */
export function tagName(ref: string): string {
  return ref.replace(/^refs\/tags\//, '');
}

/** Whether a tag is signed as the policy asks; a name that is no annotated tag cannot be. */
export function isTagAccepted(signature: Signature | null, { require }: SignaturePolicy): boolean {
  return signature !== null && isMetBy(require, signature.state);
}
