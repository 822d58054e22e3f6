"""Reads tables in every format with readers of others and compares all cells with what was written.

check_tables.py FOLDER CASE...: FOLDER holds CASE.expected (JSON) and CASE.<format> for each format.
"""

import json
import io
import math
import re
import sys
import warnings
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
from astropy.io import ascii, fits, votable
from astropy.table import Table

FLOATS = {"float", "double"}
TEXTS = {"char", "unicodeChar"}
INTEGERS = {"unsignedByte", "short", "int", "long"}


def value(column, cell):
    """A cell of the .expected file as a Python value."""
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, list):
        return [value(column, element) for element in cell]
    if column["datatype"] in FLOATS:
        number = float(cell.replace("Infinity", "inf"))
        return float(np.float32(number)) if column["datatype"] == "float" else number
    if column["datatype"] in INTEGERS:
        return int(cell)
    return cell


def same(column, wanted, got, null_texts=("",)):
    if wanted is None:
        return got is None or (isinstance(got, str) and got in null_texts)
    if got is None:
        return False
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(same(column, w, g) for w, g in zip(wanted, got, strict=True))
    if isinstance(wanted, float):
        if math.isnan(wanted):
            return math.isnan(got)
        if column["datatype"] == "float":
            got = float(np.float32(got))
        return got == wanted and math.copysign(1, got) == math.copysign(1, wanted)
    return type(got) is type(wanted) and got == wanted


def compare(path, expected, rows, rewrite=lambda column, wanted: wanted, **options):
    columns = expected["columns"]
    rows = list(rows)
    assert len(rows) == len(expected["rows"]), f"{path}: {len(rows)} rows"
    for number, (wanted_row, row) in enumerate(zip(expected["rows"], rows, strict=True)):
        for column, cell, got in zip(columns, wanted_row, row, strict=True):
            wanted = rewrite(column, value(column, cell))
            assert same(column, wanted, got, **options), (
                f"{path}: row {number}, {column['name']}: {got!r} is not {wanted!r}"
            )
    print(f"ok {path.name}: {len(rows)} rows")


def is_array(column):
    return column["arraysize"] is not None and column["datatype"] not in TEXTS


def scalar(cell):
    if cell is np.ma.masked or cell is None:
        return None
    if isinstance(cell, np.ndarray):
        if np.ma.is_masked(cell) and np.ma.getmaskarray(cell).all() and cell.size > 0:
            return None
        return [scalar(element) for element in np.ma.getdata(cell).ravel()]
    return cell.item() if isinstance(cell, np.generic) else cell


def check_votable(path, expected):
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        document = votable.parse(path, verify="exception")
    complaints = [str(c.message) for c in complaints]
    assert all("FIELD (utf8)" in c and "W55" in c for c in complaints), complaints
    resource = document.resources[0]
    assert [(i.name, i.value) for i in resource.infos[:2]] == [("QUERY_STATUS", "OK"), ("release", '"1"')]
    trailing = [(i.name, i.value) for i in resource.infos[2:]]
    assert trailing == ([("QUERY_STATUS", "OVERFLOW")] if expected["overflow"] else []), trailing
    table = resource.tables[0]
    for field, column in zip(table.fields, expected["columns"], strict=True):
        for name in ("name", "datatype", "xtype", "ucd", "description"):
            assert getattr(field, name) == column[name], f"{path}: {name} of {column['name']}"
        assert str(field.unit or "") == (column["unit"] or "")
    table = Table.read(path, format="votable")
    rows = ([scalar(row[name]) for name in table.colnames] for row in table)

    # This reader masks NaN as it masks nulls, and strips the text of a TD. XML has no control characters, and
    # the binary form of char nothing but ASCII.
    def read(column, wanted):
        if column["datatype"] == "char" and wanted is not None and path.suffix == ".votable-binary2":
            return wanted.encode("ascii", "replace").decode()
        if isinstance(wanted, str) and path.suffix == ".votable-tabledata":
            return wanted.replace("\x01", "\ufffd").strip() or None
        if is_array(column) and column["arraysize"].endswith("*"):
            return wanted or []
        if is_array(column) and wanted is not None and all(math.isnan(element) for element in wanted):
            return None
        return None if isinstance(wanted, float) and math.isnan(wanted) else wanted

    compare(path, expected, rows, rewrite=read)


def split(column, cell):
    """An array of text as its elements (DALI 1.1 section 3.3); other cells as they are."""
    if not is_array(column) or cell is None:
        return cell
    kind = column["datatype"]
    parse = float if kind in FLOATS else int if kind in INTEGERS else {"true": True, "false": False}.__getitem__
    return [parse(element) for element in cell.split()]


