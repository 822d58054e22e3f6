"""A release of a table without positions, by the programs that others read it with: pyarrow, DuckDB, astropy.

usage: check_plain_release.py RELEASE_FOLDER KEY_COLUMN
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from astropy.table import Table

from checks import check, finish

VOTABLE_KEY = b"IVOA.VOTable-Parquet.content"


def main() -> None:
    release, key = Path(sys.argv[1]), sys.argv[2]
    manifest = json.loads((release / "manifest.json").read_text())
    columns = manifest["table"]["columns"]
    names = [column["name"] for column in columns]
    check("the manifest has no sky", manifest["skymap"] is None and manifest["coverage"] is None)
    files = sorted((release / "dataset").glob("*.parquet"))
    expected = [f"part-{part:05}.parquet" for part in range(manifest["partitions"])]
    check(f"{len(files)} parts, numbered", [file.name for file in files] == expected)
    size = sum(file.stat().st_size for file in files)
    check("of the bytes that the manifest counts", size == manifest["bytes"], f"{size}")

    dataset = ds.dataset(release / "dataset", format="parquet")
    table = dataset.to_table()
    check("pyarrow opens the folder as it is", table.column_names == names, f"{table.column_names}")
    check("and reads every row", table.num_rows == manifest["rows"], f"{table.num_rows}")
    order = table[key].to_pylist()
    check(f"in the order of {key}", order == sorted(order))
    listed = ds.parquet_dataset(release / "dataset" / "_metadata")
    check("_metadata lists the parts", len(listed.files) == len(files) and listed.to_table().equals(table))
    schema = pq.read_schema(release / "dataset" / "_common_metadata")
    check("_common_metadata has their schema", schema.equals(dataset.schema))

    with duckdb.connect() as connection:
        glob = str(release / "dataset" / "*.parquet")
        query = f'select count(*), count(distinct "{key}"), min("{key}"), max("{key}") from read_parquet($files)'
        found = connection.execute(query, {"files": glob}).fetchone()
    expected = (len(order), len(set(order)), min(order), max(order))
    check("DuckDB reads every row", found == expected, f"{found}, {expected}")

    described = all(VOTABLE_KEY in pq.read_metadata(file).metadata for file in files)
    check("every part has its VOTable", described)
    read = Table.read(files[0], format="parquet.votable")
    found = [(str(read[name].unit or ""), read[name].meta.get("ucd"), read[name].description) for name in names]
    expected = [(column["unit"] or "", column["ucd"], column["description"]) for column in columns]
    check("astropy reads units, UCDs and descriptions", found == expected, f"{found}, {expected}")
    finish()


main()
