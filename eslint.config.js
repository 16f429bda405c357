import { defineConfig, globalIgnores } from 'eslint/config';
import prettier from 'eslint-config-prettier';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The rooms of the house, from the ground up: a room imports only what stands before it in this list.
// ARCHITECTURE.md describes them; test/architecture.test.ts keeps both in step.
export const ROOMS = [
  'secrets',
  'manifests',
  'engine',
  'signatures',
  'graph',
  'sops',
  'rules',
  'config',
  'report',
  'host',
  'git',
  'pipeline',
  'telemetry',
  'store',
  'jobs',
  'alerts',
  'posture',
  'github',
  'demo',
  'cli',
];

// Rooms that judge or render, and therefore touch nothing outside their arguments.
const PURE = [
  'secrets',
  'manifests',
  'engine',
  'signatures',
  'graph',
  'sops',
  'rules',
  'config',
  'report',
  'posture',
];
const NODE_IO = [
  'fs',
  'fs/promises',
  'net',
  'http',
  'https',
  'http2',
  'tls',
  'dns',
  'dgram',
  'child_process',
  'worker_threads',
  'cluster',
  'os',
  'readline',
  'process',
];
const GITHUB_PACKAGES = ['probot', '@octokit/*', '@octokit/**'];

function roomRules(room, index) {
  const above = ROOMS.slice(index + 1);
  const patterns = [];
  if (above.length > 0) {
    patterns.push({
      // From a folder inside the room, too; a folder of the room itself may have another room's name.
      group: above.flatMap((other) => [`../${other}/*`, `../../${other}/*`, `../../../${other}/*`]),
      message: `src/${room} stands below these rooms and may not import them (see ARCHITECTURE.md).`,
    });
  }
  if (!['github', 'demo', 'cli'].includes(room)) {
    patterns.push({ group: GITHUB_PACKAGES, message: 'Only src/github talks to GitHub.' });
  }
  if (PURE.includes(room)) {
    patterns.push({
      group: NODE_IO.flatMap((name) => [name, `node:${name}`]),
      message: `src/${room} does no input or output: collect first, judge, then render.`,
    });
  }
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      ...(patterns.length > 0 ? { 'no-restricted-imports': ['error', { patterns }] } : {}),
      ...(PURE.includes(room)
        ? { 'no-console': 'error', 'no-restricted-globals': ['error', 'process', 'fetch'] }
        : {}),
    },
  };
}

export default defineConfig(
  globalIgnores(['dist/', 'artifacts/', 'coverage/', 'node_modules/', 'rules/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  ...ROOMS.map(roomRules),
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  prettier,
);
