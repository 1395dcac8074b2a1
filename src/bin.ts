#!/usr/bin/env node
// Nothing may be imported statically here: the native storage engine kills Node 20 with a segmentation fault, so an older
// Node must be turned away before anything loads.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `leat needs Node 22.18 or later and this is ${process.versions.node}. In the checkout, start it by "npx leat" or "npm run": both use the Node that npm ci installed.\n`,
  );
  process.exit(78);
}
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const { main } = (await import(`./cli/main.${extension}`)) as typeof import('./cli/main.ts');
await main(process.argv.slice(2));

export {};
