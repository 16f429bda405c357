import type { Signature } from '../engine/change.ts';
import { openRepository } from '../git/repository.ts';
import { treeAt } from '../pipeline/config-files.ts';
import { resolveConfiguration } from '../pipeline/configuration.ts';
import { loadRuleSet } from '../pipeline/rule-set.ts';
import { isTagAccepted, verifyTagAt } from '../pipeline/verify-tag.ts';
import { stringifyVisibly, toJsonSignature } from '../report/json.ts';
import { EXIT, UsageError } from './exit.ts';
import { openOutput } from './line-output.ts';
import { outsideIn } from './outside.ts';
import { readTextFile } from './read-file.ts';
import { tableOf } from './table.ts';

export interface VerifyTagCommand {
  readonly tags: readonly string[];
  readonly repo: string;
  readonly base: string | undefined;
  readonly policy: string | undefined;
  readonly floor: string | undefined;
  readonly extendsFrom: string | undefined;
  readonly format: 'text' | 'json';
}

interface TagVerdict {
  readonly name: string;
  readonly accepted: boolean;
  /** Null when the name stands for no annotated tag: there is nothing that could be signed. */
  readonly signature: Signature | null;
}

/** Verifies tags against the keys and the policy of a base. */
export async function runVerifyTag(command: VerifyTagCommand): Promise<number> {
  const rules = await loadRuleSet();
  const override = command.policy === undefined ? null : await readTextFile(command.policy, '--policy');
  const floor = command.floor === undefined ? null : await readTextFile(command.floor, '--floor');
  const repository = await openRepository(command.repo);
  try {
    const base = await repository.resolve(command.base ?? (await repository.defaultBase()));
    const tree = treeAt(repository, base);
    const outside = outsideIn(command.extendsFrom);
    const { policy, values, problems, notes } = await resolveConfiguration(rules, {
      override,
      floor,
      outside,
      tree,
    });
    const [unread] = notes;
    if (unread !== undefined) throw new UsageError(`The base ${unread.reason}.`);
    if (problems.length > 0) {
      const lines = problems.map(
        ({ path, line, message }) => `${path}${line === null ? '' : `:${line}`} ${message}`,
      );
      throw new UsageError(`The configuration of the base cannot be used:\n${lines.join('\n')}`);
    }
    const { signatures } = policy;
    const verdicts: TagVerdict[] = [];
    for (const tag of command.tags) {
      const options = { keyring: values.keys, policy: signatures, now: new Date() };
      const signature = await verifyTagAt(repository, tag, options);
      verdicts.push({ name: tag, accepted: isTagAccepted(signature, signatures), signature });
    }
    const output = await openOutput(undefined);
    await output.write(
      command.format === 'json'
        ? `${stringifyVisibly({ version: 1, tags: verdicts.map(toJson) })}\n`
        : tableOf([['TAG', 'ACCEPTED', 'STATE', 'SIGNER', 'NOTE'], ...verdicts.map(rowOf)]),
    );
    await output.close();
    return verdicts.every(({ accepted }) => accepted) ? EXIT.passed : EXIT.blocked;
  } finally {
    repository.close();
  }
}

function toJson({ signature, ...verdict }: TagVerdict): object {
  return { ...verdict, signature: signature === null ? null : toJsonSignature(signature) };
}

function rowOf({ name, accepted, signature }: TagVerdict): string[] {
  const { state, signer, reason } = signature ?? {
    state: 'unsigned',
    signer: null,
    reason: 'no annotated tag, so nothing could be signed',
  };
  return [name, accepted ? 'yes' : 'no', state, signer ?? '-', reason ?? ''];
}
