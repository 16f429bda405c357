import type { YamlDocument } from '../manifests/yaml-document.ts';
import { didYouMean } from './document-schema.ts';
import type { ConfigProblem } from './policy.ts';
import type { KnownRules } from './rule.ts';
import { APPROVER_PERMISSIONS, type ApproverPermission } from './waiver-policy.ts';

/** The section `waivers`, as it is written. */
export interface WaiversSection {
  allow?: {
    permission?: ApproverPermission;
    roles?: string[];
    teams?: string[];
    users?: string[];
    codeOwners?: boolean;
  };
  maxDays?: number;
  unwaivable?: string[];
}

const names = (description: string, pattern: string): object => ({
  type: 'array',
  description,
  items: { type: 'string', pattern },
  maxItems: 50,
});

/** JSON Schema of the section `waivers`. */
export const WAIVERS_SCHEMA = {
  type: 'object',
  description: 'Who may set findings aside, and which ones.',
  additionalProperties: false,
  properties: {
    allow: {
      type: 'object',
      description:
        'Who may waive by a comment: whoever one of these names, but never somebody who wrote part of the pull request. Default: the permission maintain. An empty map: nobody.',
      additionalProperties: false,
      properties: {
        permission: {
          type: 'string',
          enum: [...APPROVER_PERMISSIONS],
          description: 'The least role in the repository that is enough.',
        },
        roles: names('Custom roles in the repository that are enough.', '^[\\w .-]{1,100}$'),
        teams: names(
          'Teams whose members may: team, or organisation/team.',
          '^([A-Za-z0-9-]{1,39}/)?[A-Za-z0-9_.-]{1,100}$',
        ),
        users: names('Logins of people who may.', '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$'),
        codeOwners: {
          type: 'boolean',
          description:
            'Whether somebody may whom CODEOWNERS on the base branch names for every file concerned.',
        },
      },
    },
    maxDays: {
      type: 'integer',
      minimum: 1,
      maximum: 3650,
      description:
        'How many days a waiver that a comment gives may last, and lasts when the comment names no day. Default: 90.',
    },
    unwaivable: {
      type: 'array',
      description: 'Rules whose findings nobody can set aside, by comment, file or ignore; * stands for all.',
      items: { type: 'string', minLength: 1, maxLength: 100 },
      maxItems: 500,
    },
  },
};

/** Rules that do not exist: they would look protected, and a misspelt one is not. */
export function waiverProblems(
  path: string,
  { unwaivable = [] }: WaiversSection,
  document: YamlDocument | undefined,
  knownRules: KnownRules,
): ConfigProblem[] {
  return unwaivable.flatMap((id, index) => {
    if (id === '*' || knownRules.has(id)) return [];
    const line = document?.rangeOf(['waivers', 'unwaivable', String(index)]).start.line ?? null;
    return [{ path, line, message: `there is no rule \`${id}\`${didYouMean(id, [...knownRules.keys()])}` }];
  });
}
