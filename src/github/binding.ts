import { createHash } from 'node:crypto';

/** One judgement: which head was judged against which base under which policy. */
export interface Verdict {
  readonly base: string;
  readonly head: string;
  readonly policyHash: string;
}

/** Whether a check run's `external_id` is a binding, and not the mark of an attempt. */
export function isBinding(externalId: string | null): externalId is string {
  return externalId?.startsWith('1:') === true;
}

/** The policy under which a verdict was given; null when it is one of several. */
export function policyIn(binding: string): string | null {
  return /^1:[0-9a-f]{40,64}:[0-9a-f]{40,64}:([0-9a-f]{64})$/.exec(binding)?.[1] ?? null;
}

/**
 * What a check run was judged on, for its `external_id`: the verdict counts only for this base, head and policy.
 * With one verdict `1:BASE:HEAD:POLICY`; with several (pull requests that share a head) a digest over them.
 */
export function bindingOf(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(({ base, head, policyHash }) => `${base}:${head}:${policyHash}`).sort();
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return `1:${only}`;
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex');
  return `1:${verdicts[0]?.head ?? ''}:${String(verdicts.length)}:${digest}`;
}
