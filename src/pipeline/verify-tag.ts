import type { Signature } from '../engine/change.ts';
import type { SignaturePolicy } from '../engine/policy.ts';
import type { Repository } from '../git/repository.ts';
import { authorize } from '../signatures/authorize.ts';
import type { Keyring } from '../signatures/keyring.ts';
import { verifyTag } from '../signatures/verify.ts';

/**
 * Verifies the signature of an annotated tag, and judges who may have made it.
 *
 * @returns null when the name stands for no annotated tag
 * @throws {GitError} when there is no such name, or the tag is damaged
 */
export async function verifyTagAt(
  repository: Repository,
  name: string,
  {
    keyring,
    policy,
    now,
  }: { readonly keyring: Keyring; readonly policy: SignaturePolicy; readonly now: Date },
): Promise<Signature | null> {
  const tag = await repository.tag(name);
  if (tag === null) return null;
  const people = { author: tag.tagger, committer: tag.tagger };
  return authorize(
    await verifyTag(tag, keyring, now),
    { people, isMerge: false, isPlainMerge: false, guarded: [] },
    policy,
  );
}
