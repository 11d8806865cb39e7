import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    restoreMocks: true,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary'] },
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/{unit,property,transcripts,docs}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'system',
          globalSetup: ['test/support/ready.ts'],
          include: ['test/{conformance,e2e}/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
