import type { ApiRequest, Reply, RepositoryRequest, RequiredPermission } from '../http.ts';

/** `app`: called with the App's JWT; `any`: with whatever token. */
export type Route =
  | {
      readonly key: string;
      readonly access: 'app' | 'any';
      handle(request: ApiRequest): Reply | Promise<Reply>;
    }
  | {
      readonly key: string;
      /** One of these is enough. */
      readonly access: readonly RequiredPermission[];
      handle(request: RepositoryRequest): Reply | Promise<Reply>;
    };

export const REPOSITORY = '/repos/{owner}/{repo}';
