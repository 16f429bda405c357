/** An account: its login, or its number, which stays the same when it is renamed. */
export type AccountEntry = string | number;

/** The section `pushes`, as it is written. */
export interface PushesSection {
  allow?: { users?: AccountEntry[]; apps?: AccountEntry[] };
}

const accounts = (description: string, name: string): object => ({
  type: 'array',
  description,
  maxItems: 100,
  items: {
    anyOf: [
      { type: 'string', pattern: name },
      { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    ],
  },
});

/** JSON Schema of the section `pushes`. */
export const PUSHES_SCHEMA = {
  type: 'object',
  description: 'Pushes to watched branches without a pull request.',
  additionalProperties: false,
  properties: {
    allow: {
      type: 'object',
      description:
        'Who may push, and raises an alert only for what would block in a pull request. Never by the author of a commit. A force push or a deletion raises one all the same.',
      additionalProperties: false,
      properties: {
        users: accounts(
          'People: logins, or numbers of accounts, which stay when a login changes hands.',
          '^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})$',
        ),
        apps: accounts(
          'GitHub Apps: the name in their address, as in github.com/apps/NAME, or the number of their bot account.',
          '^[A-Za-z0-9](?:[A-Za-z0-9-]{0,99})$',
        ),
      },
    },
  },
};
