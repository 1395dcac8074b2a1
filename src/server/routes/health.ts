/** GET /livez and /readyz, for whoever starts servers and sends requests to them. ksqlDB's own `/healthcheck` says more. */
import { liveSilenceMsMax } from '../metrics/health.ts';
import type { Route } from '../route.ts';

/** 200 while the engine goes on; else it is time to start the process anew. No detail: anybody may ask. */
export const livezRoute: Route = {
  method: 'GET',
  path: '/livez',
  async handle(exchange, { health }) {
    const isLive = (await health.silentMs()) < liveSilenceMsMax;
    exchange.send(isLive ? 'ok\n' : 'not ok\n', isLive ? 200 : 503, 'text/plain; charset=utf-8');
  },
};

/** 200 while requests are welcome; 503 with the reasons while they are not. */
export const readyzRoute: Route = {
  method: 'GET',
  path: '/readyz',
  async handle(exchange, { health, lifecycle }) {
    const reasons = [
      ...(lifecycle.state === 'READY' ? [] : ['the server is shutting down']),
      ...(await health.reasons()),
    ];
    exchange.send({ isReady: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  },
};
