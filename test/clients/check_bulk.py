"""The bulk downloads as LSDB, hats and pyarrow use them over HTTP, against the same asked of the release's folder.

usage: check_bulk.py BASE_URL RELEASE_FOLDER
"""

import io
import sys
from pathlib import Path

import lsdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import urllib3
from hats.io.paths import dict_to_query_urlparams
from lsdb.loaders.hats.hats_loading_config import HatsLoadingConfig

from checks import check, finish

CONES = [(56.75, 24.12, 2.0), (10.0, 90.0, 4.0), (0.0, 0.0, 3.0), (101.287, -16.716, 0.01)]

# What LSDB takes: one list is an AND, a list of lists an OR of ANDs.
FILTERS = [
    None,
    [("vmag", "<", 3)],
    [("vmag", "<", 5.5), ("dec", ">=", -10)],
    [[("vmag", "<", 2), ("dec", ">", 0)], [("constellation", "==", "Ori"), ("bv", "<=", -0.1)]],
    [("constellation", "in", ["Ori", "Tau", "UMa"]), ("vmag", "<=", 4)],
    [("constellation", "not in", ["Ori"]), ("vmag", "<", 3)],
    [("name", "==", "Barnard's Star")],
    [("name", "!=", "Sirius"), ("vmag", "<", 1)],
    [("source_id", "in", (32349, 24436))],
    [("source_id", "=", np.int64(32349))],
    [("hd", ">", 300000), ("hd", "<", 310000)],
    [("name", ">", "W")],
]


def same(found: pd.DataFrame, expected: pd.DataFrame) -> bool:
    try:
        pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected), check_like=True)
        return True
    except AssertionError as difference:
        print(f"      {difference}")
        return False


def check_lsdb(url: str, folder: str) -> None:
    for at, filters in enumerate(FILTERS):
        columns = ("all", ["source_id"], ["name", "vmag"])[at % 3]
        served = lsdb.open_catalog(url, columns=columns, filters=filters).compute(progress_bar=False)
        local = lsdb.open_catalog(folder, columns=columns, filters=filters).compute(progress_bar=False)
        check(f"LSDB, columns={columns}, filters={filters}: {len(local)} rows", same(served, local), f"{len(served)}")
    for ra, dec, radius in CONES:
        cone = lsdb.ConeSearch(ra, dec, radius * 3600)
        served = lsdb.open_catalog(url, search_filter=cone).compute(progress_bar=False)
        local = lsdb.open_catalog(folder, search_filter=cone).compute(progress_bar=False)
        check(f"LSDB, a cone of {radius} degrees around ({ra}, {dec}): {len(local)} rows", same(served, local))
    catalog = lsdb.open_catalog(url)
    crossmatched = catalog.crossmatch(catalog, radius_arcsec=1, n_neighbors=1, suffixes=("_a", "_b"))
    few = crossmatched.cone_search(56.75, 24.12, 7200).compute(progress_bar=False)
    check("LSDB crossmatches what it reads over HTTP", len(few) > 0 and (few["source_id_a"] == few["source_id_b"]).all())


def check_selections(url: str, folder: str) -> None:
    """Without LSDB, which filters once more what it gets."""
    config = HatsLoadingConfig()
    for path in sorted(Path(folder).glob("dataset/Norder=*/Dir=*/Npix=*.parquet"))[::4]:
        stored = pq.read_table(path, partitioning=None)
        for filters in FILTERS[1:]:
            config.columns, config.filters = ["vmag", "source_id"], filters
            query = dict_to_query_urlparams(config.make_query_url_params())
            answer = urllib3.request("GET", f"{url}/{path.relative_to(folder)}{query}")
            if answer.status != 200:
                check(f"{path.name}{query}", False, f"HTTP {answer.status}: {answer.data[:300].decode()}")
                continue
            found = pq.read_table(io.BytesIO(answer.data))
            expected = pq.read_table(io.BytesIO(path.read_bytes()), filters=filters).select(found.column_names)
            equal = found.cast(pa.schema(expected.schema)).equals(expected)
            check(f"{path.name}{query}: {len(expected)} of {len(stored)} rows", equal, f"{len(found)} rows")
            check("the columns are those asked for, and those needed", found.column_names[:2] == ["vmag", "source_id"])


def main() -> None:
    base, folder = sys.argv[1:]
    url = f"{base}/bulk/hipparcos.stars/latest"
    catalog = lsdb.open_catalog(url)
    check("LSDB opens the latest release over HTTP", len(catalog) == 118216, f"{len(catalog)} rows")
    check_selections(url, folder)
    check_lsdb(url, folder)
    finish()


if __name__ == "__main__":
    main()
