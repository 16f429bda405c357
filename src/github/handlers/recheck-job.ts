import type { RecheckJob } from '../job.ts';
import { assertSha } from './handler.ts';
import type { Source } from './handler.ts';

export function recheckJob(source: Source, delivery: string, sha: string): RecheckJob {
  const headSha = assertSha(sha);
  const key = `${String(source.repository.id)}/head/${headSha}`;
  return { ...source, kind: 'recheck', key, supersedes: true, delivery, headSha };
}
