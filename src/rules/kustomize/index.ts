import type { CodeRule } from '../../engine/rule.ts';
import { inlinePatchWithoutTarget } from './inline-patch-without-target.ts';
import { kustomizationCycle } from './kustomization-cycle.ts';
import { kustomizationDeprecatedField } from './kustomization-deprecated-field.ts';
import { kustomizationEntryWithoutTarget } from './kustomization-entry-without-target.ts';
import { kustomizationFileUnreferenced } from './kustomization-file-unreferenced.ts';
import { kustomizationImageUnused } from './kustomization-image-unused.ts';
import { kustomizationNeedsFlags } from './kustomization-needs-flags.ts';
import { kustomizationPatchWithoutTarget } from './kustomization-patch-without-target.ts';
import { kustomizationReferenceMissing } from './kustomization-reference-missing.ts';
import { kustomizationRemoteNotPinned } from './kustomization-remote-not-pinned.ts';
import { validKustomization } from './valid-kustomization.ts';
import { validPatch } from './valid-patch.ts';

export const KUSTOMIZE_RULES: Readonly<Record<string, CodeRule>> = {
  'inline-patch-without-target': inlinePatchWithoutTarget,
  'kustomization-cycle': kustomizationCycle,
  'kustomization-deprecated-field': kustomizationDeprecatedField,
  'kustomization-entry-without-target': kustomizationEntryWithoutTarget,
  'kustomization-file-unreferenced': kustomizationFileUnreferenced,
  'kustomization-image-unused': kustomizationImageUnused,
  'kustomization-needs-flags': kustomizationNeedsFlags,
  'kustomization-patch-without-target': kustomizationPatchWithoutTarget,
  'kustomization-reference-missing': kustomizationReferenceMissing,
  'kustomization-remote-not-pinned': kustomizationRemoteNotPinned,
  'valid-kustomization': validKustomization,
  'valid-patch': validPatch,
};
