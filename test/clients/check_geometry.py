"""PostgreSQL's geometry against other implementations: cells by astropy-healpix and cdshealpix, distances, reference systems
and Julian dates by astropy, areas by mocpy and by L'Huilier's theorem, regions by positions in them.

usage: check_geometry.py answers.json

Of each kind: "asked", a list of what was given, and "found", the answers.
"""

import json
import sys
import warnings

import numpy as np
from astropy import units as u
from astropy.coordinates import FK4, FK5, ICRS, Angle, BarycentricMeanEcliptic, Galactic, SkyCoord, Supergalactic, angular_separation
from astropy.time import Time
from astropy.utils.exceptions import AstropyWarning
from astropy_healpix import HEALPix
from cdshealpix.nested import lonlat_to_healpix
from mocpy import MOC

from checks import check, finish

warnings.simplefilter("ignore", AstropyWarning)

FRAMES = {
    "ICRS": ICRS(),
    "FK5": FK5(),
    "FK4": FK4(),
    "GALACTIC": Galactic(),
    "SUPER_GALACTIC": Supergalactic(),
    "ECLIPTIC": BarycentricMeanEcliptic(),
}
DEGREES_SQUARED = (180 / np.pi) ** 2
SAMPLES = 4000
RNG = np.random.default_rng(29)


def vectors(lon, lat) -> np.ndarray:
    lon, lat = np.radians(np.asarray(lon, np.longdouble)), np.radians(np.asarray(lat, np.longdouble))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Degrees, by Kahan's formula."""
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1))).astype(float)


def corners(polygon) -> np.ndarray:
    return vectors(polygon[0::2], polygon[1::2])


