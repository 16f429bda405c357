import type { JudgeProtectionJob } from '../job.ts';
import type { ProtectionChange } from './protection-rule.ts';

/** Rules of one repository are judged one after another: each is compared with how it was seen last. */
export function protectionJob(
  source: Pick<JudgeProtectionJob, 'installationId' | 'repository'>,
  delivery: string,
  change: ProtectionChange,
  actor: string,
): JudgeProtectionJob {
  const key = `${String(source.repository.id)}/protection`;
  return { ...source, kind: 'judge-protection', key, supersedes: false, delivery, change, actor };
}
