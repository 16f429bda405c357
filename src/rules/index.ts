import type { CodeRule } from '../engine/rule.ts';
import { ACCESS_RULES } from './access/index.ts';
import { ARGO_CD_RULES } from './argo-cd/index.ts';
import { CONFIGURATION_RULES } from './configuration/index.ts';
import { FLUX_RULES } from './flux/index.ts';
import { IMAGES_RULES } from './images/index.ts';
import { KUSTOMIZE_RULES } from './kustomize/index.ts';
import { MANIFESTS_RULES } from './manifests/index.ts';
import { NETWORK_RULES } from './network/index.ts';
import { POD_SECURITY_RULES } from './pod-security/index.ts';
import { PUSHES_RULES } from './pushes/index.ts';
import { ROLLOUTS_RULES } from './rollouts/index.ts';
import { SECRETS_RULES } from './secrets/index.ts';
import { SIGNATURES_RULES } from './signatures/index.ts';
import { WORKLOADS_RULES } from './workloads/index.ts';

/** The code of every rule whose `rule.yaml` says `code: true`, by its id. A test keeps it complete. */
export const CODE_RULES: Readonly<Record<string, CodeRule>> = {
  ...ACCESS_RULES,
  ...ARGO_CD_RULES,
  ...CONFIGURATION_RULES,
  ...FLUX_RULES,
  ...IMAGES_RULES,
  ...KUSTOMIZE_RULES,
  ...MANIFESTS_RULES,
  ...NETWORK_RULES,
  ...POD_SECURITY_RULES,
  ...PUSHES_RULES,
  ...ROLLOUTS_RULES,
  ...SECRETS_RULES,
  ...SIGNATURES_RULES,
  ...WORKLOADS_RULES,
};
