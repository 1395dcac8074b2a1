#!/usr/bin/env node
// The one file that is JavaScript: it runs on whatever Node there is. Nothing may be imported statically: the native storage
// engine kills Node 20 with a segmentation fault, so an older Node must be turned away before anything loads.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `leat needs Node 22.18 or later and this is ${process.versions.node}. In the checkout start it by "npx leat": that uses the Node that npm ci installed.\n`,
  );
  process.exit(78);
}
const { enableCompileCache } = await import('node:module');
const { existsSync } = await import('node:fs');
const { dirname } = await import('node:path');
const { directory } = enableCompileCache();
// Worker threads take it from their environment; without it they would strip types and compile at every start.
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= dirname(directory);
// In a checkout the sources run unbuilt; the published package has only what the build made of them.
const source = new URL('./cli/main.ts', import.meta.url);
const { main } = await import(existsSync(source) ? source.href : '../dist/src/cli/main.js');
await main(process.argv.slice(2));
