import { textOf, textOrNull, type Database, type Row, type Sql } from './database.ts';

/** A waiver of one finding that somebody gave by a comment on a pull request. */
export interface GivenWaiver {
  readonly ruleId: string;
  readonly fingerprint: string;
  /** Keyed digest of the value that was judged. */
  readonly digest: string;
  /** The file of the finding; null when it stands in none. */
  readonly path: string | null;
  readonly reason: string;
  /** The login of whoever gave it. */
  readonly approver: string;
  /** The last day, in UTC, as YYYY-MM-DD. */
  readonly until: string;
  /** The comment that gave it, by its number on GitHub. */
  readonly comment: string;
}

/** A finding of a pull request. */
export type WaiverKey = Pick<GivenWaiver, 'fingerprint' | 'digest'>;

/** Waivers that comments gave. They belong to one pull request, and outlive its pushes. */
export interface Waivers {
  /** Gives waivers, each in the place of an older one of the same finding. */
  give(repositoryId: number, pullRequest: number, waivers: readonly GivenWaiver[]): Promise<void>;
  /** All of a pull request, the ended ones too; sorted. */
  of(repositoryId: number, pullRequest: number): Promise<readonly GivenWaiver[]>;
  /** Takes waivers back; returns those that there were. */
  takeBack(
    repositoryId: number,
    pullRequest: number,
    keys: readonly WaiverKey[],
  ): Promise<readonly GivenWaiver[]>;
  /** Forgets waivers that ended before a day. */
  forget(before: string): Promise<void>;
}

export function createWaivers(database: Database): Waivers {
  return {
    give: (repositoryId, pullRequest, waivers) =>
      database.transaction(async (sql) => {
        for (const waiver of waivers) await put(sql, repositoryId, pullRequest, waiver);
      }),
    async of(repositoryId, pullRequest) {
      const rows = await database.read(
        'SELECT * FROM waivers WHERE repository_id = ? AND pull_request = ? ORDER BY rule_id, fingerprint, digest',
        [repositoryId, pullRequest],
      );
      return rows.map(waiverOf);
    },
    takeBack: (repositoryId, pullRequest, keys) =>
      database.transaction(async (sql) => {
        const gone: GivenWaiver[] = [];
        for (const { fingerprint, digest } of keys) {
          const rows = await sql.query(
            `DELETE FROM waivers WHERE repository_id = ? AND pull_request = ? AND fingerprint = ? AND digest = ?
             RETURNING *`,
            [repositoryId, pullRequest, fingerprint, digest],
          );
          gone.push(...rows.map(waiverOf));
        }
        return gone;
      }),
    async forget(before) {
      await database.transaction((sql) => sql.query('DELETE FROM waivers WHERE until < ?', [before]));
    },
  };
}

async function put(
  sql: Sql,
  repositoryId: number,
  pullRequest: number,
  { ruleId, fingerprint, digest, path, reason, approver, until, comment }: GivenWaiver,
): Promise<void> {
  await sql.query(
    `INSERT INTO waivers
       (repository_id, pull_request, fingerprint, digest, rule_id, path, reason, approver, until, comment)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (repository_id, pull_request, fingerprint, digest)
     DO UPDATE SET rule_id = excluded.rule_id, path = excluded.path, reason = excluded.reason,
       approver = excluded.approver, until = excluded.until, comment = excluded.comment`,
    [repositoryId, pullRequest, fingerprint, digest, ruleId, path, reason, approver, until, comment],
  );
}

function waiverOf(row: Row): GivenWaiver {
  return {
    ruleId: textOf(row, 'rule_id'),
    fingerprint: textOf(row, 'fingerprint'),
    digest: textOf(row, 'digest'),
    path: textOrNull(row, 'path'),
    reason: textOf(row, 'reason'),
    approver: textOf(row, 'approver'),
    until: textOf(row, 'until'),
    comment: textOf(row, 'comment'),
  };
}
