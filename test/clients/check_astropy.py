"""Every format of a cone search read by astropy (and json): the same rows, types and nulls in each.

usage: check_astropy.py BASE_URL
"""

import io
import json
import sys
import warnings
from urllib.parse import urlencode

import numpy as np
import urllib3
from astropy.io.votable import parse
from astropy.table import Table

from checks import check, finish

BINARY2 = "application/x-votable+xml;serialization=BINARY2"
# SCS 1.03 §2.2 prescribes these words of UCD1, which is not the UCD1+ that astropy checks against.
UCD1 = ("Invalid UCD 'ID_MAIN'", "Invalid UCD 'POS_EQ_RA_MAIN'", "Invalid UCD 'POS_EQ_DEC_MAIN'")
TABLEDATA = "application/x-votable+xml;serialization=TABLEDATA"


def address(base: str, **parameters) -> str:
    cone = {"RA": 101.287, "DEC": -16.716, "SR": 3, "VERB": 3}
    return f"{base}/scs/hipparcos.stars?{urlencode(cone | parameters)}"


def fetch(url: str) -> bytes:
    answer = urllib3.request("GET", url)
    if answer.status != 200:
        raise SystemExit(f"{url}: HTTP {answer.status}: {answer.data[:400].decode()}")
    return answer.data


def cells(column) -> list:
    """A column as Python values: None for a null, text and numbers as they are."""
    # VOTable has no null text but the empty one.
    return [None if value is np.ma.masked or value == "" else value for value in column.tolist()] \
        if not hasattr(column, "mask") else \
        [None if hidden or value == "" else value for value, hidden in zip(column.data.tolist(), column.mask)]


def rows_of(table: Table) -> list[tuple]:
    return list(zip(*(cells(table[name]) for name in table.colnames)))


def main() -> None:
    base = sys.argv[1]
    reference = Table.read(address(base, RESPONSEFORMAT=BINARY2), format="votable")
    rows = rows_of(reference)
    check("BINARY2 has rows, and a null somewhere", len(rows) > 50 and any(None in row for row in rows), f"{len(rows)}")

    for label, parameters in (("the default", {}), ("TABLEDATA", {"RESPONSEFORMAT": TABLEDATA})):
        table = Table.read(address(base, **parameters), format="votable")
        check(f"{label} has the columns of BINARY2", table.colnames == reference.colnames, f"{table.colnames}")
        types = [(table[n].dtype.kind, table[n].unit) for n in table.colnames]
        expected = [(reference[n].dtype.kind, reference[n].unit) for n in reference.colnames]
        check(f"{label} has the types and units of BINARY2", types == expected, f"{types} {expected}")
        check(f"{label} has the rows of BINARY2", rows_of(table) == rows)

    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        body = fetch(address(base, RESPONSEFORMAT=form)).decode()
        # Everything as text, and then by the reference's types: "007" stays what it is.
        text = Table.read(
            body, format="ascii.csv", delimiter=delimiter, converters={"*": [str]}, fill_values=[("", "0")]
        )
        check(f"{form} has the columns of BINARY2", text.colnames == reference.colnames, f"{text.colnames}")
        same = len(text) == len(reference) and all(
            agree(cells(text[name]), cells(reference[name])) for name in reference.colnames
        )
        check(f"{form} has the rows of BINARY2", same)

    for label, parameters in (
        ("BINARY2", {"RESPONSEFORMAT": BINARY2}),
        ("TABLEDATA", {"RESPONSEFORMAT": TABLEDATA}),
        ("no rows", {"SR": 1e-6, "RA": 10.123456}),
        ("metadata", {"SR": 0}),
        ("OVERFLOW", {"MAXREC": 3}),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            parse(io.BytesIO(fetch(address(base, **parameters))), verify="warn")
        remarks = [str(warning.message) for warning in caught]
        odd = [remark for remark in remarks if not any(word in remark for word in UCD1)]
        check(f"astropy finds nothing odd in {label}", not odd, f"{odd}")
    finish()


def agree(texts: list, values: list) -> bool:
    return all(
        (text is None) == (value is None) and (value is None or type(value)(text) == value)
        for text, value in zip(texts, values)
    )


main()
