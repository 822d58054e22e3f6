"""STILTS as a client of the cone search, and its votlint as judge of the service's VOTables.

usage: check_stilts.py BASE_URL STILTS_COMMAND
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import urllib3
from astropy.table import Table

from checks import check, finish
from positions import load_stars, separations, unit_vectors

PLEIADES = {"RA": 56.75, "DEC": 24.12, "SR": 1}
BINARY2 = "application/x-votable+xml;serialization=BINARY2"
TABLEDATA = "application/x-votable+xml;serialization=TABLEDATA"

# label, HTTP status, catalogue, parameters
DOCUMENTS = [
    ("the default", 200, "hipparcos.stars", PLEIADES),
    ("TABLEDATA", 200, "hipparcos.stars", PLEIADES | {"RESPONSEFORMAT": TABLEDATA}),
    ("BINARY2", 200, "hipparcos.stars", PLEIADES | {"RESPONSEFORMAT": BINARY2}),
    ("VERB=1", 200, "hipparcos.stars", PLEIADES | {"VERB": 1}),
    ("VERB=3 in TABLEDATA", 200, "hipparcos.stars", PLEIADES | {"VERB": 3, "RESPONSEFORMAT": TABLEDATA}),
    ("VERB=3 in BINARY2", 200, "hipparcos.stars", PLEIADES | {"VERB": 3, "RESPONSEFORMAT": BINARY2}),
    ("sorted by separation", 200, "hipparcos.stars", PLEIADES | {"SORT": "separation"}),
    ("deep-sky objects in TABLEDATA", 200, "dso.objects", PLEIADES | {"VERB": 3, "SR": 10}),
    ("deep-sky objects in BINARY2", 200, "dso.objects", PLEIADES | {"VERB": 3, "SR": 10, "RESPONSEFORMAT": BINARY2}),
    ("SR=0", 200, "hipparcos.stars", PLEIADES | {"SR": 0}),
    ("SR=0 in BINARY2", 200, "hipparcos.stars", PLEIADES | {"SR": 0, "RESPONSEFORMAT": BINARY2}),
    ("MAXREC=0", 200, "hipparcos.stars", PLEIADES | {"MAXREC": 0}),
    ("OVERFLOW in TABLEDATA", 200, "hipparcos.stars", PLEIADES | {"MAXREC": 3}),
    ("OVERFLOW in BINARY2", 200, "hipparcos.stars", PLEIADES | {"MAXREC": 3, "RESPONSEFORMAT": BINARY2}),
    ("no rows in TABLEDATA", 200, "hipparcos.stars", PLEIADES | {"SR": 1e-7}),
    ("no rows in BINARY2", 200, "hipparcos.stars", PLEIADES | {"SR": 1e-7, "RESPONSEFORMAT": BINARY2}),
    ("missing parameters", 400, "hipparcos.stars", {}),
    ("a malformed parameter", 400, "hipparcos.stars", PLEIADES | {"RA": "12:30:00 <&\"'>"}),
    ("a declination out of range", 400, "hipparcos.stars", PLEIADES | {"DEC": 91}),
    ("a negative radius", 400, "hipparcos.stars", PLEIADES | {"SR": -1}),
    ("a radius above the limit", 400, "hipparcos.stars", PLEIADES | {"SR": 179}),
    ("an unknown catalogue", 404, "no.such", PLEIADES),
]


class Stilts:
    """The stilts command; tables go through files of a folder."""

    def __init__(self, command: str, folder: Path):
        self.command = command.split()
        self.folder = folder

    def run(self, task: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*self.command, "-batch", task, *arguments], capture_output=True, text=True, timeout=300, check=False
        )

    def table(self, task: str, *arguments: str) -> Table:
        out = self.folder / f"{task}.vot"
        ended = self.run(task, *arguments, f"out={out}", "ofmt=votable-binary2")
        if ended.returncode != 0:
            raise SystemExit(f"stilts {task} {' '.join(arguments)}: {ended.stderr}")
        return Table.read(out, format="votable")


def check_cone(stilts: Stilts, address: str, stars, vectors) -> None:
    ra, dec, radius = 56.75, 24.12, 5.0
    expected = stars.id[separations(vectors, unit_vectors(ra, dec)) <= radius]
    found = stilts.table("cone", f"serviceurl={address}", f"lon={ra}", f"lat={dec}", f"radius={radius}", "verb=3")
    ids = np.sort(np.asarray(found["source_id"], dtype=np.int64))
    check(f"stilts cone finds the {len(expected)} stars", np.array_equal(ids, expected), f"{len(ids)} found")


def check_coneskymatch(stilts: Stilts, address: str, stars, vectors) -> None:
    """200 positions near stars and 100 anywhere, each with a radius of its own, matched one query a position."""
    rng = np.random.default_rng(3)
    near = rng.choice(len(stars.id), 200, replace=False)
    dec = np.concatenate([stars.dec[near] + rng.normal(0, 0.01, 200), np.degrees(np.arcsin(rng.uniform(-1, 1, 100)))])
    ra = np.concatenate([stars.ra[near] + rng.normal(0, 0.01, 200), rng.uniform(0, 360, 100)]) % 360
    radius = 10 ** rng.uniform(-3, 0, 300)
    expected = {
        (place, int(star))
        for place in range(300)
        for star in stars.id[separations(vectors, unit_vectors(ra[place], dec[place])) <= radius[place]]
    }
    places = stilts.folder / "places.vot"
    table = Table({"place": np.arange(300), "place_ra": ra, "place_dec": dec, "place_radius": radius})
    table.write(places, format="votable")
    found = stilts.table(
        "coneskymatch", f"in={places}", "ra=place_ra", "dec=place_dec", "sr=place_radius", f"serviceurl={address}",
        "find=all", "usefoot=false", "parallel=4", "copycols=place",
    )  # fmt: skip
    pairs = set(zip(found["place"].tolist(), np.asarray(found["source_id"], dtype=np.int64).tolist()))
    check(
        f"stilts coneskymatch pairs 300 places with their {len(expected)} stars",
        len(expected) > 300 and pairs == expected and len(found) == len(pairs),
        f"{len(found)} pairs, lost {sorted(expected - pairs)[:5]}, extra {sorted(pairs - expected)[:5]}",
    )


def check_votables(stilts: Stilts, base: str) -> None:
    def lint(document) -> tuple[bool, str]:
        label, status, catalog, parameters = document
        answer = urllib3.request("GET", f"{base}/scs/{catalog}?{urlencode(parameters)}")
        file = stilts.folder / f"{label.replace(' ', '-')}.xml"
        file.write_bytes(answer.data)
        ended = stilts.run("votlint", f"votable={file}")
        remarks = ended.stdout + ended.stderr
        clean = ended.returncode == 0 and not remarks.strip()
        return clean and answer.status == status, f"HTTP {answer.status}, {remarks}"

    with ThreadPoolExecutor(2) as workers:
        for document, (passed, detail) in zip(DOCUMENTS, workers.map(lint, DOCUMENTS)):
            check(f"stilts votlint finds nothing in {document[0]}", passed, detail)


def main() -> None:
    base, command = sys.argv[1:]
    address = f"{base}/scs/hipparcos.stars"
    stars = load_stars()
    vectors = unit_vectors(stars.ra, stars.dec)
    with tempfile.TemporaryDirectory() as folder:
        stilts = Stilts(command, Path(folder))
        check_cone(stilts, address, stars, vectors)
        check_coneskymatch(stilts, address, stars, vectors)
        check_votables(stilts, base)
    finish()


main()
