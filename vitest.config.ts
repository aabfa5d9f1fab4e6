import { configDefaults, defineConfig } from 'vitest/config'
import { chapters } from './src/weave/vitest/plugin.ts'

export default defineConfig({
  plugins: [chapters()],
  test: {
    include: ['test/**/*.test.ts', 'content/*/*.md'],
    exclude: [...configDefaults.exclude, 'content/*/_*/**'],
    // One for each processor: by default one is left free, and on two that doubles the time.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['src/rnn/**/*.ts'] },
  },
})
