/** A remote registry that answers with trouble, late, with nonsense, or in circles: a small HTTP server plays it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Timers } from '../../src/base/env.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { RegistryHttp } from '../../src/registry/remote/http.ts';
import { RegistryMirror } from '../../src/registry/remote/mirror.ts';
import { RemoteRegistry } from '../../src/registry/remote/remote-registry.ts';
import { SchemaStore } from '../../src/registry/store.ts';
import { startServer } from '../../src/server/start.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let url: string;
let answer: Answer;
let requests: string[];

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

/** All waits are over at once. */
const hasty: Timers = {
  after(_ms, run) {
    const timer = setImmediate(run);
    return { [Symbol.dispose]: () => clearImmediate(timer) };
  },
};
/** Waits between attempts are over at once, those for answers never. */
const patient: Timers = {
  after: (ms, run) => (ms < 1_000 ? hasty.after(ms, run) : { [Symbol.dispose]: () => undefined }),
};

function remote(timers = patient): RemoteRegistry {
  const { fetch } = globalThis;
  return new RemoteRegistry(new RegistryHttp({ urls: [url], authorization: null, timers, fetch }));
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const schema = '{"type":"record","name":"R","fields":[{"name":"A","type":"int"}]}';
const subjects = { op: 'subjects', prefix: '', deleted: false } as const;

describe('trouble', () => {
  test('that passes is not noticed', async () => {
    answer = (_request, response) => {
      if (requests.length < 3) reply(response, 503, 'starting');
      else reply(response, 200, ['s']);
    };
    expect(await remote().request<'subjects'>(subjects)).toEqual(['s']);
    expect(requests).toHaveLength(3);
  });

  test('that stays is told after three attempts', async () => {
    answer = (_request, response) => reply(response, 500, { error_code: 50001, message: 'store' });
    await expect(remote().request<'subjects'>(subjects)).rejects.toThrow(
      'Failed to reach Schema Registry: HTTP status 500: {"error_code":50001,"message":"store"}',
    );
    expect(requests).toHaveLength(3);
  });

  test('of a registry that takes no more requests is waited for as well', async () => {
    answer = (_request, response) => reply(response, requests.length === 1 ? 429 : 200, []);
    expect(await remote().request<'subjects'>(subjects)).toEqual([]);
  });

  test('of connections that break is told', async () => {
    answer = (request) => request.socket.destroy();
    await expect(remote().request<'subjects'>(subjects)).rejects.toThrow(
      'Failed to reach Schema Registry',
    );
  });

  test('of answers that never come, or never end, is told', async () => {
    answer = (_request, response) => {
      if (requests.length === 1) response.write('[');
    };
    await expect(remote(hasty).request<'subjects'>(subjects)).rejects.toThrow(
      'Failed to reach Schema Registry: no answer within 5000 ms',
    );
  });
});

describe('an answer', () => {
  test('that redirects is not followed', async () => {
    answer = (_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/login' });
      response.end();
    };
    const register = { op: 'register', subject: 's', id: null } as const;
    const input = { type: 'AVRO', text: schema, references: [] } as const;
    await expect(remote().request<'register'>({ ...register, schema: input })).rejects.toThrow(
      'Failed to reach Schema Registry: it redirects to http://127.0.0.1:1/login',
    );
  });

  test.each([
    ['no JSON', '<html>', 'an answer that is no JSON: <html>'],
    ['of another kind', '{"subjects":1}', 'Failed to understand the answer of Schema Registry'],
    ['null', 'null', 'Failed to understand the answer of Schema Registry'],
  ])('that is %s is refused', async (_what, body, message) => {
    answer = (_request, response) => reply(response, 200, body);
    await expect(remote().request<'subjects'>(subjects)).rejects.toThrow(message);
  });

  test('of another shape than schemas have is refused', async () => {
    answer = (_request, response) => reply(response, 200, { schema: 7, id: 1 });
    await expect(remote().request<'schema'>({ op: 'schema', id: 1 })).rejects.toThrow(
      'Failed to understand the answer of Schema Registry',
    );
  });

  test('that refuses is told in its words', async () => {
    answer = (_request, response) =>
      reply(response, 401, { error_code: 40101, message: 'Unauthorized' });
    await expect(remote().request<'subjects'>(subjects)).rejects.toThrow('Unauthorized');
    expect(requests).toHaveLength(1);
  });
});

describe('references', () => {
  /** Answers with schemas of `subject-version` that refer as `references` says. */
  function serve(references: (subject: string) => readonly string[]): void {
    answer = ({ url: path = '' }, response) => {
      const subject = /\/subjects\/([^/]+)\//.exec(path)?.[1] ?? 'top';
      if (/\/ids\/\d+\/versions/.test(path)) return reply(response, 200, [{ subject, version: 1 }]);
      const list = references(subject).map((name) => ({ name, subject: name, version: 1 }));
      const text = `{"type":"record","name":"${subject}","fields":[{"name":"x","type":"int"}]}`;
      const id = 7 + subject.length;
      reply(response, 200, { subject, version: 1, id, schema: text, references: list });
    };
  }
  const learn = () => new RegistryMirror(remote(), new SchemaStore()).byId(10);

  test('are fetched before what refers to them', async () => {
    serve((subject) => (subject === 'top' ? ['b'] : subject === 'b' ? ['cc'] : []));
    const records = await learn();
    expect(records?.map((record) => record.kind === 'schema' && record.schema.subject)).toEqual([
      'cc',
      'b',
      'top',
    ]);
  });

  test('to itself are refused', async () => {
    serve(() => ['top']);
    await expect(learn()).rejects.toThrow('version 1 of top refers to itself');
  });

  test('in a circle are refused', async () => {
    serve((subject) => (subject === 'a' ? ['b'] : ['a']));
    await expect(learn()).rejects.toThrow('version 1 of a refers to itself');
  });

  test('that never end are refused', async () => {
    serve((subject) => [`${subject}x`]);
    await expect(learn()).rejects.toThrow('is one reference too many');
    expect(requests.length).toBeLessThan(30);
  });
});

test('a server whose registry is to be itself says so instead of asking itself for ever', async () => {
  const { port } = server.address() as AddressInfo;
  // Its place is taken by the engine's own server.
  await new Promise((resolve) => {
    server.close(resolve);
  });
  const properties = { 'ksql.schema.registry.url': `http://127.0.0.1:${port}` };
  await using engine = await openLocalEngine({
    directory: null,
    durability: 'memory',
    properties,
  });
  const running = await startServer(engine, { host: '127.0.0.1', port });
  try {
    const sql =
      "CREATE STREAM s (a INT) WITH (kafka_topic='s', value_format='avro', partitions=1);";
    const message = `The server that is asked for schemas has none of its own: its Schema Registry is at http://127.0.0.1:${port}`;
    await expect(engine.execute({ sql, properties: {}, variables: {} })).rejects.toThrow(message);
    const response = await fetch(`${running.url}/subjects`);
    expect(response.status).toBe(421);
    expect(await response.json()).toEqual({ error_code: 42101, message });
  } finally {
    await running.close();
  }
});
