#!/usr/bin/env node
import { program } from 'commander';

program
  .name('almagest')
  .description(
    'Publish astronomical catalogues from PostgreSQL to the Virtual Observatory, answered at the edge.',
  )
  .showHelpAfterError('(almagest --help lists the commands)');

await program.parseAsync();
