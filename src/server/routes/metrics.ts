/** GET /metrics: everything that is measured, for Prometheus. */
import { type Samples, series } from '../../base/samples.ts';
import type { Route } from '../route.ts';

/** How long a scrape waits for an engine that is at work; it then tells what it knows without it. */
const engineMs = 2_000;

export const metricsRoute: Route = {
  method: 'GET',
  path: '/metrics',
  async handle(exchange, { engine, metrics, connections }) {
    // Only who scrapes needs these.
    const [{ prometheusPage, prometheusText }, { writeProcess }, { writeThreadVitals }] =
      await Promise.all([
        import('../metrics/prometheus.ts'),
        import('../metrics/process-metrics.ts'),
        import('../../engine/thread/thread-vitals.ts'),
      ]);
    const measured = await withinTime(engine.metrics());
    const samples: Samples = { engine_up: measured === null ? 0 : 1, ...measured };
    metrics.write(samples);
    const { open, active, refused } = connections();
    samples['connections'] = open;
    samples['requests_active'] = active;
    for (const [limit, count] of refused)
      samples[series('connections_refused_total', { limit })] = count;
    writeThreadVitals(samples, 'main');
    writeProcess(samples);
    exchange.send(prometheusPage(samples), 200, prometheusText);
  },
};

async function withinTime(asked: Promise<Samples>): Promise<Samples | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), engineMs);
  });
  try {
    return await Promise.race([asked, late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
