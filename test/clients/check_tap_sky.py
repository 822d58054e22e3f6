"""Geometry of ADQL against astropy, mocpy and cdshealpix, on the rows of the demo.

usage: check_tap_sky.py BASE_URL ENGINE
"""

import io
import sys

import numpy as np
import requests
from astropy import units as u
from astropy.coordinates import FK5, Galactic, ICRS, SkyCoord, search_around_sky
from astropy.table import Table
from astropy.wcs import WCS
from cdshealpix.nested import healpix_to_lonlat, lonlat_to_healpix
from astropy.coordinates import Latitude, Longitude
from mocpy import MOC

from checks import check, finish
from positions import load_objects, load_stars, unit_vectors

BASE, ENGINE = sys.argv[1:]
STARS, OBJECTS = load_stars(), load_objects()
SKY = {name: SkyCoord(of.ra, of.dec, unit="deg") for name, of in (("stars", STARS), ("objects", OBJECTS))}
VECTORS = unit_vectors(STARS.ra, STARS.dec)
# Nearer to a border than this, degrees, a row may be on either side: rounding of two programs.
BORDER = 1e-9
rng = np.random.default_rng(5)


def answer_to(query: str, form: str) -> bytes:
    answer = requests.post(
        f"{BASE}/tap/sync",
        data={"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": form, "MAXREC": "2000000", "ENGINE": ENGINE},
        timeout=120,
    )
    if not answer.ok:
        raise SystemExit(f"{query}: HTTP {answer.status_code}: {answer.text}")
    return answer.content


def ask(query: str) -> Table:
    return Table.read(io.BytesIO(answer_to(query, "votable")), format="votable")


def ids(query: str) -> np.ndarray:
    """In the format that is read the quickest."""
    header, *found = answer_to(query, "csv").decode().split()
    assert header == "source_id", header
    return np.sort(np.array(found, dtype=np.int64))


def check_rows(label: str, query: str, inside: np.ndarray, unsure: np.ndarray) -> None:
    """The rows are those inside; where the reference is unsure, either."""
    found = np.isin(STARS.id, ids(query))
    wrong = (found != inside) & ~unsure
    check(f"{label}: {inside.sum()} stars", not wrong.any(), f"{wrong.sum()} wrong, {STARS.id[wrong][:5]}; {query}")


def check_values(label: str, got, wanted, tolerance: float) -> None:
    worst = np.max(np.abs(np.asarray(got, dtype=float) - np.asarray(wanted, dtype=float)))
    check(f"{label}, to {tolerance}", bool(worst <= tolerance), f"{worst}")


def random_centres(count: int):
    return zip(rng.uniform(0, 360, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count))), strict=True)


def check_circles() -> None:
    circles = [(lon, lat, 10 ** rng.uniform(-1, 1.5)) for lon, lat in random_centres(8)]
    circles += [(0, 90, 5), (123, -89.9, 3), (359.99, 0, 7), (180, 0.5, 120)]
    for lon, lat, radius in circles:
        apart = SKY["stars"].separation(SkyCoord(lon, lat, unit="deg")).deg
        unsure = np.abs(apart - radius) < BORDER
        query = f"SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE({lon}, {lat}, {radius}))"
        check_rows(f"circle of {radius:.2f} deg", query, apart <= radius, unsure)
    lon, lat, radius = circles[0]
    apart = SKY["stars"].separation(SkyCoord(lon, lat, unit="deg")).deg
    query = f"SELECT source_id FROM hipparcos.stars WHERE DISTANCE(ra, dec, {lon}, {lat}) > {radius}"
    check_rows("outside of it", query, apart > radius, np.abs(apart - radius) < BORDER)


def convex_polygon(lon: float, lat: float, size: float, corners: int) -> SkyCoord:
    angles = np.sort(rng.uniform(0, 360, corners))
    while np.max(np.diff(np.append(angles, angles[0] + 360))) > 150:
        angles = np.sort(rng.uniform(0, 360, corners))
    return SkyCoord(lon, lat, unit="deg").directional_offset_by(-angles * u.deg, size * u.deg)


