import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Same for two programs where a process number means the same process to both, as far as can be known. */
export const MACHINE: string = identify();

function identify(): string {
  try {
    // Containers share the kernel, and with it the boot, but not the process numbers.
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

export function processLives(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
