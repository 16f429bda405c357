import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { VERSION } from '../pipeline/package-root.ts';
import type { Review } from '../pipeline/review-repository.ts';
import { toCodeScanning, type CodeScanningUpload } from '../report/code-scanning.ts';
import { plural } from '../report/plain.ts';
import { uploadSarif } from './api/code-scanning.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError } from './errors.ts';

/** GitHub takes 10 MB, compressed. */
const MAX_BYTES = 10_000_000;

const compress = promisify(gzip);

/**
 * Uploads a review to code scanning where the policy asks for it. That it cannot be done is said and fails no verdict.
 *
 * @returns what readers should know of it, as sentences
 */
export async function reportToCodeScanning(
  context: JobContext,
  number: number,
  { report, policy }: Review,
): Promise<readonly string[]> {
  if (!policy.reports.codeScanning || report.head === null) return [];
  context.signal.throwIfAborted();
  try {
    const { sarif, left } = await pack(context, report);
    const ref = `refs/pull/${String(number)}/head`;
    await uploadSarif(context.api, { commit: report.head, ref, sarif });
    return left === 0 ? [] : [`Code scanning has no room for ${plural(left, 'more finding')}.`];
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.warn({ err: error }, 'The findings could not be uploaded to code scanning');
    return [`The findings are not in code scanning: ${reasonOf(error)}`];
  }
}

/** As many findings as fit, the most severe first. */
async function pack(
  { environment }: JobContext,
  report: Review['report'],
): Promise<{ readonly sarif: string; readonly left: number }> {
  const { rules, urlOf } = environment.rules;
  const options = { rules: rules.map(({ definition }) => definition), version: VERSION, urlOf };
  let upload: CodeScanningUpload = toCodeScanning(report, options);
  for (;;) {
    const packed = await compress(JSON.stringify(upload.log));
    const results = upload.log.runs[0]?.results?.length ?? 0;
    if (packed.length <= MAX_BYTES || results === 0)
      return { sarif: packed.toString('base64'), left: upload.left };
    upload = toCodeScanning(report, options, Math.floor(results / 2));
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof GitHubError)) return 'an error inside gitops-warden; the details are in its log.';
  const { kind, message, status } = error;
  if (kind === 'permission')
    return `GitHub does not let the App upload them (${message}). Code scanning has to be enabled, and the App needs the permission security_events=write.`;
  if (kind === 'not-found') return 'code scanning is not there for this repository, or not for this App.';
  if (status === 413) return 'GitHub finds them too large.';
  return `${message}.`;
}
