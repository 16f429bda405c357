import type { KeyReview } from '../engine/change.ts';
import { POLICY_PATHS } from '../engine/policy-file.ts';
import { signerChanges, type SigningRights } from '../signatures/signer-changes.ts';
import type { Configuration, ConfigurationChange } from './configuration.ts';

/** What a change does to the keys and to the settings that say who may sign. */
export async function reviewKeys({ before, after }: ConfigurationChange): Promise<KeyReview> {
  return {
    problemsBefore: before.fileProblems.keys,
    problemsAfter: after.fileProblems.keys,
    changes: await signerChanges(
      rightsOf(before),
      isPolicyBroken(after) ? unchangedPolicy(before, after) : rightsOf(after),
    ),
  };
}

/** A policy that cannot be read says nothing about signatures, and `valid-policy` says what is wrong with it. */
function isPolicyBroken({ own, problems }: Configuration): boolean {
  return own === null && problems.some(({ path }) => (POLICY_PATHS as readonly string[]).includes(path));
}

function unchangedPolicy(before: Configuration, after: Configuration): SigningRights {
  return { ...rightsOf(before), keyring: after.values.keys };
}

function rightsOf({ values, own, source }: Configuration): SigningRights {
  const isFile = (POLICY_PATHS as readonly string[]).includes(source.source);
  return {
    keyring: values.keys,
    policyPath: isFile ? source.source : POLICY_PATHS[0],
    policy: own?.signatures ?? {},
  };
}