def check_csv(path, expected):
    types = {
        "long": pa.int64(), "int": pa.int32(), "short": pa.int16(), "unsignedByte": pa.uint8(),
        "double": pa.float64(), "float": pa.float32(), "boolean": pa.bool_(),
    }
    table = pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types={
                c["name"]: pa.string() if is_array(c) else types.get(c["datatype"], pa.string())
                for c in expected["columns"]
            },
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )
    assert table.column_names == [c["name"] for c in expected["columns"]]
    columns = expected["columns"]
    rows = ([split(c, row[c["name"]]) for c in columns] for row in table.to_pylist())
    compare(path, expected, rows, null_texts=())
    if expected["rows"]:
        check_ascii(path, expected, "ascii.csv")


def check_ascii(path, expected, form):
    """astropy guesses types: texts are read as texts and compared as such."""
    texts = {c["name"]: [str] for c in expected["columns"]}
    table = Table.read(path, format=form, converters=texts, fast_reader=False)

    def parsed(column, cell):
        if cell is np.ma.masked:
            return None
        kind = column["datatype"]
        if is_array(column):
            return split(column, str(cell))
        if kind in FLOATS:
            return float(cell)
        if kind in INTEGERS:
            return int(cell)
        if kind == "boolean":
            return {"true": True, "false": False}[cell]
        return str(cell)

    columns = expected["columns"]
    rows = ([parsed(c, row[c["name"]]) for c in columns] for row in table)

    # This reader strips the spaces around a cell and takes every line end for a newline.
    def stripped(column, wanted):
        if wanted == []:
            return None
        return (wanted.replace("\r\n", "\n").strip() or None) if isinstance(wanted, str) else wanted

    compare(path, expected, rows, rewrite=stripped)


def check_tsv(path, expected):
    text = path.read_bytes().decode()
    lines = text.removesuffix("\n").split("\n")
    assert lines[0].split("\t") == [c["name"] for c in expected["columns"]]

    def parsed(column, cell):
        if cell == "":
            return None
        kind = column["datatype"]
        if is_array(column):
            return split(column, cell)
        if kind in FLOATS:
            return float(cell)
        if kind in INTEGERS:
            return int(cell)
        return cell == "true" if kind == "boolean" else cell

    # The format has no way to write tabs and line ends.
    def spaced(column, wanted):
        if wanted == []:
            return None
        return (re.sub(r"[\t\r\n]", " ", wanted) or None) if isinstance(wanted, str) else wanted

    rows = ([parsed(c, x) for c, x in zip(expected["columns"], line.split("\t"), strict=True)] for line in lines[1:])
    compare(path, expected, rows, rewrite=spaced)


def check_json(path, expected):
    # Python has no negative zero among its integers, JSON has.
    document = json.loads(path.read_text(encoding="utf-8"), parse_int=lambda text: -0.0 if text == "-0" else int(text))
    assert list(document) == ["name", "description", "infos", "metadata", "data", "overflow"]
    assert document["overflow"] is expected["overflow"]
    for got, wanted in zip(document["metadata"], expected["columns"], strict=True):
        assert got.items() <= wanted.items()

    def parsed(column, cell):
        if isinstance(cell, list):
            return [parsed(column, element) for element in cell]
        if column["datatype"] in INTEGERS and cell is not None:
            assert isinstance(cell, str) == (abs(int(cell)) >= 2**53), cell
            return int(cell)
        return float(cell) if column["datatype"] in FLOATS and cell is not None else cell

    def finite(column, wanted):
        if isinstance(wanted, list):
            return [finite(column, element) for element in wanted]
        return None if isinstance(wanted, float) and not math.isfinite(wanted) else wanted

    rows = ([parsed(c, x) for c, x in zip(expected["columns"], row, strict=True)] for row in document["data"])
    compare(path, expected, rows, rewrite=finite)


def arrow_cell(column, cell):
    """A cell of pyarrow's or DuckDB's as the .expected file has it."""
    if cell is None or column["xtype"] != "timestamp":
        return cell
    return cell.isoformat(timespec="microseconds").rstrip("0").rstrip(".")