def sides(polygon: SkyCoord) -> np.ndarray:
    """Sine of the distance of each star from each side of a convex polygon, positive inside."""
    corners = unit_vectors(polygon.ra.deg, polygon.dec.deg)
    normals = np.cross(corners, np.roll(corners, -1, axis=0))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    middle = corners.sum(axis=0)
    return VECTORS @ (normals * np.sign(normals @ middle)[:, None]).T


def listed(polygon: SkyCoord) -> str:
    return ", ".join(f"{lon:.10f}, {lat:.10f}" for lon, lat in zip(polygon.ra.deg, polygon.dec.deg, strict=True))


def written(polygon: SkyCoord) -> SkyCoord:
    """As the text of a query has it."""
    return SkyCoord(np.round(polygon.ra.deg, 10), np.round(polygon.dec.deg, 10), unit="deg")


def check_polygons() -> None:
    centres = [*random_centres(7), (0.3, 2, ), (45, 89), (200, -88)]
    for number, (lon, lat) in enumerate(centres):
        polygon = written(convex_polygon(lon, lat, rng.uniform(2, 20), 3 + number % 4))
        depth = sides(polygon).min(axis=1)
        unsure = np.abs(depth) < np.radians(BORDER)
        query = f"SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), POLYGON({listed(polygon)}))"
        check_rows(f"polygon of {len(polygon)} corners", query, depth > 0, unsure)
        moc = MOC.from_polygon(polygon.ra, polygon.dec, max_depth=12)
        found = np.isin(STARS.id, ids(query))
        covered = moc.contains_lonlat(SKY["stars"].ra, SKY["stars"].dec)
        check("mocpy's MOC of it holds them all", bool(np.all(covered[found])), f"{(found & ~covered).sum()} outside")


def check_boxes() -> None:
    for lon, lat, width, height in [(84, 0, 20, 30), (10, 60, 15, 5), (300, -45, 2, 40), (0, 10, 30, 10), (77, 85, 8, 6)]:
        wcs = WCS(naxis=2)
        wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = ["RA---TAN", "DEC--TAN"], [lon, lat], [0, 0], [1, 1]
        x, y = wcs.wcs_world2pix(STARS.ra, STARS.dec, 0) + np.array([[1], [1]])
        near = SKY["stars"].separation(SkyCoord(lon, lat, unit="deg")).deg < 89
        half = np.degrees(np.tan(np.radians([width / 2, height / 2])))
        reach = np.maximum(np.abs(x) - half[0], np.abs(y) - half[1])
        query = f"SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), BOX({lon}, {lat}, {width}, {height}))"
        check_rows(f"box of {width} × {height} deg", query, near & (reach < 0), near & (np.abs(reach) < 1e-8))


def check_regions() -> None:
    """Regions of their own around stars."""
    lon, lat, radius = 83.8, -1.2, 6
    apart = SKY["stars"].separation(SkyCoord(lon, lat, unit="deg")).deg
    own = "CIRCLE(ra, dec, 1.5)"
    for label, condition, inside, border in [
        ("circles that touch a circle", f"INTERSECTS({own}, CIRCLE({lon}, {lat}, {radius}))", apart <= 7.5, 7.5),
        ("circles in a circle", f"CONTAINS({own}, CIRCLE({lon}, {lat}, {radius}))", apart <= 4.5, 4.5),
        ("circles around a circle", f"CONTAINS(CIRCLE({lon}, {lat}, 0.5), {own})", apart <= 1, 1),
    ]:
        query = f"SELECT source_id FROM hipparcos.stars WHERE 1 = {condition}"
        check_rows(label, query, inside, np.abs(apart - border) < BORDER)
    polygon = written(convex_polygon(lon, lat, 8, 5))
    depth = np.degrees(np.arcsin(sides(polygon).min(axis=1)))
    query = f"SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS({own}, POLYGON({listed(polygon)}))"
    check_rows("circles in a polygon", query, depth >= 1.5, np.abs(depth - 1.5) < 1e-7)
    distance = distance_to(polygon)
    query = f"SELECT source_id FROM hipparcos.stars WHERE 1 = INTERSECTS(POLYGON({listed(polygon)}), {own})"
    check_rows("circles that touch a polygon", query, distance <= 1.5, np.abs(distance - 1.5) < 1e-7)


