import { DEFAULT_POLICY } from '../config/policy.ts';
import { knownRulesOf } from '../engine/rule.ts';
import { isWaiverFile, WAIVER_PATHS } from '../engine/waiver-file.ts';
import { dayOf, isInForce, type Waiver } from '../engine/waiver.ts';
import { openRepository } from '../git/repository.ts';
import { treeAt } from '../pipeline/config-files.ts';
import { withRepositoryRules } from '../pipeline/repository-rules.ts';
import { loadRuleSet } from '../pipeline/rule-set.ts';
import { WAIVER_FILES } from '../pipeline/waiver-files.ts';
import { stringifyVisibly } from '../report/json.ts';
import { EXIT, UsageError } from './exit.ts';
import { openOutput } from './line-output.ts';
import { tableOf } from './table.ts';

export interface WaiversCommand {
  readonly repo: string;
  readonly ref: string;
  readonly format: 'text' | 'json';
  readonly rules: readonly string[];
}

/**
 * Prints the waivers in the file of a revision. Exits with 1 when one has ended.
 *
 * @throws {UsageError} when the file cannot be read, with each mistake and its line
 */
export async function runWaivers({ repo, ref, format, rules }: WaiversCommand): Promise<number> {
  const repository = await openRepository(repo);
  try {
    const tree = treeAt(repository, await repository.resolve(ref));
    const known = await withRepositoryRules(await loadRuleSet(rules), tree);
    const paths = [...(await tree.paths())].filter(isWaiverFile);
    const files = (await Promise.all(paths.map((path) => tree.read(path)))).flatMap((file) => file ?? []);
    const { value, problems } = await WAIVER_FILES.read(files, DEFAULT_POLICY, knownRulesOf(known.rules));
    if (problems.length > 0) {
      throw new UsageError(
        problems
          .map(({ path, line, message }) => `${path}${line === null ? '' : `:${line}`}: ${message}`)
          .join('\n'),
      );
    }
    const today = dayOf(Date.now());
    const output = await openOutput(undefined);
    await output.write(format === 'json' ? asJson(value, today) : asText(value, today));
    await output.close();
    return value.every((waiver) => isInForce(waiver, today)) ? EXIT.passed : EXIT.blocked;
  } finally {
    repository.close();
  }
}

function asText(waivers: readonly Waiver[], today: string): string {
  if (waivers.length === 0) return `There are no waivers in \`${WAIVER_PATHS[0]}\`.\n`;
  const rows = waivers.map((waiver) => [
    isInForce(waiver, today) ? 'in force' : 'ended',
    waiver.until ?? '-',
    coverOf(waiver),
    waiver.approver,
    waiver.reason,
  ]);
  return tableOf([['STATE', 'UNTIL', 'COVERS', 'APPROVER', 'REASON'], ...rows]);
}

function coverOf({ scope }: Waiver): string {
  if (scope.type === 'finding') return `finding ${scope.fingerprint}`;
  return scope.paths.length === 0 ? scope.ruleId : `${scope.ruleId} in ${scope.paths.join(', ')}`;
}

function asJson(waivers: readonly Waiver[], today: string): string {
  const listed = waivers.map((waiver) => ({
    inForce: isInForce(waiver, today),
    rule: waiver.scope.type === 'rule' ? waiver.scope.ruleId : null,
    paths: waiver.scope.type === 'rule' ? waiver.scope.paths : [],
    finding: waiver.scope.type === 'finding' ? waiver.scope.fingerprint : null,
    reason: waiver.reason,
    approver: waiver.approver,
    until: waiver.until,
  }));
  return `${stringifyVisibly({ version: 1, waivers: listed })}\n`;
}
