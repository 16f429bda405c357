import { plural } from '../report/plain.ts';
import type { AuditPoint } from '../store/audit-entry.ts';
import type { AuditQuery } from '../store/audit-search.ts';
import type { AuditVerification } from '../store/audit-verify.ts';
import { AUDIT_FORMATTERS, type AuditFormat } from './audit-format.ts';
import { EXIT } from './exit.ts';
import { openOutput } from './line-output.ts';
import { withStore } from './open-store.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface AuditLogOptions {
  readonly query: AuditQuery;
  readonly format: AuditFormat;
  /** Standard output when undefined. */
  readonly output: string | undefined;
  readonly environment: Environment;
}

/** Writes entries of the audit log, page by page. */
export async function runAuditLog({ query, format, output, environment }: AuditLogOptions): Promise<number> {
  await withStore(environment, async ({ audit }) => {
    const formatter = AUDIT_FORMATTERS[format];
    const out = await openOutput(output);
    let found = false;
    let wanted = formatter.head === '' || (await out.write(formatter.head));
    for await (const entries of audit.search(query)) {
      found = true;
      wanted &&= await out.write(formatter.page(entries));
      if (!wanted) break;
    }
    if (!found && format === 'text') await out.write('The audit log has no such entry.\n');
    await out.close();
  });
  return EXIT.passed;
}

/** Checks the whole audit log; says what was found, and where. */
export async function runAuditVerify(
  head: AuditPoint | undefined,
  environment: Environment,
): Promise<number> {
  const result = await withStore(environment, ({ audit }) => audit.verify(head));
  const out = await openOutput(undefined);
  await out.write(verificationText(result));
  await out.close();
  return result.problems.length === 0 ? EXIT.passed : EXIT.blocked;
}

function verificationText({
  entries,
  first,
  last,
  head,
  problems,
  furtherProblems,
}: AuditVerification): string {
  const range = first === null || last === null ? '' : ` (${String(first)} to ${String(last)})`;
  const extent = `${plural(entries, 'entry', 'entries')}${range}`;
  const noted = head === null ? '' : `${String(head.seq)}:${head.hash}`;
  if (problems.length === 0) {
    return `The audit log is complete and unchanged: ${extent}.
Head: ${noted}
Note the head elsewhere and give it to --head the next time: only so can it be told whether all was written anew.
`;
  }
  const total = problems.length + furtherProblems;
  return [
    `The audit log was changed: ${plural(total, 'problem')} in ${extent}.`,
    ...problems.map(({ problem }) => `- ${problem}`),
    ...(furtherProblems === 0 ? [] : [`- ${plural(furtherProblems, 'further problem')}.`]),
    ...(noted === '' ? [] : [`Head: ${noted}`]),
    '',
  ].join('\n');
}
