#!/usr/bin/env node
import { program } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { benchCommand } from './commands/bench.ts';
import { devCommand } from './commands/dev.ts';
import { exportCommand } from './commands/export.ts';
import { gcCommand } from './commands/gc.ts';
import { imagesCommand } from './commands/images.ts';
import { loadCommand } from './commands/load.ts';
import { publishCommand } from './commands/publish.ts';
import { releasesCommand } from './commands/releases.ts';
import { startCommand } from './commands/start.ts';
import { unpublishCommand } from './commands/unpublish.ts';
import { verifyCommand } from './commands/verify.ts';
import { NOT_BEGUN, NotBegunError } from './exit-status.ts';

program
  .name('almagest')
  .description(
    'Publish astronomical catalogues and images from PostgreSQL to the Virtual Observatory, answered at the edge.',
  )
  .version(packageJson.version)
  .showHelpAfterError('(almagest --help lists the commands)');

program
  .addCommand(startCommand)
  .addCommand(devCommand)
  .addCommand(exportCommand)
  .addCommand(releasesCommand)
  .addCommand(verifyCommand)
  .addCommand(gcCommand)
  .addCommand(loadCommand)
  .addCommand(publishCommand)
  .addCommand(unpublishCommand)
  .addCommand(imagesCommand)
  .addCommand(benchCommand);

await program.parseAsync().catch((error: Error) => {
  const { code = '', syscall } = (
    error instanceof NotBegunError ? error.cause : error
  ) as NodeJS.ErrnoException;
  const noPlace = ['EACCES', 'EROFS', 'ENOTDIR', 'ENOSPC'].includes(code) && syscall === 'mkdir';
  console.error(`almagest: ${error.message}${noPlace ? '; ALMAGEST_DATA chooses another data folder' : ''}`);
  // Not only exitCode: an interrupted command may have work under way, which is safe to drop.
  process.exit(error instanceof NotBegunError ? NOT_BEGUN : 1);
});
