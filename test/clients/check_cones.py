"""Random cones over a catalogue by HTTP against brute force in numpy: the same rows, none lost, none extra.

usage: check_cones.py BASE_URL CATALOG [--source FILE.parquet] [--cones 2000] [--largest 20] [--seed 20]
"""

import argparse
import csv
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import urllib3
from astropy.io.votable import parse_single_table

from checks import check, finish
from positions import Positions, load_objects, load_parquet, load_stars, separations, unit_vectors

DEMO = {"hipparcos.stars": load_stars, "dso.objects": load_objects}
SMALLEST = 0.5 / 3600
# Two Float64 formulas may disagree about a row this near to the rim (degrees; 3.6 nano-arcseconds).
UNDECIDABLE = 1e-12
SEPARATION_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Cone:
    kind: str
    ra: float
    dec: float
    radius: float


@dataclass(frozen=True)
class Question:
    """A cone, the rows of the source that it should give, and their separations in degrees."""

    cone: Cone
    rows: np.ndarray
    separation: np.ndarray


class Sky:
    """All positions of a catalogue, ready to be asked."""

    def __init__(self, positions: Positions):
        self.positions = positions
        self.ids = positions.id.astype(str)
        self.by_dec = np.argsort(positions.dec)
        self.dec = positions.dec[self.by_dec]
        self.vectors = unit_vectors(positions.ra[self.by_dec], self.dec)
        meridian = np.minimum(positions.ra, 360 - positions.ra)
        self.by_meridian = np.argsort(meridian)
        self.meridian = meridian[self.by_meridian]

    def around(self, ra: float, dec: float, radius: float) -> tuple[np.ndarray, np.ndarray]:
        """Rows within the radius and somewhat beyond, with their separations in degrees."""
        centre = unit_vectors(ra, dec)
        reach = min(radius + 0.01, 180)
        # No row is nearer than its difference in declination.
        first, end = np.searchsorted(self.dec, [dec - reach, dec + reach])
        band = self.vectors[first:end]
        # A cosine in Float64 is good to 1e-6 degrees at worst: far less than the margin.
        near = np.flatnonzero(band @ centre >= np.cos(np.radians(reach)))
        return self.by_dec[first + near], separations(band[near], centre)

    def near_meridian(self, width: float) -> np.ndarray:
        """Rows whose right ascension is less than the width from 0, in degrees of right ascension."""
        return self.by_meridian[: np.searchsorted(self.meridian, width)]


def random_cone(rng: np.random.Generator, sky: Sky, largest: float) -> Cone:
    """One cone: a fifth at the poles, a fifth across RA 0, a fifth with a row next to the rim."""
    radius = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(largest))))
    ra = float(rng.uniform(0, 360))
    dec = float(np.degrees(np.arcsin(rng.uniform(-1, 1))))
    kind = rng.choice(["anywhere", "on a row", "pole", "RA 0", "rim"])
    stars = sky.positions
    if kind == "on a row":
        row = rng.integers(len(stars.id))
        ra, dec = float(stars.ra[row]), float(stars.dec[row])
    elif kind == "pole":
        ra = float(rng.choice([ra, 0.0, 360.0]))
        distance = float(rng.choice([0.0, 1e-9, radius * rng.uniform(0, 2)]))
        dec = float(rng.choice([-1, 1])) * (90.0 - distance)
    elif kind == "RA 0":
        # At the declination of a row near the meridian, so that small cones are not empty.
        near = sky.near_meridian(2 * radius)
        if len(near):
            dec = float(stars.dec[rng.choice(near)])
        width = radius / max(np.cos(np.radians(dec)), 1e-6)
        ra = float(rng.choice([0.0, 360.0, rng.uniform(-width, width) % 360]))
    elif kind == "rim":
        _, distances = sky.around(ra, dec, largest)
        reachable = distances[(distances > 2 * SMALLEST) & (distances < largest - 1e-3)]
        if len(reachable):
            radius = float(rng.choice(reachable) + rng.choice([-1, 1]) * 10 ** rng.uniform(-11, -6))
    return Cone(str(kind), ra, dec, radius)


def draw_questions(count: int, largest: float, seed: int, sky: Sky) -> tuple[list[Question], int]:
    """Cones with their answers, and how many were drawn anew because no formula could judge them."""
    rng = np.random.default_rng(seed)
    drawn, undecidable = [], 0
    while len(drawn) < count:
        cone = random_cone(rng, sky, largest)
        rows, distances = sky.around(cone.ra, cone.dec, cone.radius)
        if np.any(np.abs(distances - cone.radius) < UNDECIDABLE):
            undecidable += 1
            continue
        inside = distances <= cone.radius
        drawn.append(Question(cone, rows[inside], distances[inside]))
    return drawn, undecidable