def check_made() -> None:
    """Regions of several shapes, in several frames."""
    stars = SKY["stars"]
    near = stars.separation(SkyCoord(83.8, -1.2, unit="deg")).deg
    pole = stars.separation(SkyCoord(l=0, b=90, unit="deg", frame=Galactic)).deg
    fk5 = stars.separation(SkyCoord(150, 30, unit="deg", frame=FK5)).deg
    polygon = written(convex_polygon(83.8, -1.2, 14, 5))
    depth = np.degrees(np.arcsin(sides(polygon).min(axis=1)))
    corners = listed(polygon).replace(",", "")
    a, b, c = "Circle 83.8 -1.2 12", "Circle GALACTIC 0 90 20", "Circle J2000 150 30 40"
    borders = [(near, 12), (pole, 20), (fk5, 40), (depth, 0), (near, 6)]
    unsure = np.any([np.abs(of - border) < 1e-7 for of, border in borders], axis=0)
    for region, inside in [
        (f"Union ICRS ({a} {b} {c})", (near <= 12) | (pole <= 20) | (fk5 <= 40)),
        (f"Intersection ({b} {c})", (pole <= 20) & (fk5 <= 40)),
        (f"Intersection ({a} Polygon {corners} Not (Circle 83.8 -1.2 6))", (near <= 12) & (depth > 0) & (near > 6)),
        (f"Not (Union ({a} Intersection ({b} Not ({c}))))", ~((near <= 12) | ((pole <= 20) & ~(fk5 <= 40)))),
    ]:
        for condition in (f"CONTAINS(POINT(ra, dec), REGION('{region}'))", f"INTERSECTS(REGION('{region}'), POINT(ra, dec))"):
            check_rows(region.split("(")[0], f"SELECT source_id FROM hipparcos.stars WHERE 1 = {condition}", inside, unsure)
    own = "CIRCLE(ra, dec, 1.5)"
    for condition, inside in [
        (f"INTERSECTS({own}, REGION('Union ({a} {b})'))", (near <= 13.5) | (pole <= 21.5)),
        (f"CONTAINS({own}, REGION('Intersection ({a} Not (Circle 83.8 -1.2 6))'))", (near <= 10.5) & (near > 7.5)),
        (f"INTERSECTS({own}, REGION('Not ({a})'))", near > 10.5),
        (f"CONTAINS(REGION('Union ({a} Circle 90 0 1)'), CIRCLE(ra, dec, 30))",
         (near <= 18) & (stars.separation(SkyCoord(90, 0, unit="deg")).deg <= 29)),
    ]:
        check_rows("circles and " + condition, f"SELECT source_id FROM hipparcos.stars WHERE 1 = {condition}", inside, unsure)


def distance_to(polygon: SkyCoord) -> np.ndarray:
    """Degrees from each star to a convex polygon, 0 inside: to its sides where the foot of the perpendicular lies on them, else
    to its corners."""
    corners = unit_vectors(polygon.ra.deg, polygon.dec.deg)
    following = np.roll(corners, -1, axis=0)
    best = np.min([SKY["stars"].separation(corner).deg for corner in polygon], axis=0)
    for a, b in zip(corners, following, strict=True):
        normal = np.cross(a, b) / np.linalg.norm(np.cross(a, b))
        foot = VECTORS - np.outer(VECTORS @ normal, normal)
        between = (np.cross(a, foot) @ normal > 0) & (np.cross(foot, b) @ normal > 0)
        best = np.where(between, np.minimum(best, np.degrees(np.abs(np.arcsin(VECTORS @ normal)))), best)
    return np.where(sides(polygon).min(axis=1) > 0, 0, best)


