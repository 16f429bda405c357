import type { KnownBy } from '../../secrets/gitleaks/known.ts';
import type { Lines } from '../../secrets/lines.ts';
import type { RawLeak } from '../../secrets/text-scan.ts';
import type { FoundLeak } from './protocol.ts';

/** What may be said of a finding where its secret must not go. */
export function toFound(
  leak: RawLeak,
  about: {
    readonly lines: Lines;
    /** Lines and columns are what a person sees. */
    readonly faithful: boolean;
    readonly fingerprint: string | null;
    readonly known: KnownBy | null;
  },
): FoundLeak {
  const { lines, faithful, fingerprint, known } = about;
  const { span, ruleId, enforced, commented } = leak;
  const range =
    faithful && span !== null
      ? { start: lines.positionOf(span.start), end: lines.positionOf(span.end) }
      : null;
  return {
    ruleId,
    range,
    start: span?.start ?? 0,
    span: span === null ? 0 : span.end - span.start,
    length: Array.from(leak.secret).length,
    encoded: leak.decoded,
    fingerprint,
    known: enforced ? null : known,
    commented,
  };
}
