import { SEVERITIES } from './finding.ts';

/** A level of a rule. */
export const level = { type: 'string', enum: [...SEVERITIES, 'off'] };

export const globs = (description: string): object => ({
  type: 'array',
  description,
  items: { type: 'string', minLength: 1, maxLength: 500 },
  maxItems: 500,
});
