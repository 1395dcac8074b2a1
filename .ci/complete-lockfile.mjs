// npm leaves a platform's binary out of the lockfile without a word when the registry in use lacks it, and the next `npm ci`
// refuses. Run after every change of dependencies: it adds what is missing, which npm then keeps.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const platform =
  /(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32|wasm32)-?([a-z0-9]*)/;
for (const [at, owner] of Object.entries({ ...lock.packages })) {
  for (const [name, range] of Object.entries(owner.optionalDependencies ?? {})) {
    if (Object.keys(lock.packages).some((key) => key.endsWith(`node_modules/${name}`))) continue;
    const found = platform.exec(name);
    if (found === null) throw new Error(`${at} wants ${name}, which names no platform`);
    const [, os, cpu] = found;
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[~^]/, ''),
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(os === 'wasm32' ? { cpu: ['wasm32'] } : { os: [os] }),
      ...(owner.dev ? { dev: true } : {}),
      optional: true,
    };
    process.stdout.write(`added ${name} ${range}\n`);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
