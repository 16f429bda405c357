import type { FileVersion } from '../../engine/change.ts';
import type { Severity } from '../../engine/finding.ts';
import type { Allowance, Leak } from '../../engine/leak.ts';
import { compileGlobs } from '../../engine/globs.ts';
import type { SecretPolicy } from '../../engine/policy.ts';
import { weaker } from '../../engine/rule-levels.ts';
import { KINDS } from '../../secrets/catalogue/index.ts';
import type { FoundLeak } from './protocol.ts';
import type { ScanRequest } from './scan-change.ts';

interface Circumstances {
  readonly file: FileVersion;
  /** Of the rule as a whole. */
  readonly severity: Severity;
  /** There is a base: somebody asks for a change to be let in. */
  readonly isReview: boolean;
  readonly request: Pick<ScanRequest, 'policy' | 'setup' | 'today'>;
}

const UNKNOWN_ADVICE = 'Revoke or rotate it where it was issued.';

/** What a search found, with what the policy says about it; null when the policy does not want to hear of it. */
export function describeLeak(found: FoundLeak, circumstances: Circumstances): Leak | null {
  const { file, severity, isReview, request } = circumstances;
  const { secrets } = request.policy;
  const { ruleId } = found;
  const kind = KINDS.get(ruleId);
  const enforced = secrets.enforced.has(ruleId) || secrets.enforced.has('*');
  const level =
    secrets.kinds.get(ruleId) ?? secrets.kinds.get('*') ?? weaker(severity, kind?.level ?? 'error');
  if (level === 'off') return null;
  if (!enforced && compileGlobs([...secrets.exclude])(file.path)) return null;
  const description = request.setup.rules.rules.find((rule) => rule.id === ruleId)?.description ?? '';
  return {
    kind: ruleId,
    length: found.length,
    fingerprint: found.fingerprint,
    title: kind?.title ?? (description === '' ? ruleId : description),
    severity: level,
    range: found.range,
    start: found.start,
    span: found.span,
    encoded: found.encoded,
    advice: kind?.advice ?? UNKNOWN_ADVICE,
    url: kind?.url ?? null,
    ...allowanceOf(found, secrets, { today: request.today, enforced, isReview }),
    copies: [],
  };
}

const BY_FILE: Readonly<Record<'ignore-file' | 'baseline' | 'comment', Omit<Allowance, 'until'>>> = {
  'ignore-file': { reason: 'it is listed in .gitleaksignore', approver: '.gitleaksignore' },
  baseline: { reason: 'it is part of the baseline', approver: 'the baseline' },
  comment: { reason: 'its line has the comment gitleaks:allow', approver: 'the author of the line' },
};

function allowanceOf(
  { known, commented, fingerprint }: FoundLeak,
  secrets: SecretPolicy,
  { today, enforced, isReview }: { today: string; enforced: boolean; isReview: boolean },
): Pick<Leak, 'allowed' | 'expired' | 'unheeded'> {
  const entries = secrets.allow.filter(
    (entry) => entry.fingerprint === fingerprint && (entry.floor || !enforced),
  );
  const valid = entries.find((entry) => entry.until === null || entry.until >= today);
  if (valid !== undefined) {
    const allowed = { reason: valid.reason, approver: 'the policy', until: valid.until };
    return { allowed, expired: null, unheeded: null };
  }
  const expired = entries[0]?.until ?? null;
  const unheeded = commented ? whyUnheeded(secrets, enforced, isReview) : null;
  const by = known ?? (commented && unheeded === null ? 'comment' : null);
  if (by === null) return { allowed: null, expired, unheeded };
  return { allowed: { ...BY_FILE[by], until: null }, expired: null, unheeded: null };
}

/** Why the comment in a line does not allow what stands there; null when it does. */
function whyUnheeded({ inlineAllow }: SecretPolicy, enforced: boolean, isReview: boolean): Leak['unheeded'] {
  if (enforced) return 'floor';
  if (inlineAllow === false) return 'policy';
  return inlineAllow === null && isReview ? 'change' : null;
}
