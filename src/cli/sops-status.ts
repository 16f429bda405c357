import { openRepository } from '../git/repository.ts';
import { sopsStatus, type SopsStatus } from '../pipeline/sops-status.ts';
import { stringifyVisibly } from '../report/json.ts';
import { plural } from '../report/plain.ts';
import { EXIT } from './exit.ts';
import { openOutput } from './line-output.ts';
import { tableOf } from './table.ts';

export interface SopsStatusCommand {
  readonly repo: string;
  readonly ref: string;
  readonly format: 'text' | 'json';
}

/** Prints which rule, mode, recipients and state every file has that SOPS is concerned with. */
export async function runSopsStatus({ repo, ref, format }: SopsStatusCommand): Promise<number> {
  const repository = await openRepository(repo);
  try {
    const status = await sopsStatus(repository, ref);
    const output = await openOutput(undefined);
    await output.write(
      format === 'json' ? `${stringifyVisibly({ version: 1, ...status })}\n` : asText(status),
    );
    await output.close();
    return status.notRead.length > 0 ? EXIT.incomplete : EXIT.passed;
  } finally {
    repository.close();
  }
}

function asText({ files, otherMatches, notRead }: SopsStatus): string {
  const rows = files.map(({ path, state, config, rule, pattern, mode, recipients, detail }) => [
    path,
    state,
    rule === null
      ? (config ?? '-')
      : `${config ?? ''}#${rule} ${pattern === '' ? '(every path)' : (pattern ?? '')}`,
    mode ?? '-',
    recipients.length === 0 ? '-' : recipients.join(', '),
    detail ?? '',
  ]);
  return [
    rows.length === 0
      ? 'No file is encrypted with SOPS, and no `.sops.yaml` asks for it.\n'
      : tableOf([['FILE', 'STATE', 'RULE', 'MODE', 'RECIPIENTS', 'NOTE'], ...rows]),
    ...(otherMatches > 0
      ? [
          `${plural(otherMatches, 'more file')} that a rule matches ${otherMatches === 1 ? 'is' : 'are'} not encrypted, and nothing says that ${otherMatches === 1 ? 'it has' : 'they have'} to be.\n`,
        ]
      : []),
    ...notRead.map((path) => `Not read, because it is too large or missing: ${path}\n`),
  ].join('');
}
