import type { CodeRule } from '../../engine/rule.ts';
import { signedCommits } from './signed-commits.ts';
import { signersChanged } from './signers-changed.ts';
import { validSigners } from './valid-signers.ts';

export const SIGNATURES_RULES: Readonly<Record<string, CodeRule>> = {
  'signed-commits': signedCommits,
  'signers-changed': signersChanged,
  'valid-signers': validSigners,
};
