import type { CodeRule } from '../../engine/rule.ts';
import { noDirectPush } from './no-direct-push.ts';

export const PUSHES_RULES: Readonly<Record<string, CodeRule>> = {
  'no-direct-push': noDirectPush,
};
