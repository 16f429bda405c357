import type {
  ApiRequest,
  InstallationRequest,
  Reply,
  RepositoryRequest,
  RequiredPermission,
} from '../http.ts';

/** `app`: called with the App's JWT; `installation`: with an installation's token; `any`: with either. */
export type Route =
  | {
      readonly key: string;
      readonly access: 'app' | 'any';
      handle(request: ApiRequest): Reply | Promise<Reply>;
    }
  | {
      readonly key: string;
      readonly access: 'installation';
      handle(request: InstallationRequest): Reply | Promise<Reply>;
    }
  | {
      readonly key: string;
      /** One of these is enough. */
      readonly access: readonly RequiredPermission[];
      handle(request: RepositoryRequest): Reply | Promise<Reply>;
    };

export const REPOSITORY = '/repos/{owner}/{repo}';
