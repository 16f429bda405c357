import type { JudgeProtectionJob } from '../job.ts';
import type { ProtectionChange } from '../protection/protection-rule.ts';
import type { Source } from './handler.ts';

/** Rules of one repository are judged one after another: each is compared with how it was seen last. */
export function protectionJob(
  source: Source,
  delivery: string,
  change: ProtectionChange,
  actor: string,
): JudgeProtectionJob {
  const key = `${String(source.repository.id)}/protection`;
  return { ...source, kind: 'judge-protection', key, supersedes: false, delivery, change, actor };
}
