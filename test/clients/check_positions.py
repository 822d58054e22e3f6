"""Lists of positions in one request against astropy's matching: the same pairs, none lost, none extra, and the nearest.

usage: check_positions.py BASE_URL CATALOG [--source FILE.parquet] [--count 4000] [--seed 7] [--stilts COMMAND]
"""

import argparse
import io
import json
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import urllib3
from astropy import units as u
from astropy.coordinates import SkyCoord, search_around_sky
from astropy.table import Table, join

from checks import check, finish
from positions import Positions, load_parquet, load_stars

# Two Float64 formulas may disagree about a row this near to the rim, or about which of two rows is nearer (degrees).
UNDECIDABLE = 1e-11
SEPARATION_TOLERANCE = 1e-9
RADIUS = 0.1


def draw(rng: np.random.Generator, stars: Positions, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions in degrees: half close to stars, the others anywhere, at the poles, across RA 0, some of all twice."""
    near = rng.choice(len(stars.id), count // 2)
    some, few = count // 4, count // 16
    ra = [stars.ra[near] + rng.normal(0, 0.02, len(near)), rng.uniform(0, 360, some)]
    dec = [stars.dec[near] + rng.normal(0, 0.02, len(near)), np.degrees(np.arcsin(rng.uniform(-1, 1, some)))]
    ra += [rng.choice([0.0, 123.4, 359.0], few), rng.choice([0.0, 1e-9, 359.9999], few)]
    dec += [rng.choice([-1, 1], few) * (90 - rng.choice([0, 1e-9, 0.05, 0.5], few)), rng.uniform(-90, 90, few)]
    ra, dec = np.concatenate(ra) % 360, np.clip(np.concatenate(dec), -90, 90)
    rows = rng.permutation(np.concatenate([np.arange(len(ra)), rng.choice(len(ra), count - len(ra))]))
    return ra[rows], dec[rows]


def csv_of(**columns: np.ndarray) -> bytes:
    text = io.StringIO()
    Table(columns).write(text, format="ascii.csv")
    return text.getvalue().encode()


class Service:
    def __init__(self, address: str):
        self.address = address

    def ask(self, body: bytes, content_type: str = "text/csv", **parameters) -> Table:
        parameters |= {"RESPONSEFORMAT": "votable/b2", "MAXREC": 1_000_000}
        answer = urllib3.request(
            "POST", f"{self.address}/cones?{urlencode(parameters)}", body=body, headers={"Content-Type": content_type}
        )
        if answer.status != 200:
            raise SystemExit(f"HTTP {answer.status}: {answer.data[:400].decode()}")
        return Table.read(io.BytesIO(answer.data), format="votable")


class Sky:
    """A catalogue as astropy matches it."""

    def __init__(self, stars: Positions):
        self.ids = stars.id
        self.coordinates = SkyCoord(stars.ra, stars.dec, unit="deg")

    def pairs(self, places: SkyCoord, radius: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places (from 0), identifiers and separations in degrees within a radius, and a little beyond."""
        place, star, separation, _ = search_around_sky(places, self.coordinates, (radius + 1e-6) * u.deg)
        return place, self.ids[star], separation.deg


def faults(found: Table, pairs: tuple[np.ndarray, np.ndarray, np.ndarray], radius: np.ndarray) -> str:
    """What is wrong with an answer whose positions have these radii; empty where nothing is."""
    place, star, separation = pairs
    inside = separation <= radius[place]
    doubtful = np.abs(separation - radius[place]) < UNDECIDABLE
    ours = list(zip((np.asarray(found["position"]) - 1).tolist(), np.asarray(found["source_id"], dtype=np.int64).tolist()))
    expected = dict(zip(zip(place[inside].tolist(), star[inside].tolist()), separation[inside]))
    ignored = set(zip(place[doubtful].tolist(), star[doubtful].tolist()))
    lost, extra = expected.keys() - set(ours) - ignored, set(ours) - expected.keys() - ignored
    if lost or extra or len(set(ours)) != len(ours):
        return f"lost {sorted(lost)[:5]}, extra {sorted(extra)[:5]}, {len(ours) - len(set(ours))} repeated"
    if np.any(np.diff(np.asarray(found["position"])) < 0):
        return "positions are not in their order"
    worst = max((abs(expected.get(pair, value) - value) for pair, value in zip(ours, found["separation"])), default=0)
    return "" if worst <= SEPARATION_TOLERANCE else f"separations differ by up to {worst} degrees"


def check_all(service: Service, sky: Sky, ra: np.ndarray, dec: np.ndarray) -> None:
    pairs = sky.pairs(SkyCoord(ra, dec, unit="deg"), RADIUS)
    found = service.ask(csv_of(ra=ra, dec=dec), SR=RADIUS)
    wrong = faults(found, pairs, np.full(len(ra), RADIUS))
    check(f"{len(ra)} positions have the {len(found)} rows that search_around_sky finds", len(found) > 100 and not wrong, wrong)


def check_own_radii(service: Service, sky: Sky, ra: np.ndarray, dec: np.ndarray, rng: np.random.Generator) -> None:
    radius = 10 ** rng.uniform(-4, 0, len(ra))
    pairs = sky.pairs(SkyCoord(ra, dec, unit="deg"), 1)
    records = [{"ra": a, "dec": d, "sr": r} for a, d, r in zip(ra.tolist(), dec.tolist(), radius.tolist())]
    lists = {"RA": ra.tolist(), "DEC": dec.tolist(), "SR": radius.tolist()}
    for label, value in (("objects", records), ("lists", lists)):
        found = service.ask(json.dumps(value).encode(), "application/json")
        wrong = faults(found, pairs, radius)
        check(f"{len(ra)} positions in JSON {label}, each with its radius: {len(found)} rows", len(found) > 100 and not wrong, wrong)


def check_nearest(service: Service, sky: Sky, ra: np.ndarray, dec: np.ndarray) -> None:
    places = SkyCoord(ra, dec, unit="deg")
    matched = [places.match_to_catalog_sky(sky.coordinates, nthneighbor=n) for n in (1, 2, 3, 4)]
    separation = np.array([distance.deg for _, distance, _ in matched])
    found = service.ask(csv_of(ra=ra, dec=dec), NEAREST=3)
    positions = np.repeat(np.arange(1, len(ra) + 1), 3)
    check("three rows for each position, in their order", np.array_equal(found["position"], positions))
    worst = np.max(np.abs(np.asarray(found["separation"]).reshape(-1, 3).T - separation[:3]))
    check("the three nearest are as near as match_to_catalog_sky says", worst <= SEPARATION_TOLERANCE, f"{worst} degrees")
    distinct = np.all(np.diff(separation, axis=0) > UNDECIDABLE, axis=0)
    ours = np.asarray(found["source_id"], dtype=np.int64).reshape(-1, 3).T[:, distinct]
    theirs = np.array([sky.ids[star] for star, _, _ in matched[:3]])[:, distinct]
    check(
        f"and are the same stars, where no two are equally near ({np.sum(distinct)} of {len(ra)})",
        np.sum(distinct) > len(ra) / 2 and np.array_equal(ours, theirs),
        f"{np.sum(ours != theirs)} differ",
    )
    kept = service.ask(csv_of(id=np.arange(len(ra)), ra=ra, dec=dec), NEAREST=1, SR=0.02, UNMATCHED="keep")
    lonely = separation[0] > 0.02
    check(
        f"a row for each position, of nulls for the {np.sum(lonely)} without a star within 0.02 degrees",
        0 < np.sum(lonely) < len(ra)
        and np.array_equal(kept["position"], np.arange(len(ra)))
        and np.array_equal(np.ma.getmaskarray(kept["separation"]), lonely)
        and np.array_equal(np.ma.getmaskarray(kept["ra"]), lonely),
    )
    # One by one.
    for place in range(0, len(ra), len(ra) // 20):
        query = urlencode({"RA": ra[place], "DEC": dec[place], "NEAREST": 3, "RESPONSEFORMAT": "votable/b2"})
        single = Table.read(io.BytesIO(urllib3.request("GET", f"{service.address}?{query}").data), format="votable")
        if not np.array_equal(single["source_id"], found["source_id"][3 * place : 3 * place + 3]):
            check(f"NEAREST=3 of the single cone search at {ra[place]} {dec[place]}", False, str(single))
    check("and single searches for the nearest give the same", True)


def check_stilts(service: Service, command: str, ra: np.ndarray, dec: np.ndarray) -> None:
    """Its CSV is understood; one query a position gives the same; and the answer joins a table in astropy."""
    with tempfile.TemporaryDirectory() as folder:
        mine, sent, matched = (Path(folder) / name for name in ("mine.vot", "sent.csv", "matched.vot"))
        names = np.array([f"#{at}, é" for at in range(len(ra))])
        table = Table({"id": names, "ra": ra, "dec": dec, "other": np.arange(len(ra))})
        table.write(mine, format="votable")

        def stilts(*arguments: str) -> None:
            ended = subprocess.run([*command.split(), "-batch", *arguments], capture_output=True, text=True, timeout=300, check=False)
            if ended.returncode != 0:
                raise SystemExit(f"stilts {' '.join(arguments)}: {ended.stderr}")

        stilts("tpipe", f"in={mine}", 'cmd=keepcols "id ra dec"', f"out={sent}", "ofmt=csv")
        found = service.ask(sent.read_bytes(), SR=RADIUS)
        stilts(
            "coneskymatch", f"in={mine}", "ra=ra", "dec=dec", f"sr={RADIUS}", f"serviceurl={service.address}", "find=all",
            "usefoot=false", "parallel=4", "copycols=id", f"out={matched}",
        )  # fmt: skip
        reference = Table.read(matched, format="votable")
        ours = sorted(zip(found["position"], found["source_id"]))
        theirs = sorted(zip(reference["id"], reference["source_id"]))
        check(f"one request gives the {len(theirs)} pairs of coneskymatch's {len(ra)}", len(theirs) > 50 and ours == theirs)
        # astropy reads texts of a VOTable as objects, which it does not join to strings.
        found["position"] = found["position"].astype(str)
        joined = join(table, found, keys_left="id", keys_right="position", table_names=["mine", "found"])
        check("astropy joins the answer to the list", len(joined) == len(found) and "ra_found" in joined.colnames)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("base")
    arguments.add_argument("catalog")
    arguments.add_argument("--source")
    arguments.add_argument("--count", type=int, default=4000)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--stilts")
    options = arguments.parse_args()

    stars = load_parquet(options.source) if options.source else load_stars()
    sky = Sky(stars)
    service = Service(f"{options.base}/scs/{options.catalog}")
    rng = np.random.default_rng(options.seed)
    ra, dec = draw(rng, stars, options.count)
    check_all(service, sky, ra, dec)
    check_own_radii(service, sky, ra[:1000], dec[:1000], rng)
    check_nearest(service, sky, ra, dec)
    if options.stilts:
        check_stilts(service, options.stilts, ra[:200], dec[:200])
    finish()


main()
