"""The Parquet files of the demo stars' release, read by pyarrow, DuckDB and astropy, against the stars' source.

usage: check_parquet_clients.py RELEASE_FOLDER
"""

import io
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from astropy.io.votable import parse

from checks import check, finish
from positions import load_stars, separations, unit_vectors

# The Pleiades, the north pole, RA 0: degrees.
CONES = [(56.75, 24.12, 2.0), (0.0, 90.0, 3.0), (0.0, -30.0, 4.0)]

HAVERSINE = """
    select source_id from stars
    where degrees(2 * asin(sqrt(
        pow(sin(radians(dec - $dec) / 2), 2)
        + cos(radians(dec)) * cos(radians($dec)) * pow(sin(radians(ra - $ra) / 2), 2)))) <= $radius
    order by source_id
"""


def main() -> None:
    dataset = Path(sys.argv[1]) / "dataset"
    stars = load_stars()
    vectors = unit_vectors(stars.ra, stars.dec)

    table = ds.dataset(dataset, format="parquet", partitioning="hive", exclude_invalid_files=False).to_table(
        columns=["source_id", "ra", "dec", "_healpix_29"]
    )
    table = table.take(pc.sort_indices(table["source_id"]))
    check("pyarrow reads every star", np.array_equal(table["source_id"].to_numpy(), stars.id), f"{table.num_rows} rows")
    check(
        "pyarrow reads their positions, to the last bit",
        np.array_equal(table["ra"].to_numpy(), stars.ra) and np.array_equal(table["dec"].to_numpy(), stars.dec),
        f"off by {np.abs(table['ra'].to_numpy() - stars.ra).max()} degrees at most",
    )

    with duckdb.connect() as connection:
        files = str(dataset / "Norder=*" / "Dir=*" / "Npix=*.parquet")
        connection.execute(f"create view stars as select * from read_parquet('{files}', hive_partitioning = true)")
        count = connection.execute("select count(*), count(distinct source_id) from stars").fetchone()
        check("DuckDB counts the stars", count == (len(stars.id), len(stars.id)), f"{count}")
        for ra, dec, radius in CONES:
            parameters = {"ra": ra, "dec": dec, "radius": radius}
            found = [row[0] for row in connection.execute(HAVERSINE, parameters).fetchall()]
            expected = stars.id[separations(vectors, unit_vectors(ra, dec)) <= radius]
            check(
                f"DuckDB finds the {len(expected)} stars within {radius} degrees of ({ra}, {dec})",
                len(expected) > 0 and found == expected.tolist(),
                f"{len(found)} found",
            )

    # Table.read(format="parquet.votable") of astropy 8.0 fails on null text, so its two parts are read apart.
    file = next(dataset.glob("Norder=*/Dir=*/Npix=*.parquet"))
    metadata = pq.read_metadata(file).metadata
    header = parse(io.BytesIO(metadata[b"IVOA.VOTable-Parquet.content"]), verify="exception")
    fields = {field.name: field for field in header.get_first_table().fields}
    check(
        "astropy reads units and UCDs from the VOTable in a file's footer",
        str(fields["ra"].unit) == "deg" and fields["ra"].ucd == "pos.eq.ra;meta.main",
        f"{fields['ra']}",
    )
    names = pq.read_schema(file).names
    check("which describes the file's columns in their order", list(fields) == names, f"{list(fields)} {names}")
    finish()


main()
