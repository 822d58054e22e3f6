"""The MOCs of the service as their users read them: mocpy and astropy, and STILTS where its command is given.

usage: check_moc.py BASE_URL [STILTS_COMMAND]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import requests
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table
from mocpy import MOC

from checks import check, finish
from positions import load_objects, load_stars

CATALOGS = {"hipparcos.stars": load_stars, "dso.objects": load_objects}
CONES = 150


def check_formats(address: str, moc: MOC) -> None:
    """FITS is what clients get that ask for nothing; the others say the same."""
    url = f"{address}/moc"
    for accept, name in (("text/plain", "ascii"), ("application/json", "json")):
        for query, headers in ((f"?RESPONSEFORMAT={name}", {}), ("", {"Accept": accept})):
            answer = requests.get(url + query, headers=headers, timeout=60)
            same = answer.ok and MOC.from_string(answer.text, format=name) == moc
            check(f"{name} by {query or 'Accept'} is the MOC", same and answer.headers["Content-Type"].startswith(accept))
    dated = MOC.from_url(f"{address}@{requests.head(url, timeout=60).headers['Almagest-Release']}/moc")
    check("so is that of the release by its name", dated == moc)


def check_fits(url: str, moc: MOC) -> None:
    """The FITS file as the standards have it: valid cards, and cells as NUNIQ numbers."""
    with fits.open(url, cache=False) as hdus:
        hdus.verify("exception")
        header, uniq = hdus[1].header, hdus[1].data["UNIQ"]
    wanted = {"ORDERING": "NUNIQ", "COORDSYS": "C", "MOCVERS": "2.0", "MOCDIM": "SPACE", "MOCORD_S": moc.max_order}
    check("its header is that of MOC 2.0", all(header[key] == value for key, value in wanted.items()), repr(header))
    check("its cells ascend and are mocpy's", np.array_equal(uniq, np.sort(moc.uniq_hpx)), f"{len(uniq)}")


def check_rows(moc: MOC, positions) -> None:
    lon, lat = positions.ra * u.deg, positions.dec * u.deg
    check(f"all {len(lon)} rows are inside", bool(np.all(moc.contains_lonlat(lon, lat))))
    expected = MOC.from_lonlat(lon, lat, max_norder=moc.max_order)
    check(f"it is mocpy's of their positions at order {moc.max_order}", moc == expected)


def check_cones(address: str, moc: MOC, positions, seed: int) -> None:
    """A cone beside the MOC is answered, and empty; others have what astropy finds."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(0, 360, CONES), np.degrees(np.arcsin(rng.uniform(-1, 1, CONES)))
    radius = 10 ** rng.uniform(-3, 0, CONES)
    sky = SkyCoord(positions.ra, positions.dec, unit="deg")
    with requests.Session() as session:
        wrong, beside = [], 0
        for ra, dec, sr in zip(lon, lat, radius):
            query = {"RA": ra, "DEC": dec, "SR": sr, "VERB": 1, "RESPONSEFORMAT": "csv"}
            answer = session.get(address, params=query, timeout=60)
            found = len(answer.text.splitlines()) - 1 if answer.ok else -1
            expected = int(np.sum(sky.separation(SkyCoord(ra, dec, unit="deg")).deg <= sr))
            beside += moc.intersection(MOC.from_cone(lon=ra * u.deg, lat=dec * u.deg, radius=sr * u.deg, max_depth=moc.max_order)).empty()
            if found != expected:
                wrong.append((ra, dec, sr, found, expected))
    check(f"{CONES} cones, {beside} of them beside the MOC, have the rows that astropy finds", not wrong, f"{wrong[:3]}")


def check_stilts(command: str, url: str, positions) -> None:
    """STILTS takes the address where it takes a MOC."""
    with tempfile.TemporaryDirectory() as folder:
        rows, out = Path(folder, "rows.fits"), Path(folder, "out.fits")
        far = SkyCoord(positions.ra[:500], positions.dec[:500], unit="deg")
        Table({"ra": far.ra.deg, "dec": far.dec.deg}).write(rows)
        ended = subprocess.run(
            [*command.split(), "-batch", "tpipe", f"in={rows}", f"cmd=addcol inside 'inMoc(\"{url}\", ra, dec)'", f"out={out}"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        inside = Table.read(out)["inside"] if ended.returncode == 0 else np.zeros(0, bool)
        check("STILTS finds 500 rows inside", len(inside) == 500 and bool(np.all(inside)), ended.stderr + f"{np.sum(inside)}")


def main() -> None:
    base, *stilts = sys.argv[1:]
    for seed, (catalog, load) in enumerate(CATALOGS.items()):
        print(f"      {catalog}")
        address, positions = f"{base}/scs/{catalog}", load()
        moc = MOC.from_url(f"{address}/moc")
        check_formats(address, moc)
        check_fits(f"{address}/moc", moc)
        check_rows(moc, positions)
        check_cones(address, moc, positions, seed)
        if stilts:
            check_stilts(stilts[0], f"{address}/moc", positions)
    finish()


main()
