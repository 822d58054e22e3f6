"""What pyVO's and astropy's users do with TAP, and what other services of HATS catalogues cannot do.

usage: check_tap_pyvo.py BASE_URL
"""

import io
import sys

import numpy as np
import pyvo
import requests
from astropy import units as u
from astropy.coordinates import SkyCoord, search_around_sky
from astropy.table import Table

from checks import check, finish
from positions import load_objects, load_stars

BASE = sys.argv[1]
STARS, OBJECTS = load_stars(), load_objects()


def error_of(service: pyvo.dal.TAPService, query: str, **keywords) -> str:
    """The message of the DALQueryError that a query raises; anything else is a fault."""
    try:
        found = service.run_sync(query, **keywords)
    except pyvo.dal.DALQueryError as error:
        return str(error)
    return f"no error, but {len(found)} rows"


def check_rows(service: pyvo.dal.TAPService) -> None:
    found = service.run_sync("SELECT TOP 3 source_id, ra, dec, vmag, name FROM hipparcos.stars ORDER BY vmag")
    check("run_sync gives Sirius first", found["name"][0] == "Sirius" and len(found) == 3, f"{found}")
    check("with units and UCDs", str(found.getdesc("ra").unit) == "deg" and found.fieldname_with_ucd("phot.mag;em.opt.V") == "vmag")
    found = service.search("SELECT COUNT(*) AS n FROM hipparcos.stars")
    check("search counts all stars", int(found["n"][0]) == len(STARS.id), f"{found}")
    found = service.run_sync("SELECT source_id FROM hipparcos.stars", maxrec=7)
    check("maxrec gives so many rows, and says so", len(found) == 7 and found.query_status == "OVERFLOW", f"{len(found)}")
    infos = {info.name: info.value for info in found.votable.resources[0].infos}
    check("the answer names its release", any("elease" in name for name in infos), f"{infos}")
    found = service.run_sync("SELECT source_id, POINT(ra, dec) AS p FROM hipparcos.stars WHERE source_id < 4 ORDER BY source_id")
    place = [f.xtype for f in found.votable.get_first_table().fields]
    check("a point is a point", place == [None, "point"] and np.shape(found["p"][0]) == (2,), f"{place}, {found['p'][0]}")


def check_formats() -> None:
    query = "SELECT source_id, ra, vmag, name FROM hipparcos.stars WHERE name IS NOT NULL ORDER BY source_id"
    tables = {}
    for form in ("votable/b2", "votable/td"):
        answer = requests.get(f"{BASE}/tap/sync", params={"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": form}, timeout=60)
        tables[form] = Table.read(io.BytesIO(answer.content), format="votable")
    a, b = tables.values()
    same = all(list(a[name]) == list(b[name]) for name in a.colnames)
    check(f"astropy reads {len(a)} rows of both VOTables alike", len(a) > 300 and same)


def check_metadata(service: pyvo.dal.TAPService) -> None:
    names = {table.name for table in service.tables}
    check("tables lists the catalogues and TAP_SCHEMA", {"hipparcos.stars", "dso.objects", "tap_schema.columns"} <= names, f"{names}")
    columns = {column.name: column for column in service.tables["hipparcos.stars"].columns}
    check("their columns have units", str(columns["ra"].unit) == "deg" and columns["ra"].ucd == "pos.eq.ra;meta.main")
    shown = io.StringIO()
    kept, sys.stdout = sys.stdout, shown
    try:
        service.tables["hipparcos.stars"].describe()
        service.describe()
    finally:
        sys.stdout = kept
    check("describe describes", "hipparcos.stars" in shown.getvalue() or "Hipparcos" in shown.getvalue(), shown.getvalue()[:200])
    examples = service.examples
    check("there are examples", len(examples) >= 3, f"{len(examples)}")
    for example in examples:
        found = example.execute()
        check(f"the example “{str(example['QUERY'])[:40]}…” runs", len(found) > 0, f"{len(found)} rows")
    check("maxrec and hardlimit are told", service.maxrec > 0 and service.hardlimit >= service.maxrec)
    language = service.get_tap_capability().get_adql()
    functions = {str(feature.form) for features in language.languagefeaturelists for feature in features}
    check("functions are told", any("ivo_healpix_index" in form for form in functions), f"{functions}")