def compare_arrow(path, expected, table, fixed_sizes=False):
    columns = expected["columns"]
    assert table.column_names == [c["name"] for c in columns]
    types = {
        "long": pa.int64(), "int": pa.int32(), "short": pa.int16(), "unsignedByte": pa.uint8(),
        "double": pa.float64(), "float": pa.float32(), "boolean": pa.bool_(),
    }
    for field, column in zip(table.schema, columns, strict=True):
        text = pa.timestamp("us") if column["xtype"] == "timestamp" else pa.string()
        wanted = types.get(column["datatype"], text)
        if is_array(column):
            sizes = column["arraysize"].split("x")
            length = math.prod(map(int, sizes)) if fixed_sizes and not sizes[-1].endswith("*") else None
            found = field.type.list_size if pa.types.is_fixed_size_list(field.type) else None
            assert found == length, f"{path}: {field}"
            assert field.type.value_type == wanted, f"{path}: {field}"
        else:
            assert field.type == wanted, f"{path}: {field}"
    table.validate(full=True)
    rows = ([arrow_cell(c, row[c["name"]]) for c in columns] for row in table.to_pylist())
    compare(path, expected, rows, null_texts=())


def check_arrow(path, expected):
    with pa.ipc.open_stream(path) as reader:
        metadata = {key.decode(): text.decode() for key, text in reader.schema.metadata.items()}
        assert metadata == {"name": "test.table", "description": expected["description"], "release": '"1"'}
        for field, column in zip(reader.schema, expected["columns"], strict=True):
            attributes = {key.decode(): text.decode() for key, text in field.metadata.items()}
            names = ("datatype", "arraysize", "xtype", "unit", "ucd", "utype", "description")
            assert attributes == {name: column[name] for name in names if column[name] is not None}
        last = None
        for last in reader.iter_batches_with_custom_metadata():
            pass
        assert last.batch.num_rows == 0
        assert last.custom_metadata.to_dict() == {b"QUERY_STATUS": b"OVERFLOW" if expected["overflow"] else b"OK"}
    with pa.ipc.open_stream(path) as reader:
        compare_arrow(path, expected, reader.read_all())


def check_parquet(path, expected):
    file = pa.parquet.ParquetFile(path)
    compare_arrow(path, expected, file.read(), fixed_sizes=True)
    metadata = {key.decode(): text.decode() for key, text in file.metadata.metadata.items()}
    assert metadata["IVOA.VOTable-Parquet.version"] == "1.0"
    content = io.BytesIO(metadata["IVOA.VOTable-Parquet.content"].encode())
    resource = votable.parse(content, verify="exception").resources[0]
    status = "OVERFLOW" if expected["overflow"] else "OK"
    assert [(i.name, i.value) for i in resource.infos] == [("QUERY_STATUS", status), ("release", '"1"')]
    for field, column in zip(resource.tables[0].fields, expected["columns"], strict=True):
        for name in ("name", "datatype", "xtype", "ucd", "description"):
            assert getattr(field, name) == column[name], f"{path}: {name} of {column['name']}"

    columns = expected["columns"]
    rows = duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    compare(path, expected, ([arrow_cell(c, x) for c, x in zip(columns, row, strict=True)] for row in rows), null_texts=())

    if path.stem == "astropy":
        table = Table.read(path, format="parquet.votable")
        assert [str(table[c["name"]].unit or "") for c in columns] == [c["unit"] or "" for c in columns]
        numbers = [c for c in columns if c["datatype"] in FLOATS | INTEGERS]
        for column in numbers:
            wanted = [value(column, row[columns.index(column)]) for row in expected["rows"]]
            got = [scalar(cell) for cell in table[column["name"]]]
            assert all(same(column, w, g) for w, g in zip(wanted, got, strict=True)), f"{path}: {column['name']}: {got}"


