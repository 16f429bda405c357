import { APP_ROUTES } from './app.ts';
import { CHECK_ROUTES } from './checks.ts';
import { CODE_SCANNING_ROUTES } from './code-scanning.ts';
import { COMMIT_ROUTES } from './commits.ts';
import { DELIVERY_ROUTES } from './deliveries.ts';
import { ISSUE_ROUTES } from './issues.ts';
import { PULL_REQUEST_ROUTES } from './pulls.ts';
import { REPOSITORY_ROUTES } from './repositories.ts';
import { REVIEW_ROUTES } from './reviews.ts';
import type { Route } from './route.ts';

export const ROUTES: ReadonlyMap<string, Route> = new Map(
  [
    ...APP_ROUTES,
    ...DELIVERY_ROUTES,
    ...REPOSITORY_ROUTES,
    ...COMMIT_ROUTES,
    ...PULL_REQUEST_ROUTES,
    ...REVIEW_ROUTES,
    ...CHECK_ROUTES,
    ...CODE_SCANNING_ROUTES,
    ...ISSUE_ROUTES,
  ].map((route) => [route.key, route]),
);
