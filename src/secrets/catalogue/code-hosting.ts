import { assigned, named, provider, shape, token, type Kind } from './kind.ts';

const GITLAB = 'https://docs.gitlab.com/security/token_overview/';

/** Where code, packages and images are kept, and what builds them. */
export const CODE_HOSTING: readonly Kind[] = [
  ...provider(
    'GitHub',
    'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens',
    'Delete the token under Settings > Developer settings, look for its use in the audit log, and make a new one.',
    [
      token('github-pat', 'personal access token', 'ghp_[0-9A-Za-z]{36}', 3),
      token(
        'github-fine-grained-pat',
        'fine-grained personal access token',
        'github_pat_[0-9A-Za-z_]{82}',
        3,
      ),
    ],
  ),
  ...provider(
    'GitHub',
    'https://docs.github.com/en/apps/using-github-apps/reviewing-and-revoking-authorization-of-github-apps',
    'Revoke the authorization of the app, or end the token with `DELETE /installation/token`; it ends by itself within hours.',
    [
      token('github-app-token', 'App token', 'gh[us]_[0-9A-Za-z]{36}', 3, { keywords: ['ghu_', 'ghs_'] }),
      token('github-oauth', 'OAuth access token', 'gho_[0-9A-Za-z]{36}', 3),
      token('github-refresh-token', 'refresh token', 'ghr_[0-9A-Za-z]{36,76}', 3),
    ],
  ),
  ...provider(
    'GitLab',
    GITLAB,
    'Revoke the token where it was made, in the user, project or group settings, and make a new one.',
    [
      token('gitlab-pat', 'personal access token', 'glpat-[\\w-]{20}', 3),
      token(
        'gitlab-pat-routable',
        'routable personal access token',
        'glpat-[\\w-]{27,300}\\.[0-9a-z]{9}',
        3.5,
      ),
      token('gitlab-deploy-token', 'deploy token', 'gldt-[\\w-]{20}', 3),
      token('gitlab-feature-flag-client-token', 'feature flags client token', 'glffct-[\\w-]{20}', 3),
      token('gitlab-feed-token', 'feed token', 'glft-[\\w-]{20}', 3),
      token('gitlab-incoming-mail-token', 'incoming mail token', 'glimt-[\\w-]{25}', 3),
      token('gitlab-kubernetes-agent-token', 'agent for Kubernetes token', 'glagent-[\\w-]{50}', 3),
      token('gitlab-oauth-app-secret', 'OAuth application secret', 'gloas-[\\w-]{64}', 3),
      token('gitlab-ptt', 'pipeline trigger token', 'glptt-[0-9a-f]{40}', 3),
      token('gitlab-rrt', 'runner registration token', 'GR1348941[\\w-]{20}', 3),
      token('gitlab-runner-authentication-token', 'runner authentication token', 'glrt-[\\w-]{20}', 3),
      token(
        'gitlab-runner-authentication-token-routable',
        'routable runner authentication token',
        'glrt-t[0-9]_[\\w-]{27,300}\\.[0-9a-z]{9}',
        3.5,
      ),
      token('gitlab-scim-token', 'SCIM token', 'glsoat-[\\w-]{20}', 3),
      token('gitlab-cicd-job-token', 'CI job token', 'glcbt-[0-9A-Za-z]{1,5}_[\\w-]{20}', 3),
      shape(
        'gitlab-session-cookie',
        'session cookie',
        '\\b_gitlab_session=([0-9a-z]{32})(?:\\W|$)',
        ['_gitlab_session='],
        3,
      ),
    ],
  ),
  ...provider(
    'Bitbucket',
    'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
    'Delete the OAuth consumer in the workspace settings and add a new one.',
    [
      named('bitbucket-client-id', 'OAuth client id', 'bitbucket', '[a-z0-9]{32}', 3, { level: 'info' }),
      named('bitbucket-client-secret', 'OAuth client secret', 'bitbucket', '[a-z0-9=_-]{64}', 3),
    ],
  ),
  ...provider(
    'Atlassian',
    'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    'Revoke the token under Account settings > Security > API tokens.',
    [
      shape(
        'atlassian-api-token',
        'API token',
        `\\b(ATATT3[0-9A-Za-z_=-]{186})(?:[^\\w=-]|$)|${assigned('(?:atlassian|confluence|jira)', '[a-z0-9]{20}[a-f0-9]{4}')}`,
        ['atatt3', 'atlassian', 'confluence', 'jira'],
        3.5,
      ),
    ],
  ),
  ...provider(
    'Sourcegraph',
    'https://sourcegraph.com/docs/cli/how-tos/revoking_an_access_token',
    'Delete the token under Settings > Access tokens.',
    [
      token(
        'sourcegraph-access-token',
        'access token',
        'sgp_(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40}',
        3,
      ),
    ],
  ),
  ...provider(
    'npm',
    'https://docs.npmjs.com/revoking-access-tokens',
    'Run `npm token revoke` with its id, and look at what was published since.',
    [token('npm-access-token', 'access token', '(?i:npm_[a-z0-9]{36})', 2, { keywords: ['npm_'] })],
  ),
  ...provider(
    'PyPI',
    'https://pypi.org/help/#apitoken',
    'Remove the token under Account settings > API tokens, and look at what was uploaded since.',
    [token('pypi-upload-token', 'upload token', 'pypi-AgEIcHlwaS5vcmc[\\w-]{50,1000}', 3)],
  ),
  ...provider(
    'RubyGems',
    'https://guides.rubygems.org/api-key-scopes/',
    'Delete the key under Settings > API keys.',
    [token('rubygems-api-token', 'API key', 'rubygems_[0-9a-f]{48}', 2)],
  ),
  ...provider(
    'Clojars',
    'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
    'Disable the deploy token on your dashboard.',
    [token('clojars-api-token', 'deploy token', '(?i:CLOJARS_[a-z0-9]{60})', 2, { keywords: ['clojars_'] })],
  ),
  ...provider(
    'NuGet',
    'https://learn.microsoft.com/nuget/reference/nuget-config-file#packagesourcecredentials',
    'Change the password of the package source, and read it from the environment: `%NAME%`.',
    [
      shape(
        'nuget-config-password',
        'package source password',
        '(?i)<add\\s+key="(?:cleartext)?password"\\s+value="([^"%\\s][^"\\n]{7,})"',
        ['<add key='],
        1,
        { path: '(?i)nuget\\.config$' },
      ),
    ],
  ),
  ...provider(
    'JFrog',
    'https://jfrog.com/help/r/jfrog-platform-administration-documentation/revoke-access-tokens',
    'Revoke it under Administration > User Management > Access Tokens.',
    [
      token('artifactory-api-key', 'Artifactory API key', 'AKCp[0-9A-Za-z]{69}', 4.5),
      token('artifactory-reference-token', 'Artifactory reference token', 'cmVmd[0-9A-Za-z]{59}', 4.5),
      named('jfrog-api-key', 'API key', 'jfrog artifactory bintray xray', '[a-z0-9]{73}', 3),
      named('jfrog-identity-token', 'identity token', 'jfrog artifactory bintray xray', '[a-z0-9]{64}', 3),
    ],
  ),
  ...provider(
    'CircleCI, Travis CI or Drone',
    'https://docs.travis-ci.com/user/triggering-builds/',
    'Make a new token in the account settings, which ends the old one.',
    [
      named('travisci-access-token', 'access token', 'travis', '[a-z0-9]{22}', 3),
      named('droneci-access-token', 'access token', 'droneci', '[a-z0-9]{32}', 3),
    ],
  ),
  ...provider(
    'Codecov',
    'https://docs.codecov.com/docs/codecov-tokens',
    'Regenerate the token in the settings of the repository.',
    [named('codecov-access-token', 'upload token', 'codecov', '[a-z0-9]{32}', 3)],
  ),
  ...provider(
    'Snyk',
    'https://docs.snyk.io/snyk-api/authentication-for-api/revoke-and-regenerate-a-snyk-api-token',
    'Revoke and regenerate it under Account settings.',
    [
      named(
        'snyk-api-token',
        'API token',
        'snyk',
        '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
        2,
      ),
    ],
  ),
  ...provider(
    'Sonar',
    'https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens/',
    'Revoke the token under My Account > Security.',
    [
      named('sonar-api-token', 'token', 'sonar_login sonar_token', '(?:sq[uap]_)?[a-z0-9_=-]{40}', 3, {
        keywords: ['sonar'],
      }),
    ],
  ),
  ...provider(
    'Pulumi',
    'https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/',
    'Delete the token under Personal access tokens.',
    [token('pulumi-api-token', 'access token', 'pul-[0-9a-f]{40}', 2)],
  ),
  ...provider(
    'Infracost',
    'https://www.infracost.io/docs/',
    'Regenerate the key in the organisation settings.',
    [token('infracost-api-token', 'API key', 'ico-[0-9A-Za-z]{32}', 3)],
  ),
  ...provider(
    'Octopus Deploy',
    'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key',
    'Delete the key on the profile of its user.',
    [token('octopus-deploy-api-key', 'API key', 'API-[0-9A-Z]{26}', 3)],
  ),
  ...provider(
    'Harness',
    'https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/',
    'Delete or rotate the token on the profile or service account.',
    [
      token('harness-api-key', 'API token', '[ps]at\\.[\\w-]{22}\\.[0-9A-Za-z]{24}\\.[0-9A-Za-z]{20}', 3, {
        keywords: ['pat.', 'sat.'],
      }),
    ],
  ),
  ...provider(
    'Prefect',
    'https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys',
    'Delete the key under the user settings.',
    [token('prefect-api-token', 'API key', 'pnu_[0-9A-Za-z]{36}', 2)],
  ),
  ...provider(
    'Postman',
    'https://learning.postman.com/docs/developer/postman-api/authentication/',
    'Delete the key under Settings > API keys.',
    [token('postman-api-token', 'API key', 'PMAK-[0-9a-fA-F]{24}-[0-9a-fA-F]{34}', 3)],
  ),
  ...provider(
    'ReadMe',
    'https://docs.readme.com/main/reference/intro/authentication',
    'Delete the key under Configuration > API keys.',
    [token('readme-api-token', 'API key', 'rdme_[0-9a-z]{70}', 2)],
  ),
  ...provider(
    'RapidAPI',
    'https://docs.rapidapi.com/docs/keys',
    'Delete the key of the app and make another.',
    [named('rapidapi-access-token', 'access token', 'rapidapi', '[a-z0-9_-]{50}', 3)],
  ),
  ...provider(
    'Sidekiq',
    'https://github.com/sidekiq/sidekiq/wiki/Commercial-FAQ',
    'Ask the vendor for new credentials.',
    [
      shape(
        'sidekiq-secret',
        'Pro or Enterprise credentials',
        '(?i)BUNDLE_(?:ENTERPRISE|GEMS)__CONTRIBSYS__COM["\']?[ \\t]*[=:>,][ \\t]*["\']?([0-9a-f]{8}:[0-9a-f]{8})\\b',
        ['bundle_enterprise__contribsys__com', 'bundle_gems__contribsys__com'],
      ),
      shape(
        'sidekiq-sensitive-url',
        'URL with credentials',
        '(?i)\\bhttps?://([0-9a-f]{8}:[0-9a-f]{8})@(?:gems|enterprise)\\.contribsys\\.com\\b',
        ['gems.contribsys.com', 'enterprise.contribsys.com'],
      ),
    ],
  ),
  ...provider(
    'Freemius',
    'https://freemius.com/help/documentation/wordpress-sdk/',
    'Regenerate the secret key in the settings of the product.',
    [
      shape(
        'freemius-secret-key',
        'secret key',
        '(?i)["\']secret_key["\']\\s*=>\\s*["\'](sk_\\S{29})["\']',
        ['secret_key'],
        0,
        { path: '(?i)\\.php$' },
      ),
    ],
  ),
  ...provider(
    'SettleMint',
    'https://console.settlemint.com/documentation/',
    'Revoke the token where it was made.',
    [
      token('settlemint-application-access-token', 'application access token', 'sm_aat_[0-9A-Za-z]{16}', 3),
      token('settlemint-personal-access-token', 'personal access token', 'sm_pat_[0-9A-Za-z]{16}', 3),
      token('settlemint-service-access-token', 'service access token', 'sm_sat_[0-9A-Za-z]{16}', 3),
    ],
  ),
  ...provider('Intra 42', 'https://api.intra.42.fr/apidoc', 'Regenerate the secret of the application.', [
    token('intra42-client-secret', 'client secret', 's-s4t2(?:ud|af)-[0-9a-fA-F]{64}', 3, {
      keywords: ['s-s4t2ud-', 's-s4t2af-'],
    }),
  ]),
];
