import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that open sockets or start processes: with time to breathe. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000 };
/** The built command is needed: it is built when the sources have changed. */
const built = { globalSetup: ['test/support/ready.ts'] };
/** Vitest leaves a core to itself, which would be half of a small machine. */
const cores = Math.min(4, Math.max(2, availableParallelism()));

/** Runs that judge their own timing: each with the machine to itself. */
const timed = [
  'test/scenarios.test.ts',
  'test/e2e/{compare,fleet-*,fronts,jumping,overload,seeds,verdicts}.test.ts',
];

/** Projects of the same `groupOrder` run side by side, and one worker each when all others are done. */
export default defineConfig({
  test: {
    restoreMocks: true,
    // Our SDK version is pinned and proven on Node 20; it announces later ones that will not be.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/{unit,property,transcripts,docs}/**/*.test.ts'],
          maxWorkers: cores,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: cores,
          ...patient,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: cores,
          ...patient,
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['test/e2e/**/*.test.ts'],
          exclude: timed,
          sequence: { groupOrder: 2 },
          // They wait for processes most of their time.
          maxWorkers: cores + 1,
          ...built,
          ...patient,
        },
      },
      {
        extends: true,
        test: { name: 'timed', include: timed, maxWorkers: 1, ...built, ...patient },
      },
    ],
  },
});
