import { defineConfig } from 'vitest/config';

/** `fast` is the inner loop (`npm test`); `slow` holds what a minute does not hold: kill loops, large fuzz runs. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['{src,grammar,test}/**/*.test.ts'],
          exclude: ['test/slow/**', 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: { name: 'slow', include: ['test/slow/**/*.test.ts'], testTimeout: 900_000 },
      },
    ],
  },
});
