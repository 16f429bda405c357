/** The section `comments`, as it is written. */
export interface CommentsSection {
  limit?: number;
}

/** The section `reports`, as it is written. */
export interface ReportsSection {
  codeScanning?: boolean;
}

/** JSON Schema of the section `comments`. */
export const COMMENTS_SCHEMA = {
  type: 'object',
  description: 'Comments in the diff of a pull request.',
  additionalProperties: false,
  properties: {
    limit: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      description:
        'How many comments on findings may be open at a time, 30 when not set. The most severe findings come first; the others stand in the check.',
    },
  },
};

/** JSON Schema of the section `reports`. */
export const REPORTS_SCHEMA = {
  type: 'object',
  description: 'Where findings are reported to, beside the check and its comments.',
  additionalProperties: false,
  properties: {
    codeScanning: {
      type: 'boolean',
      description: 'Whether they are uploaded to code scanning as SARIF, which GitHub has to have enabled.',
    },
  },
};
