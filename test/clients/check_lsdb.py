"""LSDB's cone search over a release against the service's: the same stars with the same columns' values.

usage: check_lsdb.py BASE_URL RELEASE_FOLDER
"""

import io
import sys

import lsdb
import pandas as pd
import urllib3
from astropy.table import Table

from checks import check, finish

# ra, dec, radius in degrees: the Pleiades, both poles, across RA 0, a single star, nothing.
CONES = [
    (56.75, 24.12, 2.0),
    (10.0, 90.0, 4.0),
    (200.0, -90.0, 4.0),
    (0.0, 0.0, 3.0),
    (359.9, -45.0, 6.0),
    (101.287, -16.716, 0.01),
    (10.123456, 10.0, 1e-5),
]


def by_http(base: str, ra: float, dec: float, radius: float) -> pd.DataFrame:
    fields = {"RA": ra, "DEC": dec, "SR": radius, "VERB": 3, "RESPONSEFORMAT": "votable/b2"}
    answer = urllib3.request("GET", f"{base}/scs/hipparcos.stars", fields=fields)
    if answer.status != 200:
        raise SystemExit(f"HTTP {answer.status}: {answer.data[:400].decode()}")
    table = Table.read(io.BytesIO(answer.data), format="votable").to_pandas()
    table["source_id"] = table["source_id"].astype(int)
    return table.sort_values("source_id")


def main() -> None:
    base, release = sys.argv[1:]
    catalog = lsdb.open_catalog(release, columns="all")
    print(f"      lsdb.open_catalog: {len(catalog)} rows in {len(catalog.get_healpix_pixels())} partitions")
    check("LSDB opens the release", len(catalog) == 118216, f"{len(catalog)} rows")
    for ra, dec, radius in CONES:
        expected = by_http(base, ra, dec, radius)
        try:
            found = catalog.cone_search(ra, dec, radius_arcsec=radius * 3600).compute(progress_bar=False)
            found = found.sort_values("source_id")
        except ValueError as none:
            check(f"LSDB: no stars near ({ra}, {dec})", len(expected) == 0, f"{none}")
            continue
        same = len(found) == len(expected) and found["source_id"].tolist() == expected["source_id"].tolist()
        check(
            f"LSDB and the service: {len(expected)} stars within {radius} degrees of ({ra}, {dec})",
            same,
            f"{len(found)} by LSDB",
        )
        for name in sorted(set(found.columns) & set(expected.columns)) if same else ():
            ours, theirs = values(expected[name]), values(found[name])
            check(f"with the same {name}", ours == theirs, f"{theirs} by LSDB, {ours}")
    finish()


def values(column: pd.Series) -> list:
    """None for a null; VOTable has no null text but the empty one."""
    return [None if pd.isna(value) or value == "" else value for value in column.tolist()]


main()
