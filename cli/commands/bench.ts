import { Command, InvalidArgumentError } from 'commander';

const HELP = `
The kernel in this Node; then cone searches over the demo catalogue, at 1 and 16 connections, beside a constant
answer of the same size from workerd. It uses a bucket of its own and leaves the data folder alone.

Examples:
  almagest bench
  almagest bench --seconds 30 --json bench.json`;

export const benchCommand = new Command('bench')
  .description('measure the kernel and the service on this machine')
  .option('--seconds <n>', 'of load for each line about HTTP', seconds, 5)
  .option('--json <file>', 'write the results to a file too')
  .addHelpText('after', HELP)
  .action(async (options: { seconds: number; json?: string }) => {
    const { bench } = await import('../../test/bench/bench.ts');
    await bench({ seconds: options.seconds, json: options.json ?? null });
  });

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 3600)) throw new InvalidArgumentError('It must be a number from 1 to 3600.');
  return value;
}
