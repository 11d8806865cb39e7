import { defineConfig } from 'vitest/config';

/** Tests that open sockets or start processes: one file at a time, with time to breathe. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 1 };

export default defineConfig({
  test: {
    restoreMocks: true,
    // Our SDK version is pinned and proven on Node 20; it announces later ones that will not be.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary'] },
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/{unit,property,transcripts,docs}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], ...patient },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...patient },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/e2e/**/*.test.ts', 'test/*.test.ts'],
          // These run the built command.
          globalSetup: ['test/support/ready.ts'],
          ...patient,
        },
      },
    ],
  },
});
