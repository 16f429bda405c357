import { stillHolds, type Ledger, type StandingVerdict } from '../../../src/store/ledger.ts';
import type { GivenWaiver, WaiverKey, Waivers } from '../../../src/store/waivers.ts';
import type { OpenCheck, OpenChecks } from '../../../src/store/open-checks.ts';

/** What the store does, without one. */
export function memoryOpenChecks(): OpenChecks {
  const checks = new Map<string, OpenCheck>();
  return {
    open: (check) => {
      checks.set(check.attempt, { ...check, checkRunId: null, openedAt: 0 });
      return Promise.resolve();
    },
    created: (attempt, checkRunId) => {
      const check = checks.get(attempt);
      if (check !== undefined) checks.set(attempt, { ...check, checkRunId });
      return Promise.resolve();
    },
    closed: (attempt) => {
      checks.delete(attempt);
      return Promise.resolve();
    },
    ofKey: (jobKey) => Promise.resolve([...checks.values()].filter((check) => check.jobKey === jobKey)),
    openedBefore: () => Promise.resolve([...checks.values()]),
  };
}

export function memoryLedger(): Ledger {
  const judged = new Map<string, StandingVerdict | null>();
  const accepted = new Set<string>();
  const marks = new Map<string, string>();
  const nameOf = (id: number, sha: string): string => `${String(id)}/${sha}`;
  return {
    judged: (id, sha, verdict) => {
      judged.set(nameOf(id, sha), verdict);
      return Promise.resolve();
    },
    unjudged: (id, sha) => {
      judged.delete(nameOf(id, sha));
      return Promise.resolve();
    },
    verdictOn: (id, sha) => Promise.resolve(judged.get(nameOf(id, sha)) ?? null),
    judgedAmong: (id, shas, today) => {
      const holds = (sha: string): boolean => {
        const verdict = judged.get(nameOf(id, sha));
        return verdict === null || (verdict !== undefined && stillHolds(verdict, today));
      };
      return Promise.resolve(new Set(shas.filter(holds)));
    },
    acceptedAmong: (ids) => Promise.resolve(new Set(ids.filter((id) => accepted.has(id)))),
    marksUnder: (prefix) => Promise.resolve(new Map([...marks].filter(([name]) => name.startsWith(prefix)))),
    mark: (name) => Promise.resolve(marks.get(name) ?? null),
    setMark: (name, value) => {
      marks.set(name, value);
      return Promise.resolve();
    },
    clearMark: (name) => {
      marks.delete(name);
      return Promise.resolve();
    },
    forget: () => Promise.resolve(),
  };
}

export function memoryWaivers(): Waivers {
  const all = new Map<string, GivenWaiver>();
  const prefixOf = (repository: number, pull: number): string => `${String(repository)}/${String(pull)}/`;
  const nameOf = (prefix: string, { fingerprint, digest }: WaiverKey): string =>
    `${prefix}${fingerprint}/${digest}`;
  return {
    give(repository, pull, waivers) {
      const prefix = prefixOf(repository, pull);
      for (const one of waivers) all.set(nameOf(prefix, one), one);
      return Promise.resolve();
    },
    of(repository, pull) {
      const prefix = prefixOf(repository, pull);
      return Promise.resolve([...all].filter(([name]) => name.startsWith(prefix)).map(([, one]) => one));
    },
    takeBack(repository, pull, keys) {
      const prefix = prefixOf(repository, pull);
      return Promise.resolve(
        keys.flatMap((key) => {
          const name = nameOf(prefix, key);
          const found = all.get(name);
          all.delete(name);
          return found ?? [];
        }),
      );
    },
    forget: () => Promise.resolve(),
  };
}
