"""What pyVO's and astropy's users, Aladin and TOPCAT do with SIA 2.0 and 1.0.

usage: check_sia.py BASE_URL
"""

import io
import sys
import warnings

import numpy as np
import pyvo
import requests
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table
from astropy.utils.exceptions import AstropyWarning

from checks import check, finish

BASE = sys.argv[1]
PLEIADES = SkyCoord(56.75, 24.12, unit="deg")
ORION = SkyCoord(84.0, -1.2, unit="deg")

warnings.simplefilter("ignore", AstropyWarning)


def check_sia2() -> None:
    service = pyvo.dal.SIA2Service(f"{BASE}/sia2")
    check("SIA2Service finds the query by the capabilities", service.query_ep == f"{BASE}/sia2/query", service.query_ep)
    everything = service.search()
    check("a search for nothing in particular gives all images", len(everything) >= 7, f"{len(everything)}")
    found = service.search(pos=(PLEIADES, 0.1 * u.deg))
    titles = list(found["obs_title"])
    check("a circle finds the Pleiades", len(found) >= 2 and all("leiades" in title for title in titles if "imulated" in title), f"{titles}")
    box = service.search(pos=(56 * u.deg, 57 * u.deg, 23.5 * u.deg, 24.5 * u.deg))
    corners = [56, 23.5, 57, 23.5, 57, 24.5, 56, 24.5] * u.deg
    polygon = service.search(pos=tuple(corners))
    dids = {row["obs_publisher_did"] for row in found}
    check("so do a range and a polygon", dids <= set(box["obs_publisher_did"]) and dids <= set(polygon["obs_publisher_did"]), f"{dids}")
    both = service.search(pos=[(PLEIADES, 0.1 * u.deg), (ORION, 0.1 * u.deg)])
    check("two circles find the images of both", dids < set(both["obs_publisher_did"]), f"{len(both)}")
    row = found[0]
    check("a record knows what ObsCore says", row.dataproduct_type == "image" and row.obs_publisher_did.startswith("ivo://"), f"{row}")
    check("with units", found.getdesc("s_fov").unit == u.deg and found.getdesc("em_min").unit == u.m)
    links = list(found.iter_datalinks())
    check("each leads to its links", len(links) == len(found) and all(len(list(one.bysemantics("#this", include_narrower=False))) == 1 for one in links))
    band = service.search(band=(400e-9 * u.m, 500e-9 * u.m))
    overlaps = [row.em_max.value >= 400e-9 and row.em_min.value <= 500e-9 for row in band]
    check("a band finds the images that have part in it", 0 < len(band) < len(everything) and all(overlaps), f"{len(band)}")
    check("an identifier finds its image, in whatever case", len(service.search(id=row.obs_publisher_did.upper())) == 1)
    check("a collection finds its images", len(service.search(collection="demo", data_type="image", calib_level=[1, 2, 3])) >= 7)
    check("what nobody has is not found", len(service.search(facility="Palomar on Mars", field_of_view=(1 * u.deg, 2 * u.deg))) == 0)
    cut = service.search(maxrec=2)
    statuses = [info.value for info in cut.votable.resources[0].infos if info.name == "QUERY_STATUS"]
    check("maxrec cuts, and says so", len(cut) == 2 and statuses[-1] == "OVERFLOW", f"{statuses}")
    descriptors = [r.name for r in everything.votable.resources if r.type == "meta"]
    check("the answer describes the service itself, and those of its rows", {"this", "links"} <= set(descriptors), f"{descriptors}")
    # astroquery asks such services by a plain request and reads the table.
    answer = requests.get(f"{BASE}/sia2/query", params={"POS": "CIRCLE 56.75 24.12 0.1", "MAXREC": 10}, timeout=60)
    table = Table.read(io.BytesIO(answer.content), format="votable", table_id=0)
    check("astropy reads the table alone", len(table) == len(found), f"{len(table)}")
    wrong = requests.get(f"{BASE}/sia2/query", params={"BAND": "blue"}, timeout=60)
    check("a band that is none is a usage fault", wrong.status_code == 400 and "UsageFault: BAND" in wrong.text, wrong.text[:300])
    try:
        service.search(pos=tuple([1, 1, 1, 1, 1, 1] * u.deg))
        check("a polygon that is none raises", False, "no error")
    except (pyvo.dal.DALQueryError, pyvo.dal.DALServiceError) as error:
        check("a polygon that is none raises, and says why", "three vertices" in str(error), f"{type(error)} {error}")


def check_sia1() -> None:
    service = pyvo.dal.SIAService(f"{BASE}/sia")
    found = service.search(pos=PLEIADES, size=0.2 * u.deg, format="image/fits")
    check("SIAService finds the Pleiades", len(found) >= 2 and all(row.format == "image/fits" for row in found), f"{len(found)}")
    row = found[0]
    with fits.open(io.BytesIO(row.getdataset().read())) as hdus:
        hdu = next(hdu for hdu in hdus if hdu.data is not None)
        size, header = hdu.data.shape[::-1], hdu.header
    check("the file is what the row says", tuple(row.naxis.value.astype(int)) == size, f"{row.naxis} {size}")
    scale = float(np.asarray(row.scale.to_value(u.deg / u.pix) if hasattr(row.scale, "to_value") else row.scale)[0])
    check("its scale too", abs(scale / abs(header.get("CDELT2", header.get("CD2_2", 0))) - 1) < 0.01, f"{scale}")
    check("position, title and band are told", abs(row.pos.separation(PLEIADES).deg) < 3 and row.title and row.bandpass_lolimit is not None)
    pictures = service.search(pos=PLEIADES, size=0.2 * u.deg, format="graphic")
    check("pictures are pictures", len(pictures) == len(found) and pictures[0].getdataset().read(4)[1:4] in (b"PNG", b"\xd8\xff\xe0"), f"{len(pictures)}")
    check("all formats are both", len(service.search(pos=PLEIADES, size=0.2)) == 2 * len(found))
    covering = service.search(pos=PLEIADES, size=0.01, intersect="covers", format="image/fits")
    enclosed = service.search(pos=PLEIADES, size=0.01, intersect="enclosed", format="image/fits")
    check("what covers is found, and nothing is so small", len(covering) == len(found) and len(enclosed) == 0, f"{len(covering)} {len(enclosed)}")
    try:
        service.search(pos=PLEIADES, size=(200, 1))
        check("a size that is none raises", False, "no error")
    except pyvo.dal.DALQueryError as error:
        check("a size that is none raises", "SIZE" in str(error), f"{error}")
    # Aladin asks so, and looks for UCDs.
    answer = requests.get(f"{BASE}/sia?POS=56.75,24.12&SIZE=0.2333,0.2333&FORMAT=image/fits&VERB=2", timeout=60)
    ucds = {field.ucd for field in parse(io.BytesIO(answer.content)).get_first_table().fields}
    wanted = {"VOX:Image_Title", "VOX:Image_AccessReference", "VOX:Image_Format", "POS_EQ_RA_MAIN", "POS_EQ_DEC_MAIN", "VOX:Image_Naxis", "VOX:Image_Scale"}
    check("an answer for Aladin has the columns that it looks for", wanted <= ucds, f"{wanted - ucds}")
    described = parse(io.BytesIO(requests.get(f"{BASE}/sia?FORMAT=METADATA", timeout=60).content))
    params = {param.name for param in described.resources[0].params}
    check("FORMAT=METADATA describes parameters and columns", {"INPUT:POS", "INPUT:SIZE", "INPUT:FORMAT"} <= params, f"{params}")


check_sia2()
check_sia1()
finish()
