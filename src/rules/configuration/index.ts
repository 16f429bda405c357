import type { CodeRule } from '../../engine/rule.ts';
import { validPolicy } from './valid-policy.ts';
import { validRule } from './valid-rule.ts';
import { validSecretRules } from './valid-secret-rules.ts';
import { validWaivers } from './valid-waivers.ts';

export const CONFIGURATION_RULES: Readonly<Record<string, CodeRule>> = {
  'valid-policy': validPolicy,
  'valid-rule': validRule,
  'valid-secret-rules': validSecretRules,
  'valid-waivers': validWaivers,
};