def check_fits(path, expected):
    columns = expected["columns"]
    with fits.open(path) as hdus:
        hdus.verify("exception")
        assert len(hdus) == 2
        status = "OVERFLOW" if expected["overflow"] else "OK"
        assert f"QUERY_STATUS = {status}" in list(hdus[0].header["COMMENT"])
        header = hdus[1].header
        assert header["OVERFLOW"] == expected["overflow"]
        for number, column in enumerate(columns, 1):
            for keyword, name in {"TTYPE": "name", "TUNIT": "unit", "TUCD": "ucd", "TUTYP": "utype", "TXTYP": "xtype", "TCOMM": "description"}.items():
                assert header.get(f"{keyword}{number}") == column[name], f"{path}: {keyword}{number}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = Table.read(path, hdu=1)
    assert [str(table[c["name"]].unit or "") for c in columns] == [c["unit"] or "" for c in columns]
    nulls = {c["name"]: header.get(f"TNULL{n}") for n, c in enumerate(columns, 1)}

    # A float has NaN for a null, which this reader masks; text is ASCII, without blanks at its end; an array may lack no
    # elements, and one of varying length is empty where it is null.
    def read(column, wanted):
        if is_array(column):
            if column["arraysize"].endswith("*"):
                return wanted or []
            lost = wanted is None or all(isinstance(x, float) and math.isnan(x) for x in wanted)
            return None if lost else wanted
        if column["datatype"] in TEXTS and wanted is not None:
            plain = "".join(" " if x in "\t\r\n" else x if " " <= x <= "~" else "?" for x in wanted)
            return plain.rstrip() or None
        # This reader has no nulls among booleans; STILTS has.
        if column["datatype"] == "boolean":
            return wanted or False
        return None if isinstance(wanted, float) and math.isnan(wanted) else wanted

    def got(column, cell):
        cell = scalar(cell)
        if is_array(column) and cell is not None:
            lost = [c is None or c == nulls[column["name"]] or (isinstance(c, float) and math.isnan(c)) for c in cell]
            if not column["arraysize"].endswith("*") and all(lost):
                return None
            if column["datatype"] == "boolean":
                return [bool(c) for c in cell]
            return cell
        if column["datatype"] == "boolean" and cell is not None:
            return bool(cell)
        if isinstance(cell, bytes):
            cell = cell.decode()
        return None if isinstance(cell, float) and math.isnan(cell) else cell

    rows = ([got(c, row[c["name"]]) for c in columns] for row in table)
    compare(path, expected, rows, rewrite=read)


def check_text(path, expected):
    columns = expected["columns"]
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line.startswith("# ")]
    assert said[1].startswith("# QUERY_STATUS: OVERFLOW" if expected["overflow"] else "# QUERY_STATUS: OK"), said
    for column in columns:
        assert column["unit"] is None or f"# unit of {column['name']}: {column['unit']}" in said
    assert len({len(line) for line in lines[len(said) :]}) <= 1
    table = ascii.read(lines, format="fixed_width", comment="#", fast_reader=False, converters={"*": [ascii.convert_numpy(str)]})
    assert table.colnames == [c["name"] for c in columns]

    def read(column, wanted):
        if wanted is None or wanted == []:
            return None
        if isinstance(wanted, str):
            return re.sub("[\x00-\x1f]", " ", wanted).strip() or None
        return None if isinstance(wanted, list) else wanted

    rows = ([text_cell(c, None if row[c["name"]] is np.ma.masked else str(row[c["name"]])) for c in columns] for row in table)
    compare(path, expected, rows, rewrite=read)


def text_cell(column, cell):
    if cell is None or cell == "" or is_array(column):
        return None
    if column["datatype"] in FLOATS:
        return float(cell)
    if column["datatype"] in INTEGERS:
        return int(cell)
    return cell == "true" if column["datatype"] == "boolean" else cell


class Page(HTMLParser):
    """The cells of the rows of a page, and the texts of its warnings."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.warnings, self.into = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.into = self.rows[-1]
        elif ("class", "warning") in attrs:
            self.into = self.warnings
        else:
            return
        if tag != "tr":
            self.into.append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th", "p"):
            self.into = None

    def handle_data(self, data):
        if self.into is not None:
            self.into[-1] += data


def check_html(path, expected):
    columns = expected["columns"]
    page = Page(path.read_bytes().decode("utf-8"))
    assert ["OVERFLOW" in warning for warning in page.warnings] == ([True] if expected["overflow"] else [])
    names, units, *rows = page.rows
    assert names == [c["name"] for c in columns]
    assert units == [c["unit"] or "" for c in columns]

    def read(column, wanted):
        if isinstance(wanted, list) or wanted == "":
            return None
        return wanted.replace("\x01", "\ufffd") if isinstance(wanted, str) else wanted

    compare(path, expected, ([text_cell(c, x) for c, x in zip(columns, row, strict=True)] for row in rows), rewrite=read)


CHECKS = {
    "votable-binary2": check_votable,
    "votable-tabledata": check_votable,
    "csv": check_csv,
    "tsv": check_tsv,
    "json": check_json,
    "arrow": check_arrow,
    "parquet": check_parquet,
    "fits": check_fits,
    "text": check_text,
    "html": check_html,
}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for case in sys.argv[2:]:
        expected = json.loads((folder / f"{case}.expected").read_text(encoding="utf-8"))
        for form, check in CHECKS.items():
            check(folder / f"{case}.{form}", expected)
