/** A program of its own that trusts what NODE_EXTRA_CA_CERTS says: reads and writes over TLS and prints what it got. */
import { argv, stdout } from 'node:process';
import { connect } from '../../src/client/connect.ts';

const [, , url = '', user = '', password = ''] = argv;
const client = connect(url, { authorization: { user, password } });
const writer = client.insertStream('views');
await writer.write({ user_id: 'ann', page: 'home', ms: 1 });
const sql = 'SELECT page, ms FROM views EMIT CHANGES WITH SNAPSHOT LIMIT 1;';
for await (const change of client.subscribe(sql)) {
  if ('rows' in change) stdout.write(`${JSON.stringify(change.rows)}\n`);
}