def check_numbers() -> None:
    for lon, lat in [(83.8, -1.2), (0, 90), (359.5, 0.001)]:
        got = ask(f"SELECT source_id, DISTANCE(ra, dec, {lon}, {lat}) AS d FROM hipparcos.stars")
        got.sort("source_id")
        check_values("distances", got["d"], SKY["stars"].separation(SkyCoord(lon, lat, unit="deg")).deg, 1e-11)
    got = ask("SELECT source_id, AREA(CIRCLE(ra, dec, ABS(dec) / 2)) AS a FROM hipparcos.stars")
    got.sort("source_id")
    wanted = 2 * np.pi * (1 - np.cos(np.radians(np.abs(STARS.dec) / 2))) * np.degrees(1) ** 2
    check_values("areas of circles", got["a"], wanted, 1e-9)
    for lon, lat in random_centres(3):
        polygon = written(convex_polygon(lon, lat, 12, 5))
        row = ask(f"SELECT TOP 1 AREA(POLYGON({listed(polygon)})) AS a, CENTROID(POLYGON({listed(polygon)})) AS c FROM hipparcos.stars")[0]
        corners = unit_vectors(polygon.ra.deg, polygon.dec.deg)
        check_values("area of a polygon, by the angles of its triangles", row["a"], np.degrees(1) ** 2 * excess(corners), 1e-8)
        fraction = MOC.from_polygon(polygon.ra, polygon.dec, max_depth=11).sky_fraction * 4 * np.pi * np.degrees(1) ** 2
        check_values("and of its MOC", row["a"] / fraction, 1, 0.01)
        middle = SkyCoord(*row["c"], unit="deg").separation(SkyCoord(lon, lat, unit="deg")).deg
        check("its centroid is inside", middle < 12, f"{middle} deg off")


def excess(corners: np.ndarray) -> float:
    """Steradians of a convex polygon: triangles by Van Oosterom and Strackee's formula."""
    total, first = 0.0, corners[0]
    for b, c in zip(corners[1:-1], corners[2:], strict=True):
        total += abs(2 * np.arctan2(first @ np.cross(b, c), 1 + first @ b + b @ c + c @ first))
    return total


def check_neighbours() -> None:
    stars, objects, apart, _ = search_around_sky(SKY["stars"], SKY["objects"], 0.05 * u.deg)
    for radius in (0.01, 0.05):
        near = apart.deg <= radius
        wanted = set(zip(STARS.id[stars[near]].tolist(), OBJECTS.id[objects[near]].tolist(), strict=True))
        for condition in (
            f"1 = CONTAINS(POINT(s.ra, s.dec), CIRCLE(o.ra, o.dec, {radius}))",
            f"DISTANCE(s.ra, s.dec, o.ra, o.dec) <= {radius}",
        ):
            got = ask(f"SELECT s.source_id, o.id FROM hipparcos.stars AS s JOIN dso.objects AS o ON {condition}")
            pairs = set(zip(np.asarray(got["source_id"]).tolist(), map(str, got["id"]), strict=True))
            check(f"{len(wanted)} pairs within {radius} deg", pairs == wanted and len(got) == len(pairs), f"{len(pairs)}")


def check_frames() -> None:
    bright = "FROM hipparcos.stars WHERE vmag < 5"
    got = ask(f"SELECT source_id, ra, dec, ivo_geom_transform('ICRS', 'GALACTIC', POINT(ra, dec)) AS g, ivo_geom_transform('ICRS', 'FK5', POINT(ra, dec)) AS f {bright}")
    where = SkyCoord(got["ra"], got["dec"], unit="deg", frame=ICRS)
    for name, frame in (("g", Galactic), ("f", FK5)):
        lon, lat = np.asarray(got[name]).T
        apart = where.transform_to(frame).separation(SkyCoord(lon, lat, unit="deg", frame=frame)).deg
        check_values(f"{len(got)} positions in {frame.__name__}", apart, 0, 3e-8)
    for order in (0, 5, 12, 29):
        got = ask(f"SELECT source_id, ivo_healpix_index({order}, ra, dec) AS h FROM hipparcos.stars")
        got.sort("source_id")
        wanted = lonlat_to_healpix(Longitude(STARS.ra, u.deg), Latitude(STARS.dec, u.deg), order)
        check(f"cells of order {order}", np.array_equal(np.asarray(got["h"]), wanted.astype(np.int64)))
    lon, lat = ask("SELECT TOP 1 ivo_healpix_center(9, 1234567) AS c FROM hipparcos.stars")[0]["c"]
    wanted = healpix_to_lonlat(1234567, 9)
    check_values("centre of a cell", [lon, lat], [float(wanted[0].deg[0]), float(wanted[1].deg[0])], 1e-11)


check_circles()
check_polygons()
check_boxes()
check_regions()
check_made()
check_numbers()
check_neighbours()
check_frames()
finish()
