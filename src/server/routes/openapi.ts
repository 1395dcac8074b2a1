/** GET /openapi.json: all routes, as OpenAPI 3.1. */
import type { Route } from '../route.ts';

export const openApiRoute: Route = {
  method: 'GET',
  path: '/openapi.json',
  async handle(exchange) {
    // Only who asks needs it.
    const { openApiDocument } = await import('../schemas/document.ts');
    exchange.send(openApiDocument());
  },
};
