"""What pyVO's users do with a cone search service, and its VOSI documents.

usage: check_pyvo.py BASE_URL
"""

import io
import sys
import warnings

import astropy.units as u
import pyvo
import requests
from astropy.coordinates import SkyCoord
from pyvo.io.vosi import parse_availability, parse_capabilities, parse_tables

from checks import check, finish

SIRIUS = SkyCoord(101.28715533, -16.71611586, unit="deg")
SIRIUS_HIP = "32349"


def message_of(service: str, **keywords) -> str:
    """The message of the DALQueryError that a query raises; anything else is a fault."""
    query = pyvo.dal.SCSService(service).create_query(SIRIUS, 0.1)
    query.update(keywords)
    try:
        found = query.execute()
    except pyvo.dal.DALQueryError as error:
        return str(error)
    return f"no error, but {len(found)} rows"


def check_searches(address: str) -> None:
    service = pyvo.dal.SCSService(address)
    found = service.search(pos=(SIRIUS.ra.deg, SIRIUS.dec.deg), radius=0.05)
    ids = [str(record.id) for record in found]
    check("search finds Sirius by a tuple in degrees", SIRIUS_HIP in ids, f"ids {ids}")
    sirius = found[ids.index(SIRIUS_HIP)]
    # The source rounds positions to 0.36 arcsec.
    distance = sirius.pos.separation(SIRIUS)
    check("record.pos is where Sirius is", distance < 0.4 * u.arcsec, f"{distance.arcsec} arcsec off")

    found = service.search(pos=SIRIUS, radius=120 * u.arcmin)
    inside = [record.pos.separation(SIRIUS) <= 2 * u.deg for record in found]
    check("search takes SkyCoord and Quantity", len(found) > 1 and all(inside), f"{inside}")

    names = [{field.name for field in service.search(SIRIUS, 0.05, verbosity=v).fielddescs} for v in (1, 2, 3)]
    check("verbosity 1, 2, 3 give ever more columns", names[0] < names[1] <= names[2], f"{names}")

    found = service.search(SIRIUS, radius=0)
    columns = {field.name for field in found.fielddescs}
    check("radius 0 gives columns and no rows", len(found) == 0 and columns == names[1], f"{len(found)}, {columns}")
    columns = {field.name for field in service.columns}
    check("service.columns describes the catalogue", "source_id" in columns, f"{columns}")

    found = service.search(SIRIUS, 5, MAXREC=7)
    check("MAXREC bounds the rows", len(found) == 7, f"{len(found)} rows")
    overflow = [i.value for r in found.votable.resources for i in r.infos if i.name == "QUERY_STATUS"]
    check("and the answer says that there are more", "OVERFLOW" in overflow, f"{overflow}")


def check_errors(base: str, address: str) -> None:
    for label, service, keywords, expected in (
        ("a negative radius", address, {"SR": -1}, "SR"),
        ("a radius above the limit", address, {"SR": 179}, "SR"),
        ("a declination out of range", address, {"DEC": 91}, "DEC"),
        ("a right ascension that is no number", address, {"RA": "12:30:00"}, "RA"),
        ("an unknown catalogue", f"{base}/scs/no.such", {}, "no.such"),
    ):
        message = message_of(service, **keywords)
        check(f"{label} raises DALQueryError that names it", expected in message, message)
        print(f"      {message}")


def check_vosi(address: str) -> None:
    def document(name: str, **parameters) -> io.BytesIO:
        answer = requests.get(f"{address}/{name}", params=parameters, timeout=30)
        answer.raise_for_status()
        return io.BytesIO(answer.content)

    availability = parse_availability(document("availability"))
    check(f"{address}/availability says it is available", availability.available is True, f"{availability}")
    capabilities = parse_capabilities(document("capabilities"))
    standards = {capability.standardid for capability in capabilities}
    expected = {
        "ivo://ivoa.net/std/VOSI#availability",
        "ivo://ivoa.net/std/VOSI#capabilities",
        "ivo://ivoa.net/std/VOSI#tables-1.1",
        "ivo://ivoa.net/std/ConeSearch",
    }
    check(
        f"{address}/capabilities names VOSI and the cone search",
        expected <= standards,
        f"{standards}",
    )
    tables = parse_tables(document("tables", detail="max"))
    stars = [table for table in tables.iter_tables() if table.name == "hipparcos.stars"]
    columns = [column.name for table in stars for column in table.columns]
    check(f"{address}/tables describes the stars", len(stars) == 1 and "source_id" in columns, f"{columns}")


def main() -> None:
    base = sys.argv[1]
    address = f"{base}/scs/hipparcos.stars"
    # A document that pyVO or astropy finds odd is one that Almagest should not have sent.
    warnings.simplefilter("error", category=UserWarning)
    # pyVO knows no capability of cone searches, and reads it as a plain one.
    warnings.filterwarnings("ignore", "Unknown xsi:type cs:ConeSearch")
    check_searches(address)
    check_errors(base, address)
    check_vosi(address)
    check_vosi(base)
    finish()


main()
