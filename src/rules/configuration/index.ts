import type { CodeRule } from '../../engine/rule.ts';
import { policyBelowFloor } from './policy-below-floor.ts';
import { policyWeakened } from './policy-weakened.ts';
import { validPolicy } from './valid-policy.ts';
import { validRule } from './valid-rule.ts';
import { validSecretRules } from './valid-secret-rules.ts';
import { validWaivers } from './valid-waivers.ts';

export const CONFIGURATION_RULES: Readonly<Record<string, CodeRule>> = {
  'policy-below-floor': policyBelowFloor,
  'policy-weakened': policyWeakened,
  'valid-policy': validPolicy,
  'valid-rule': validRule,
  'valid-secret-rules': validSecretRules,
  'valid-waivers': validWaivers,
};
