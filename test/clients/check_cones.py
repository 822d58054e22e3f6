"""Cones over hipparcos.stars by HTTP against brute force in numpy: the same stars, none lost, none extra.

usage: check_cones.py BASE_URL [--cones 2000] [--seed 20]
"""

import argparse
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import urllib3
from astropy.io.votable import parse_single_table

from checks import check, finish
from demo_stars import load_stars, separations, unit_vectors

SMALLEST = 0.5 / 3600
LARGEST = 20.0
# Two Float64 formulas may disagree about a star this near to the rim (degrees; 3.6 nano-arcseconds).
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
    """A cone with the rows of the demo stars it should give and their separations in degrees."""

    cone: Cone
    rows: np.ndarray
    separation: np.ndarray


def random_cone(rng: np.random.Generator, stars, vectors) -> Cone:
    """One cone: a fifth at the poles, a fifth across RA 0, a fifth with a star next to the rim."""
    radius = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    ra = float(rng.uniform(0, 360))
    dec = float(np.degrees(np.arcsin(rng.uniform(-1, 1))))
    kind = rng.choice(["anywhere", "on a star", "pole", "RA 0", "rim"])
    star = int(rng.integers(len(stars.id)))
    if kind == "on a star":
        ra, dec = float(stars.ra[star]), float(stars.dec[star])
    elif kind == "pole":
        ra = float(rng.choice([ra, 0.0, 360.0]))
        distance = float(rng.choice([0.0, 1e-9, radius * rng.uniform(0, 2)]))
        dec = float(rng.choice([-1, 1])) * (90.0 - min(distance, 90.0))
    elif kind == "RA 0":
        # Near the meridian of a star close to it, so that small cones are not empty.
        near = np.flatnonzero(np.minimum(stars.ra, 360 - stars.ra) < 2 * radius)
        if len(near):
            dec = float(stars.dec[rng.choice(near)])
        width = radius / max(np.cos(np.radians(dec)), 1e-6)
        ra = float(rng.choice([0.0, 360.0, rng.uniform(-width, width) % 360]))
    elif kind == "rim":
        distances = separations(vectors, unit_vectors(ra, dec))
        reachable = distances[(distances > 2 * SMALLEST) & (distances < LARGEST - 1e-3)]
        if len(reachable):
            radius = float(rng.choice(reachable) + rng.choice([-1, 1]) * 10 ** rng.uniform(-11, -6))
    return Cone(str(kind), ra, dec, radius)


def draw_questions(count: int, seed: int, stars) -> tuple[list[Question], int]:
    """Cones with their answers, and how many were drawn anew because no formula could judge them."""
    rng = np.random.default_rng(seed)
    vectors = unit_vectors(stars.ra, stars.dec)
    drawn, undecidable = [], 0
    while len(drawn) < count:
        cone = random_cone(rng, stars, vectors)
        distances = separations(vectors, unit_vectors(cone.ra, cone.dec))
        if np.min(np.abs(distances - cone.radius)) < UNDECIDABLE:
            undecidable += 1
            continue
        rows = np.flatnonzero(distances <= cone.radius)
        drawn.append(Question(cone, rows, distances[rows]))
    return drawn, undecidable


def query(pool: urllib3.PoolManager, base: str, cone: Cone, form: str) -> bytes:
    fields = {"RA": repr(cone.ra), "DEC": repr(cone.dec), "SR": repr(cone.radius), "MAXREC": "200000"}
    answer = pool.request(
        "GET", f"{base}/scs/hipparcos.stars", fields=fields | {"VERB": "2", "RESPONSEFORMAT": form}
    )
    if answer.status != 200:
        raise SystemExit(f"{cone}: HTTP {answer.status}: {answer.data[:400].decode()}")
    return answer.data


def read_csv(body: bytes):
    header, *rows = body.decode().splitlines()
    names = header.split(",")
    cells = np.array([row.split(",") for row in rows], dtype=str).reshape(len(rows), len(names))
    return {name: cells[:, i] for i, name in enumerate(names)}


def read_votable(body: bytes):
    table = parse_single_table(io.BytesIO(body)).to_table(use_names_over_ids=True)
    return {name: np.asarray(table[name]) for name in table.colnames}


def faults_of(question: Question, answer, stars) -> list[str]:
    """What is wrong with an answer, a sentence for each fault."""
    cone = question.cone
    ids = answer["source_id"].astype(np.int64)
    expected = stars.id[question.rows]
    lost, extra = np.setdiff1d(expected, ids), np.setdiff1d(ids, expected)
    faults = []
    if len(lost):
        faults.append(f"{cone}: lost {lost[:5]}")
    if len(extra):
        faults.append(f"{cone}: extra {extra[:5]}")
    if len(np.unique(ids)) != len(ids):
        faults.append(f"{cone}: stars repeated")
    if faults or not len(ids):
        return faults
    # HIP numbers ascend in the source, so both sides can be put in that order.
    order = np.argsort(ids)
    for name, reference, tolerance in (
        ("ra", stars.ra[question.rows], UNDECIDABLE),
        ("dec", stars.dec[question.rows], UNDECIDABLE),
        ("separation", question.separation, SEPARATION_TOLERANCE),
    ):
        worst = np.max(np.abs(answer[name].astype(float)[order] - reference))
        if not worst <= tolerance:
            faults.append(f"{cone}: {name} differs by up to {worst} degrees")
    return faults


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("base")
    arguments.add_argument("--cones", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=20)
    options = arguments.parse_args()

    stars = load_stars()
    check("the demo has 118,216 stars, in order", len(stars.id) == 118216 and bool(np.all(np.diff(stars.id) > 0)))
    questions, undecidable = draw_questions(options.cones, options.seed, stars)

    kinds = Counter(question.cone.kind for question in questions)
    at_poles = sum(abs(question.cone.dec) == 90 for question in questions)
    print(f"      {len(questions)} cones: {dict(kinds)}, {at_poles} of them centred on a pole")
    print(f"      {undecidable} drawn anew: a star within {UNDECIDABLE} degrees of the rim")
    for kind in ("pole", "RA 0"):
        check(f"a tenth of the cones are of the kind {kind}", kinds[kind] >= len(questions) / 10, f"{kinds[kind]}")

    pool = urllib3.PoolManager(maxsize=8)
    formats = {"csv": (read_csv, questions), "votable/b2": (read_votable, questions[: len(questions) // 10])}
    for form, (read, asked) in formats.items():

        def ask(question: Question) -> list[str]:
            return faults_of(question, read(query(pool, options.base, question.cone, form)), stars)

        with ThreadPoolExecutor(8) as workers:
            faults = [fault for found in workers.map(ask, asked) for fault in found]
        rows = sum(len(question.rows) for question in asked)
        occupied = sum(len(question.rows) > 0 for question in asked)
        check(
            f"{len(asked)} cones as {form}: {rows} stars in the {occupied} cones that have any, none lost, none extra,"
            " positions and separations agree",
            not faults,
            f"{len(faults)} faults: " + "; ".join(faults[:10]),
        )
    finish()


main()
