/**
 * How a thread is: its heap, how late its event loop comes, what collecting garbage takes. What has to be watched is watched from
 * the first look on: nobody who does not ask pays for it.
 */
import type { IntervalHistogram } from 'node:perf_hooks';
import { Histogram, type Samples, series } from '../../base/samples.ts';

const gcSecondsBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];
const resolutionMs = 10;
const quantiles = [50, 99, 100];

interface Watch {
  readonly delay: IntervalHistogram;
  readonly gcSeconds: Histogram;
}
let watch: Watch | null = null;

/** Adds what the calling thread can say of itself, as `thread`. Delays are those since the last look. */
export function writeThreadVitals(into: Samples, thread: string): void {
  watch ??= begin();
  const { delay, gcSeconds } = watch;
  for (const percent of quantiles) {
    // Nothing seen yet reads as NaN, and the resolution is part of what is measured.
    const seconds = delay.percentile(percent) / 1e9 - resolutionMs / 1e3;
    into[series('loop_delay_seconds', { thread, quantile: percent / 100 })] = Math.max(
      0,
      seconds || 0,
    );
  }
  delay.reset();
  gcSeconds.write(into, 'gc_seconds', { thread });
  const { heapUsed, heapTotal, external } = process.memoryUsage();
  into[series('heap_used_bytes', { thread })] = heapUsed;
  into[series('heap_total_bytes', { thread })] = heapTotal;
  into[series('external_bytes', { thread })] = external;
}

function begin(): Watch {
  const { monitorEventLoopDelay, PerformanceObserver } =
    process.getBuiltinModule('node:perf_hooks');
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const gcSeconds = new Histogram(gcSecondsBounds);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcSeconds.observe(duration / 1000);
  }).observe({ entryTypes: ['gc'] });
  return { delay, gcSeconds };
}
