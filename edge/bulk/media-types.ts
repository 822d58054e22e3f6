const PARQUET = 'application/vnd.apache.parquet';
const TEXT = 'text/plain;charset=utf-8';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  parquet: PARQUET,
  properties: TEXT,
  csv: 'text/csv;charset=utf-8',
  json: 'application/json',
  txt: TEXT,
  fits: 'application/fits',
  arrow: 'application/vnd.apache.arrow.stream',
};

/** Value of Content-Type for a file of a release. */
export function mediaTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // Footers of all files of a data set (HATS 1.0).
  if (name === '_metadata' || name === '_common_metadata') return PARQUET;
  const dot = name.lastIndexOf('.');
  return BY_EXTENSION[dot < 0 ? '' : name.slice(dot + 1)] ?? 'application/octet-stream';
}
