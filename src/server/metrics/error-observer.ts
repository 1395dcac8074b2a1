/** Hears of every error that a client is told: counts it, and logs those that are ours. */
import type { Logger } from '../../base/env.ts';
import type { OnError } from '../errors.ts';
import type { ServerMetrics } from './server-metrics.ts';

export function errorObserver(metrics: ServerMetrics, logger: Logger | null): OnError {
  return (error, body) => {
    const code = String(body['code'] ?? body['error_code']);
    metrics.failed(code, String(body['message']));
    if (body['error_code'] === 50000) {
      logger?.error('request-failed', {
        message: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? (error.stack ?? null) : null,
      });
    } else if (code === 'push.slow-consumer') {
      logger?.info('reader-closed', { code, message: String(body['message']) });
    }
  };
}
