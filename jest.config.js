import path from 'node:path';

// Programs and threads that tests start keep the code that V8 makes of theirs, and start in half the time.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, 'node_modules/.cache/gitops-warden');

// ES modules throughout: several dependencies publish no CommonJS form.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
  // What a test file loads stays in the memory of the process that ran it: a worker that has grown is replaced.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '700MB',
  // Ends a test that hangs, and measures nothing: a busy machine must not make a test fail.
  testTimeout: 300_000,
};
