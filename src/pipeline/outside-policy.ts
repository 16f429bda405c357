import type { NotChecked } from '../engine/change.ts';
import { readPolicyFile, type PolicyFile } from '../engine/policy-file.ts';
import {
  isSameOwner,
  readReference,
  referencesOf,
  type PolicyReference,
} from '../engine/policy-reference.ts';
import type { ConfigProblem } from '../engine/policy.ts';
import type { KnownRules } from '../engine/rule.ts';
import { WHOLE_REPOSITORY } from '../git/not-checked.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import type { TextFile } from './text-file.ts';

/** What became of asking for a file of another repository. The reason is a clause without a full stop. */
export type OutsideAnswer =
  | { readonly state: 'found'; readonly file: TextFile }
  /** It is known that there is none. */
  | { readonly state: 'absent'; readonly reason: string }
  /** There may be one, or not: who may not see it cannot tell. */
  | { readonly state: 'hidden'; readonly reason: string }
  /** There is one. */
  | { readonly state: 'unreadable'; readonly reason: string };

/** Where the organisation's file comes from. */
export type OrganisationSource =
  /** Handed over: the file itself, or a policy that is a floor as a whole. */
  | { readonly from: 'file'; readonly file: TextFile }
  /** The judged repository is the one that keeps it: like all configuration it counts as it stands in the base. */
  | { readonly from: 'tree' }
  | {
      readonly from: 'owner';
      /** Whether nothing passes without it. */
      readonly required: boolean;
      readonly read: () => Promise<OutsideAnswer>;
    };

/** Policies that stand outside of the judged repository. Asked again, they give the same answer. */
export interface OutsidePolicies {
  /** Null: none is asked for. */
  readonly organisation: OrganisationSource | null;
  /** Null: files that a policy extends cannot be read here. */
  readonly extended: {
    /** Nothing of anybody else is read. Null: not known here, and whoever reads sees to it. */
    readonly owner: string | null;
    readonly read: (reference: PolicyReference) => Promise<OutsideAnswer>;
  } | null;
}

export const NOTHING_OUTSIDE: OutsidePolicies = { organisation: null, extended: null };

/** Files, one extending the other; and all of them together. */
const MAX_DEPTH = 5;
const MAX_FILES = 20;

/** What a policy builds on. */
export interface Extended {
  /** The one that counts least comes first. */
  readonly layers: readonly PolicyFile[];
  /** Their references, as they are written. */
  readonly sources: readonly string[];
  /** At the line of the policy that brings them in. */
  readonly problems: readonly ConfigProblem[];
  readonly notes: readonly NotChecked[];
}

/**
 * Reads what a policy extends. Whatever cannot be read or understood is a problem of the line that names it: so taking
 * the line back mends it.
 */
export async function readExtended(
  file: TextFile,
  policy: PolicyFile,
  { extended }: OutsidePolicies,
  knownRules: KnownRules,
): Promise<Extended> {
  const references = referencesOf(policy);
  const layers: PolicyFile[] = [];
  const sources: string[] = [];
  const problems: ConfigProblem[] = [];
  if (references.length === 0) return { layers, sources, problems, notes: [] };
  if (extended === null) return { layers, sources, problems, notes: [notRead(references)] };
  const document = parseYaml(file.path, file.text, 'core').documents[0];

  const follow = async (text: string, above: readonly string[], complain: Complain): Promise<void> => {
    const refusal = refusalOf(text, above, sources.length);
    if (refusal !== null) {
      complain(refusal);
      return;
    }
    sources.push(text);
    const answer = await ask(text, extended);
    if (answer.state !== 'found') {
      complain(answer.reason);
      return;
    }
    const read = readPolicyFile(answer.file.path, answer.file.text, knownRules);
    for (const { line, message } of read.problems) {
      complain(`cannot be used: ${line === null ? '' : `line ${line}: `}${message}`);
    }
    if (read.value === null) return;
    const inner = [...above, text];
    for (const next of referencesOf(read.value)) {
      await follow(next, inner, (reason) => {
        complain(`extends \`${next}\`, which ${reason}`);
      });
    }
    layers.push(read.value);
  };

  for (const [index, text] of references.entries()) {
    const pointer = Array.isArray(policy.extends) ? ['extends', String(index)] : ['extends'];
    const line = document?.rangeOf(pointer, 'value').start.line ?? null;
    await follow(text, [], (reason) => {
      problems.push({ path: file.path, line, message: `\`${text}\` ${reason}` });
    });
  }
  return { layers, sources, problems, notes: [] };
}

/** @param above the files by whose way it is extended */
function refusalOf(text: string, above: readonly string[], known: number): string | null {
  if (above.includes(text)) return `extends itself, by way of \`${above.join('` and `')}\``;
  if (above.length >= MAX_DEPTH) return `stands more than ${MAX_DEPTH} files deep`;
  return known >= MAX_FILES ? `is one of more than ${MAX_FILES} files` : null;
}

type Complain = (reason: string) => void;

async function ask(
  text: string,
  { owner, read }: NonNullable<OutsidePolicies['extended']>,
): Promise<OutsideAnswer> {
  const reference = readReference(text);
  if (reference === null) return { state: 'unreadable', reason: 'names no file of a repository' };
  if (owner !== null && !isSameOwner(reference.owner, owner)) {
    const reason = `belongs to \`${reference.owner}\`: a policy can only extend what belongs to \`${owner}\``;
    return { state: 'unreadable', reason };
  }
  return read(reference);
}

/** Nobody is blamed for it where it cannot be read, and it does not pass for judged. */
function notRead(references: readonly string[]): NotChecked {
  const names = references.map((one) => `\`${one}\``).join(', ');
  return {
    path: WHOLE_REPOSITORY,
    reason: `was judged without ${names}, which its policy extends and which cannot be read here. Name a folder with clones of these repositories with --extends-from`,
    blocks: true,
  };
}
