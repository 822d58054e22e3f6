import type { Command } from 'commander';

/** Exit status of a program that has not begun with what it was asked for. */
export const NOT_BEGUN = 2;

/** A command could not begin: an option or a name is wrong, or what it works on cannot be reached. */
export class NotBegunError extends Error {
  override readonly name = 'NotBegunError';
}

/** Options and arguments that a command does not have end it with status 2 (commander's own is 1). */
export function refusesWith2(command: Command): Command {
  return command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : NOT_BEGUN));
}

/**
 * Runs a command that calls `begun` when all that it needs is there.
 * @throws NotBegunError for what fails before.
 */
export async function untilBegun(run: (begun: () => void) => Promise<void>): Promise<void> {
  let hasBegun = false;
  try {
    await run(() => {
      hasBegun = true;
    });
  } catch (error) {
    if (hasBegun) throw error;
    throw new NotBegunError((error as Error).message, { cause: error });
  }
}
