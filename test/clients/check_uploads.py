"""Tables that users bring with a query, as pyVO and astropy send them, and answers in the formats that astropy reads back.

usage: check_uploads.py BASE_URL
"""

import io
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pyvo
import requests
from astropy import units as u
from astropy.io import ascii, fits
from astropy.table import MaskedColumn, Table

from checks import check, finish
from positions import load_stars

BASE = sys.argv[1]
STARS = load_stars()
SECOND = 1 / 3600


def mine(rows: int) -> Table:
    """Every so many stars, half an arcsecond to the north, with a name, a null and a column that needs quotes."""
    step = len(STARS.id) // rows
    picked = slice(0, rows * step, step)
    table = Table({"num": np.arange(rows), "ra": STARS.ra[picked] * u.deg, "dec": (STARS.dec[picked] + 0.5 * SECOND) * u.deg})
    table["my name"] = [f"star {n}" for n in range(rows)]
    table["mag"] = MaskedColumn(np.linspace(5, 15, rows), mask=np.arange(rows) % 7 == 0, unit="mag", description="A magnitude")
    table.meta["ids"] = STARS.id[picked]
    return table


JOIN = (
    'SELECT u.num, u."my name", u.mag, s.source_id FROM TAP_UPLOAD.mine AS u JOIN hipparcos.stars AS s'
    " ON DISTANCE(u.ra, u.dec, s.ra, s.dec) < 1 / 3600. ORDER BY u.num, s.source_id"
)


def check_answer(what: str, found: Table, table: Table) -> None:
    wanted = dict(zip(table["num"], table.meta["ids"], strict=True))
    pairs = {(int(row["num"]), int(row["source_id"])) for row in found}
    lost = [num for num, star in wanted.items() if (int(num), int(star)) not in pairs]
    check(f"{what}: each row meets its star", not lost and len(found) >= len(table), f"{len(found)} rows, lost {lost[:5]}")
    names = all(row["my name"] == f"star {row['num']}" for row in found)
    masked = all(np.ma.is_masked(row["mag"]) or np.isnan(row["mag"]) for row in found if row["num"] % 7 == 0)
    check(f"{what}: texts and nulls are what they were", names and masked)


def check_pyvo(service: pyvo.dal.TAPService) -> None:
    table = mine(500)
    check_answer("run_sync", service.run_sync(JOIN, uploads={"mine": table}).to_table(), table)
    found = service.run_sync("SELECT ra, mag FROM TAP_UPLOAD.mine WHERE mag IS NOT NULL", uploads={"mine": table})
    check("units and descriptions come back", str(found.getdesc("ra").unit) == "deg" and found.getdesc("mag").description == "A magnitude")
    check_answer("run_async", service.run_async(JOIN, uploads={"mine": table}).to_table(), table)
    result = service.run_sync("SELECT TOP 50 source_id, ra, dec FROM hipparcos.stars WHERE vmag < 4")
    again = service.run_sync("SELECT COUNT(*) AS n FROM TAP_UPLOAD.r AS r JOIN hipparcos.stars USING (source_id)", uploads={"r": result})
    check("an answer is uploaded again", int(again["n"][0]) == len(result))
    try:
        service.run_sync("SELECT nothing FROM TAP_UPLOAD.mine", uploads={"mine": table})
        check("an error is one", False)
    except pyvo.dal.DALQueryError as error:
        check("an error says what is wrong", "nothing" in str(error) and "TAP_UPLOAD.mine" in str(error), str(error))
    methods = {method.ivo_id for method in service.upload_methods}
    check("uploads are declared", {f"ivo://ivoa.net/std/TAPRegExt#upload-{how}" for how in ("inline", "http", "https")} <= methods, f"{methods}")


def files(table: Table) -> dict[str, bytes]:
    """The table as programs write it."""
    written = {}
    for name, form in {"csv": "ascii.csv", "ecsv votable": "votable", "fits": "fits"}.items():
        out = io.BytesIO() if form != "ascii.csv" else io.StringIO()
        plain = Table(table, meta={})
        plain.write(out, format=form)
        written[name] = out.getvalue().encode() if form == "ascii.csv" else out.getvalue()
    for serialization in ("binary", "binary2"):
        out = io.BytesIO()
        Table(table, meta={}).write(out, format="votable", tabledata_format=serialization)
        written[f"votable {serialization}"] = out.getvalue()
    columns = {name: pa.array(np.ma.filled(table[name].value, np.nan) if name == "mag" else table[name].value) for name in table.colnames}
    columns["mag"] = pa.array([None if n % 7 == 0 else float(m) for n, m in zip(table["num"], table["mag"], strict=True)])
    arrow = pa.table(columns)
    for compression in ("snappy", "zstd", "none"):
        for version in ("1.0", "2.0"):
            out = io.BytesIO()
            pa.parquet.write_table(arrow, out, compression=compression, data_page_version=version, row_group_size=200)
            written[f"parquet {compression} {version}"] = out.getvalue()
    for compression in (None, "lz4", "zstd"):
        options = pa.ipc.IpcWriteOptions(compression=compression)
        for what, new in (("stream", pa.ipc.new_stream), ("file", pa.ipc.new_file)):
            out = io.BytesIO()
            with new(out, arrow.schema, options=options) as writer:
                writer.write_table(arrow)
            written[f"arrow {what} {compression}"] = out.getvalue()
    return written


def check_files() -> None:
    table = mine(500)
    for name, content in files(table).items():
        data = {"LANG": "ADQL", "QUERY": JOIN, "UPLOAD": "mine,param:t"}
        answer = requests.post(f"{BASE}/tap/sync", data=data, files={"t": ("t", content)}, timeout=60)
        if answer.status_code != 200:
            check(name, False, answer.text[:500])
            continue
        found = Table.read(io.BytesIO(answer.content), format="votable", use_names_over_ids=True)
        check_answer(name, found, table)


def check_formats() -> None:
    query = "SELECT TOP 300 source_id, ra, vmag, name, POINT(ra, dec) AS p FROM hipparcos.stars WHERE source_id < 400 ORDER BY source_id"

    def ask(form: str, **more: str) -> requests.Response:
        data = {"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": form, **more}
        return requests.post(f"{BASE}/tap/sync", data=data, timeout=60)

    wanted = Table.read(io.BytesIO(ask("votable").content), format="votable")
    answer = ask("fits")
    found = Table.read(io.BytesIO(answer.content), format="fits", hdu=1)
    same = all((np.ma.filled(found[n], 0) == np.ma.filled(wanted[n], 0)).all() for n in ("source_id", "ra", "vmag"))
    check("FITS has the same numbers, and units", same and str(found["ra"].unit) == "deg" and found["p"].shape == (300, 2))
    check("FITS is one", answer.headers["content-type"] == "application/fits" and "result.fits" in answer.headers["content-disposition"])
    cut = fits.open(io.BytesIO(ask("fits", MAXREC="7").content))
    check("FITS says that rows were left out", cut[1].header["OVERFLOW"] and len(cut[1].data) == 7)
    empty = fits.open(io.BytesIO(ask("fits", MAXREC="0").content))
    check("FITS without rows has columns", [c.name for c in empty[1].columns] == wanted.colnames)
    found = ascii.read(ask("text").text, format="fixed_width", comment="#")
    check("text has the same numbers", (found["ra"] == wanted["ra"]).all() and (found["source_id"] == wanted["source_id"]).all())
    page = ask("html").text
    check("HTML has all rows", page.count("<tr>") == 302 and page.endswith("</html>\n"))


service = pyvo.dal.TAPService(f"{BASE}/tap")
check_pyvo(service)
check_files()
check_formats()
finish()