def in_triangle(triangle: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Sine of the distance from the nearest side, positive inside."""
    a, b, c = triangle
    normals = np.array([np.cross(a, b), np.cross(b, c), np.cross(c, a)])
    normals *= np.sign(np.dot(np.cross(a, b), c)) / np.linalg.norm(normals, axis=1)[:, None]
    return np.min(positions @ normals.T, axis=1)


def samples(triangle: np.ndarray) -> np.ndarray:
    """Positions in a triangle, its corners and sides among them."""
    weights = RNG.exponential(size=(SAMPLES, 3)) * (RNG.random((SAMPLES, 3)) < 0.8)
    weights = np.concatenate([np.eye(3), weights[weights.sum(axis=1) > 0]])
    found = weights @ triangle
    return found / np.linalg.norm(found, axis=1)[:, None]


def disc_samples(lon: float, lat: float, radius: float) -> np.ndarray:
    center = vectors(lon, lat)
    east = vectors(lon + 90, 0)
    north = np.cross(center, east)
    distance = np.radians(radius) * np.sqrt(np.minimum(1, 1.2 * RNG.random(SAMPLES)))
    bearing = 2 * np.pi * RNG.random(SAMPLES)
    return (
        np.cos(distance)[:, None] * center
        + (np.sin(distance) * np.sin(bearing))[:, None] * east
        + (np.sin(distance) * np.cos(bearing))[:, None] * north
    )


def triangle_area(triangle: np.ndarray) -> float:
    """L'Huilier's theorem, in square degrees."""
    a, b, c = (np.radians(np.longdouble(angles(triangle[i], triangle[i - 1]))) for i in range(3))
    s = (a + b + c) / 2
    product = np.prod([np.tan(np.maximum(0, side / 2)) for side in (s, s - a, s - b, s - c)])
    return float(4 * np.arctan(np.sqrt(product)) * DEGREES_SQUARED)


def triangle_centroid(triangle: np.ndarray, depth: int = 5) -> np.ndarray:
    """Integral of the position, of small triangles."""
    if depth == 0:
        middle = triangle.sum(axis=0)
        return middle / np.linalg.norm(middle) * np.abs(np.dot(triangle[0], np.cross(triangle[1] - triangle[0], triangle[2] - triangle[0])))
    halves = [triangle[i] + triangle[(i + 1) % 3] for i in range(3)]
    halves = [half / np.linalg.norm(half) for half in halves]
    parts = [[triangle[0], halves[0], halves[2]], [triangle[1], halves[1], halves[0]], [triangle[2], halves[2], halves[1]], halves]
    return sum(triangle_centroid(np.array(part), depth - 1) for part in parts)


def moc_area(polygon) -> float:
    """Square degrees, of which the cells on the edges are taken off: they are half as wide at the next order."""
    wide, narrow = (
        MOC.from_polygon(polygon[0::2] * u.deg, polygon[1::2] * u.deg, max_depth=depth).sky_fraction for depth in (9, 10)
    )
    return (2 * narrow - wide) * 4 * np.pi * DEGREES_SQUARED


def near(name: str, found, expected, tolerance) -> None:
    difference = np.abs(np.asarray(found, float) - np.asarray(expected, float))
    worst = float(np.max(difference / tolerance))
    check(f"{len(difference)} of {name}", worst <= 1, f"{worst} tolerances off")


def check_cells(index, center) -> None:
    astropy = cds = 0
    for (order, lon, lat), cell in zip(index["asked"], index["found"]):
        lon = lon % 360
        sky = HEALPix(nside=2**order, order="nested")
        # On the border of two cells rounding decides: the cell of a position moved by it.
        moved = [
            int(sky.lonlat_to_healpix(((lon + e) % 360) * u.deg, np.clip(lat + n, -90, 90) * u.deg))
            for e in (-4e-13, 0, 4e-13)
            for n in (-4e-13, 0, 4e-13)
        ]
        astropy += int(cell) not in moved
        cds += int(lonlat_to_healpix(Angle(lon, u.deg), Angle(lat, u.deg), order)[0]) != int(cell)
    check(f"{len(index['found'])} cells are astropy-healpix's", astropy == 0, f"{astropy} differ")
    check("and cdshealpix's", cds == 0, f"{cds} differ")
    theirs = [HEALPix(nside=2**order, order="nested").healpix_to_lonlat(int(cell)) for order, cell in center["asked"]]
    positions = vectors(*np.array([[lon.deg, lat.deg] for lon, lat in theirs]).T)
    found = vectors(*np.array(center["found"]).T)
    near("centres of cells are astropy-healpix's", angles(found, positions), 0, 1e-7 / 3600)


def check_measures(answers) -> None:
    asked, found = np.array(answers["distance"]["asked"]), np.array(answers["distance"]["found"])
    expected = np.degrees(angular_separation(*np.radians(asked[:, [0, 1, 2, 3]].T)))
    exact = angles(vectors(asked[:, 0], asked[:, 1]), vectors(asked[:, 2], asked[:, 3]))
    rounding = np.minimum(4e-13 * (1 + np.abs(np.tan(np.radians(exact) / 2))), 4e-6)
    near("distances are astropy's", found, expected, rounding + 1e-13)
    near("distances are those of extended precision", found, exact, rounding)

    radii = np.radians(np.longdouble([circle[2] for (circle,) in answers["circle_area"]["asked"]]))
    areas = (4 * np.pi * np.sin(radii / 2) ** 2 * DEGREES_SQUARED).astype(float)
    near("areas of circles", answers["circle_area"]["found"], areas, 1e-13 * areas + 1e-300)
    triangles = [corners(polygon) for (polygon,) in answers["polygon_area"]["asked"]]
    areas = np.array([triangle_area(triangle) for triangle in triangles])
    sizes = np.array([np.radians(angles(triangle[0], triangle[1])) for triangle in triangles])
    near("areas of triangles are L'Huilier's", answers["polygon_area"]["found"], areas, 1e-9 * areas + 1e-13 * sizes * DEGREES_SQUARED)
    moc_areas = [moc_area(polygon) for (polygon,) in answers["moc_area"]["asked"]]
    near("areas of polygons are mocpy's", answers["moc_area"]["found"], moc_areas, 0.01 * np.array(moc_areas))

    kept = [i for i, (polygon,) in enumerate(answers["polygon_centroid"]["asked"])]
    centroids = np.array([triangle_centroid(corners(answers["polygon_centroid"]["asked"][i][0]).astype(float)) for i in kept])
    found = vectors(*np.array([answers["polygon_centroid"]["found"][i] for i in kept]).T)
    apart = angles(found, centroids / np.linalg.norm(centroids, axis=1)[:, None])
    size = np.array([angles(*corners(answers["polygon_centroid"]["asked"][i][0])[:2]) for i in kept])
    near("centroids of triangles", apart, 0, 1e-3 * size)


def check_regions(answers) -> None:
    def contradictions(name: str, judge) -> None:
        kind = answers[name]
        results = [judge(*asked, found) for asked, found in zip(kind["asked"], kind["found"])]
        wrong = [asked for asked, good in zip(kind["asked"], results) if not good]
        check(f"{len(results)} {name}, {sum(kind['found'])} true", not wrong and 0 < sum(kind["found"]) < len(results), f"{wrong[:2]}")

    def meet(inside: np.ndarray, found: bool) -> bool:
        """Positions of one region, as far inside the other: one that is inside decides, and none is found where nothing meets."""
        return found if np.any(inside > 1e-9) else True

    def within(inside: np.ndarray, found: bool) -> bool:
        return np.all(inside > -1e-9) if found else np.any(inside < 1e-4)

    disc = lambda circle, positions: np.radians(circle[2] - angles(vectors(circle[0], circle[1])[None], positions))
    contradictions("polygons_intersect", lambda a, b, found: meet(in_triangle(corners(a), samples(corners(b))), found))
    contradictions("polygon_in_polygon", lambda a, b, found: within(in_triangle(corners(a), samples(corners(b))), found))
    contradictions("circle_intersects_polygon", lambda a, c, found: meet(disc(c, samples(corners(a))), found) and meet(in_triangle(corners(a), disc_samples(*c)), found))
    contradictions("circle_in_polygon", lambda a, c, found: within(in_triangle(corners(a), disc_samples(*c)), found))
    contradictions("polygon_in_circle", lambda a, c, found: within(disc(c, samples(corners(a))), found))


def check_frames(transforms) -> None:
    for transform in transforms:
        lon, lat = np.array([point for (point,) in transform["asked"]]).T
        source, target = FRAMES[transform["from"]], FRAMES[transform["to"]]
        moved = SkyCoord(lon * u.deg, lat * u.deg, frame=source).transform_to(target).spherical
        found = vectors(*np.array(transform["found"]).T)
        apart = angles(found, vectors(moved.lon.deg, moved.lat.deg))
        # From FK4 astropy goes over FK5 or over GALACTIC, which differ by 25 microarcseconds.
        tolerance = 4e-5 if "FK4" in (transform["from"], transform["to"]) else 1e-6
        near(f"positions from {transform['from']} to {transform['to']} are astropy's", apart, 0, tolerance / 3600)


def main() -> None:
    with open(sys.argv[1]) as file:
        answers = json.load(file)
    check_cells(answers["index"], answers["center"])
    check_measures(answers)
    check_regions(answers)
    check_frames(answers["transforms"])
    times = Time([text for (text,) in answers["julian"]["asked"]], scale="utc")
    found = np.array(answers["julian"]["found"])
    near("Julian dates are astropy's", found[:, 0], times.jd, 1e-9)
    near("modified Julian dates are astropy's", found[:, 1], times.mjd, 1e-10)
    finish()


main()
