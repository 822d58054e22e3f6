"""A HATS collection, which has a margin, opened by LSDB over HTTP and in its folder: the same rows in both.

usage: check_bulk_margin.py URL RELEASE_FOLDER
"""

import sys

import lsdb
import pandas as pd

from checks import check, finish

OPTIONS = [
    {},
    {"columns": ["id"]},
    {"columns": ["id"], "filters": [("dec", ">", -3.0)]},
    {"filters": [[("id", "<", 1000), ("ra", ">", 83.2)], [("id", ">", 2000)]]},
    {"search_filter": lsdb.ConeSearch(83.5, -4.5, 1800)},
]


def same(found: pd.DataFrame, expected: pd.DataFrame) -> bool:
    return pd.DataFrame(found).sort_values("id").equals(pd.DataFrame(expected).sort_values("id"))


def main() -> None:
    url, folder = sys.argv[1:]
    for options in OPTIONS:
        served, local = (lsdb.open_catalog(where, **options) for where in (url, folder))
        check(f"LSDB finds the margin by itself, {options}", served.margin is not None and local.margin is not None)
        rows, expected = served.compute(progress_bar=False), local.compute(progress_bar=False)
        check(f"{len(expected)} rows", same(rows, expected), f"{len(rows)}")
        rows, expected = served.margin.compute(progress_bar=False), local.margin.compute(progress_bar=False)
        check(f"{len(expected)} rows of the margin", len(expected) > 0 and same(rows, expected), f"{len(rows)}")
    finish()


main()
