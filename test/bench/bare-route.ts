/** The yardstick of pull queries over HTTP, a process of its own: a Fastify route that parses its body and answers from a Map. */
import fastify from 'fastify';

const rows = new Map<string, string>();
for (let key = 0; key < 10_000; key++) rows.set(`key-${key}`, `["key-${key}",1,2.5]`);

const server = fastify();
server.post('/lookup', async (request, reply) => {
  const { key } = request.body as { readonly key: string };
  reply.type('application/json');
  return `[{"columns":["K","N","V"]},${rows.get(key) ?? ''}]`;
});
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
