import type { CodeRule } from '../../engine/rule.ts';
import { knownAnalysisTemplate } from './known-analysis-template.ts';
import { rolloutAnalysis } from './rollout-analysis.ts';
import { rolloutInProduction } from './rollout-in-production.ts';
import { validRollout } from './valid-rollout.ts';

export const ROLLOUTS_RULES: Readonly<Record<string, CodeRule>> = {
  'known-analysis-template': knownAnalysisTemplate,
  'rollout-analysis': rolloutAnalysis,
  'rollout-in-production': rolloutInProduction,
  'valid-rollout': validRollout,
};
