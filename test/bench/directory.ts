/** Directories that go when the measurement is over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh directory on the disk that temporary files live on. */
export function makeDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'leat-bench-'));
}

/** Gives `use` a fresh directory and removes it afterwards. */
export async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = makeDirectory();
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