def read_csv(body: bytes) -> dict[str, np.ndarray]:
    header, *rows = csv.reader(io.StringIO(body.decode(), newline=""))
    columns = zip(*rows) if rows else [()] * len(header)
    return {name: np.array(column, dtype=str) for name, column in zip(header, columns)}


def read_votable(body: bytes) -> dict[str, np.ndarray]:
    table = parse_single_table(io.BytesIO(body)).to_table(use_names_over_ids=True)
    return {name: np.asarray(table[name]) for name in table.colnames}


READERS = {"csv": read_csv, "votable/b2": read_votable}


class Service:
    def __init__(self, address: str, identifier: str):
        self.address = address
        self.identifier = identifier
        self.pool = urllib3.PoolManager(maxsize=8)

    def ask(self, cone: Cone, form: str) -> bytes:
        fields = {"RA": repr(cone.ra), "DEC": repr(cone.dec), "SR": repr(cone.radius)}
        fields |= {"VERB": "2", "MAXREC": "1000000", "RESPONSEFORMAT": form}
        answer = self.pool.request("GET", self.address, fields=fields)
        if answer.status != 200:
            raise SystemExit(f"{cone}: HTTP {answer.status}: {answer.data[:400].decode()}")
        return answer.data

    def faults(self, question: Question, answer: dict[str, np.ndarray], sky: Sky) -> list[str]:
        """What is wrong with the answer to a question, a sentence for each fault."""
        cone = question.cone
        ids, expected = answer[self.identifier].astype(str), sky.ids[question.rows]
        lost, extra = np.setdiff1d(expected, ids), np.setdiff1d(ids, expected)
        faults = []
        if len(lost):
            faults.append(f"{cone}: lost {lost[:5]}")
        if len(extra):
            faults.append(f"{cone}: extra {extra[:5]}")
        if len(np.unique(ids)) != len(ids):
            faults.append(f"{cone}: rows repeated")
        if faults or not len(ids):
            return faults
        ours, theirs = np.argsort(ids), np.argsort(expected)
        for name, reference, tolerance in (
            ("ra", sky.positions.ra[question.rows], UNDECIDABLE),
            ("dec", sky.positions.dec[question.rows], UNDECIDABLE),
            ("separation", question.separation, SEPARATION_TOLERANCE),
        ):
            worst = np.max(np.abs(answer[name].astype(float)[ours] - reference[theirs]))
            if not worst <= tolerance:
                faults.append(f"{cone}: {name} differs by up to {worst} degrees")
        return faults


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("base")
    arguments.add_argument("catalog")
    arguments.add_argument("--source")
    arguments.add_argument("--cones", type=int, default=2000)
    arguments.add_argument("--largest", type=float, default=20.0)
    arguments.add_argument("--seed", type=int, default=20)
    options = arguments.parse_args()

    sky = Sky(load_parquet(options.source) if options.source else DEMO[options.catalog]())
    questions, undecidable = draw_questions(options.cones, options.largest, options.seed, sky)
    kinds = Counter(question.cone.kind for question in questions)
    at_poles = sum(abs(question.cone.dec) == 90 for question in questions)
    print(f"      {len(questions)} cones among {len(sky.ids)} rows: {dict(kinds)}, {at_poles} centred on a pole")
    print(f"      {undecidable} drawn anew: a row within {UNDECIDABLE} degrees of the rim")
    for kind in ("pole", "RA 0"):
        check(f"a tenth of the cones are of the kind {kind}", kinds[kind] >= len(questions) / 10, f"{kinds[kind]}")

    service = Service(f"{options.base}/scs/{options.catalog}", "id" if options.catalog == "dso.objects" else "source_id")
    for form, asked in (("csv", questions), ("votable/b2", questions[: len(questions) // 10])):
        # Asked side by side, read one after the other: astropy finds its own data files by a look at the stack and at
        # sys.modules, which fails now and then in threads.
        with ThreadPoolExecutor(8) as workers:
            bodies = workers.map(lambda question: service.ask(question.cone, form), asked)
            answers = (READERS[form](body) for body in bodies)
            faults = [fault for question, answer in zip(asked, answers) for fault in service.faults(question, answer, sky)]
        rows = sum(len(question.rows) for question in asked)
        occupied = sum(len(question.rows) > 0 for question in asked)
        check(
            f"{len(asked)} cones as {form}: {rows} rows in the {occupied} cones that have any, none lost, none extra,"
            " positions and separations agree",
            occupied > 0 and not faults,
            f"{len(faults)} faults: " + "; ".join(faults[:10]),
        )
    finish()


main()
