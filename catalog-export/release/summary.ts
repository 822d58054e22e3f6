import type { Exported } from './export.ts';
import type { PlannedExport } from './plan-export.ts';

/** A line that tells a person what an export has done. */
export function summary({ outcome, manifest, partitions, report }: Exported): string {
  const { catalog, release, rows, rowsWithoutPosition, bytes } = manifest;
  const seconds = `${report.seconds.toFixed(1)} s`;
  const note = report.message ? `. Note: ${report.message}` : '';
  if (outcome === 'unchanged') {
    return `Nothing has changed in ${catalog} since release ${release}, which stays the latest: ${counted(rows, 'row')}, ${seconds}${note}`;
  }
  const all = counted(partitions.written + partitions.copied, 'partition');
  const facts = [
    `release ${release}`,
    counted(rows, 'row'),
    partitions.copied > 0 ? `${all} (${partitions.copied.toLocaleString('en')} unchanged)` : all,
    `${(bytes / 1e6).toFixed(1)} MB`,
    seconds,
  ];
  if (rowsWithoutPosition > 0) {
    const left = counted(rowsWithoutPosition, 'row');
    facts.push(`${left} left out, whose ra or dec is null, NaN, or outside 0…360 and −90…90 degrees`);
  }
  return `Exported ${catalog}: ${facts.join(', ')}${note}`;
}

/** The same of what an export would do. */
export function planInWords({ catalog, release, rows, partitions, message }: PlannedExport): string {
  const note = message ? `. Note: ${message}` : '';
  if (release === null) return `Nothing has changed in ${catalog}: ${counted(rows, 'row')}${note}`;
  const { written, copied } = partitions;
  const facts = [
    `release ${release}`,
    counted(rows, 'row'),
    `${counted(written, 'partition')} to be written`,
    `${copied.toLocaleString('en')} unchanged`,
  ];
  return `Would export ${catalog}: ${facts.join(', ')}${note}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