def check_errors(service: pyvo.dal.TAPService) -> None:
    for label, query, wanted in [
        ("a name that is misspelt", "SELECT vmagg FROM hipparcos.stars", ("vmagg", "vmag", "line 1", "column 8")),
        ("a table that is not there", "SELECT * FROM hipparcos.star", ("hipparcos.star", "hipparcos.stars")),
        ("a syntax error", "SELECT FROM hipparcos.stars", ("FROM", "line 1", "column 8")),
        ("two statements", "SELECT ra FROM hipparcos.stars; DROP TABLE hipparcos.stars", ("line 1",)),
        ("the system catalogue", "SELECT * FROM pg_catalog.pg_authid", ("pg_catalog",)),
        ("a division by zero", "SELECT source_id / (source_id - source_id) FROM hipparcos.stars", ("zero",)),
        ("no query", "", ("QUERY",)),
    ]:
        message = error_of(service, query)
        missing = [text for text in wanted if text.lower() not in message.lower()]
        check(f"{label} raises DALQueryError that says it", not missing and "no error" not in message, message)
        print(f"      {message}")
    answer = requests.get(f"{BASE}/tap/sync", params={"LANG": "PQL", "QUERY": "x"}, timeout=30)
    check("another language is refused", answer.status_code == 400 and "PQL" in answer.text, answer.text[:200])


def check_impossible_elsewhere(service: pyvo.dal.TAPService) -> None:
    """What TAP over HATS by LSDB names as beyond it."""
    sky = {name: SkyCoord(of.ra, of.dec, unit="deg") for name, of in (("stars", STARS), ("objects", OBJECTS))}
    stars, objects, apart, _ = search_around_sky(sky["stars"], sky["objects"], 0.02 * u.deg)
    found = service.run_sync(
        "SELECT s.source_id, o.id, DISTANCE(s.ra, s.dec, o.ra, o.dec) AS d FROM hipparcos.stars AS s JOIN dso.objects AS o "
        "ON DISTANCE(s.ra, s.dec, o.ra, o.dec) < 0.02",
    )
    check(f"a join by position gives {len(stars)} pairs", len(found) == len(stars), f"{len(found)}")
    check_values = np.allclose(np.sort(found["d"]), np.sort(apart.deg), atol=1e-11, rtol=0)
    check("and their distances", bool(check_values))
    first, second = SkyCoord(56.75, 24.12, unit="deg"), SkyCoord(83.8, -5.4, unit="deg")
    either = (sky["stars"].separation(first).deg < 2) | (sky["stars"].separation(second).deg < 2)
    found = service.run_sync(
        "SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 2)) "
        "OR 1 = CONTAINS(POINT(ra, dec), CIRCLE(83.8, -5.4, 2))",
    )
    check("OR of two CONTAINS", set(np.asarray(found["source_id"]).tolist()) == set(STARS.id[either].tolist()), f"{len(found)}")
    both = (sky["stars"].separation(first).deg < 2) & (sky["stars"].separation(SkyCoord(57.75, 24.12, unit="deg")).deg < 1.5)
    found = service.run_sync(
        "SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 2)) "
        "AND 1 = CONTAINS(POINT(ra, dec), CIRCLE(57.75, 24.12, 1.5))",
    )
    check("AND of two CONTAINS", set(np.asarray(found["source_id"]).tolist()) == set(STARS.id[both].tolist()), f"{len(found)}")
    found = service.run_sync(
        "SELECT source_id FROM hipparcos.stars WHERE vmag < (SELECT MIN(magnitude) FROM dso.objects WHERE magnitude IS NOT NULL) + 2",
    )
    check("a subquery", len(found) > 0, f"{len(found)}")
    found = service.run_sync("SELECT * FROM hipparcos.stars WHERE source_id = 32349")
    check("a look-up by identifier", len(found) == 1 and found["name"][0] == "Sirius", f"{found}")
    plan = requests.get(
        f"{BASE}/tap/sync",
        params={"LANG": "ADQL", "QUERY": "SELECT * FROM hipparcos.stars WHERE source_id = 32349", "PLAN": "text"},
        timeout=30,
    ).text
    check("which says how it is done", "postgresql" in plan.lower() or "index" in plan.lower(), plan)
    print("      " + plan.strip().replace("\n", "\n      "))


def main() -> None:
    service = pyvo.dal.TAPService(f"{BASE}/tap")
    check_rows(service)
    check_formats()
    check_metadata(service)
    check_errors(service)
    check_impossible_elsewhere(service)
    finish()


main()
