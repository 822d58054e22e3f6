"""The kernel's answers against other implementations: cells by astropy-healpix and cdshealpix, distances by numpy in
extended precision.

usage: check_kernel.py FOLDER

FOLDER holds little-endian arrays, named `<what>.<type>`: lon, lat (degrees) and cell of the positions, ascending in
cell; cones (lon, lat, radius in degrees); for each cone its ranges of order-29 cells and the rows it found; triangles and boxes,
and for each the rows it found.
"""

import sys
from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.coordinates import Latitude, Longitude
from astropy_healpix import HEALPix
from cdshealpix.nested import lonlat_to_healpix

from checks import check, finish

ORDER = 29
SKY = HEALPix(nside=2**ORDER, order="nested")
RIM_POSITIONS = 200

Extended = np.longdouble


def read(folder: Path, name: str) -> np.ndarray:
    types = {"f64": "<f8", "i64": "<i8", "u32": "<u4", "u8": "u1"}
    return np.fromfile(folder / name, dtype=types[name.split(".")[1]])


def vectors(lon, lat) -> np.ndarray:
    """Unit vectors in extended precision of positions in degrees."""
    radians = np.arctan2(Extended(0), Extended(-1)) / 180
    lon, lat = np.asarray(lon, Extended) * radians, np.asarray(lat, Extended) * radians
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def separations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angles in degrees, by Kahan's formula: exact at every angle, and not the haversine."""
    degrees = 180 / np.arctan2(Extended(0), Extended(-1))
    return 2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1)) * degrees


def astropy_cells(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    return SKY.lonlat_to_healpix(lon * u.deg, lat * u.deg)


def around(lon: float, lat: float, radius: float, bearings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions at `radius` degrees from a centre, in Float64 degrees."""
    lat, radius = np.radians(lat), np.radians(radius)
    north, east = np.sin(radius) * np.cos(bearings), np.sin(radius) * np.sin(bearings)
    x = np.cos(lat) * np.cos(radius) - np.sin(lat) * north
    z = np.sin(lat) * np.cos(radius) + np.cos(lat) * north
    return (lon + np.degrees(np.arctan2(east, x))) % 360, np.degrees(np.arctan2(z, np.hypot(x, east)))


def rounding(separation):
    """Degrees by which a haversine in Float64 may be wrong: it loses half its digits towards the antipode."""
    return np.minimum(4e-13 * (1 + np.abs(np.tan(np.radians(separation) / 2))), 3e-6)


def check_cells(lon: np.ndarray, lat: np.ndarray, cell: np.ndarray) -> None:
    check("cells ascend", bool(np.all(np.diff(cell) >= 0)))
    theirs = lonlat_to_healpix(Longitude(lon * u.deg), Latitude(lat * u.deg), ORDER).astype("i8")
    check("cells are cdshealpix's", bool(np.array_equal(cell, theirs)), f"{np.sum(cell != theirs)} differ")
    # On the border of two cells rounding decides: a difference must vanish when the position is moved by it.
    differ = np.flatnonzero(astropy_cells(lon, lat) != cell)
    moves = [(east, north) for east in (-4e-13, 0, 4e-13) for north in (-4e-13, 0, 4e-13)]
    near = [astropy_cells((lon[differ] + e) % 360, np.clip(lat[differ] + n, -90, 90)) for e, n in moves]
    unexplained = differ[~np.any(np.array(near) == cell[differ], axis=0)] if len(differ) else differ
    check(f"{len(cell)} cells are astropy-healpix's, but {len(differ)} on a border", len(unexplained) == 0, f"rows {unexplained[:5]}")
    check("few positions are on a border", len(differ) <= max(5, len(cell) // 1000), f"{len(differ)}")


def flags(start: np.ndarray, end: np.ndarray, full: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """1 for cells in a full range, 0 in a partial one, -1 outside."""
    at = np.searchsorted(start, cell, side="right") - 1
    return np.where((at >= 0) & (cell < end[at]), full[at].astype(int), -1)


def sides_of_triangle(corners: np.ndarray, stars: np.ndarray) -> np.ndarray:
    """Distance of positions from the nearest side's great circle, as a sine; positive inside. Corners as lon, lat rows."""
    a, b, c = vectors(corners[:, 0], corners[:, 1])
    normals = np.array([np.cross(a, b), np.cross(b, c), np.cross(c, a)])
    normals *= np.sign(np.dot(np.cross(a, b), c)) / np.linalg.norm(normals, axis=1)[:, None]
    return np.min(stars @ normals.T, axis=1)


def sides_of_box(box: np.ndarray, stars: np.ndarray) -> np.ndarray:
    """The same of a box: lon, lat of its centre, width and height."""
    lon, lat, width, height = box
    forward, north = vectors(lon, lat), vectors(lon, lat + 90)
    east = np.cross(north, forward)
    half = np.array([width, height], Extended) / 360 * np.arctan2(Extended(0), Extended(-1))
    x, y, z = stars @ forward, stars @ east, stars @ north
    sides = [x * np.sin(half[0]) - np.abs(y) * np.cos(half[0]), x * np.sin(half[1]) - np.abs(z) * np.cos(half[1])]
    return np.minimum(np.minimum(*sides), x)


def check_regions(folder: Path, stars: np.ndarray) -> None:
    """Rows found in triangles and boxes, but those nearer to a side than rounding."""
    triangles, boxes = read(folder, "triangles.f64").reshape(-1, 3, 2), read(folder, "boxes.f64").reshape(-1, 4)
    inner = [sides_of_triangle(corners, stars) for corners in triangles] + [sides_of_box(box, stars) for box in boxes]
    rows = np.split(read(folder, "region_row.u32"), np.cumsum(read(folder, "region_row_count.u32"))[:-1])
    check("an answer for every region", len(rows) == len(inner) > 0)
    lost = extra = 0
    for margin, found in zip(inner, rows):
        answered = np.zeros(len(stars), bool)
        answered[found] = True
        lost += int(np.sum((margin > 1e-12) & ~answered))
        extra += int(np.sum((margin < -1e-12) & answered))
    total = sum(len(found) for found in rows)
    check(f"triangles and boxes hold {total} positions, none lost", lost == 0 and total > len(stars), f"{lost} lost")
    check("triangles and boxes hold no others", extra == 0, f"{extra}")


def main() -> None:
    folder = Path(sys.argv[1])
    lon, lat, cell = read(folder, "lon.f64"), read(folder, "lat.f64"), read(folder, "cell.i64")
    check_cells(lon, lat, cell)

    cones = read(folder, "cones.f64").reshape(-1, 3)
    range_ends = np.cumsum(read(folder, "range_count.u32"))
    row_ends = np.cumsum(read(folder, "row_count.u32"))
    starts, ends, fulls = (read(folder, f"range_{name}") for name in ("start.i64", "end.i64", "full.u8"))
    rows, found_separations = read(folder, "row.u32"), read(folder, "separation.f64")
    check("an answer for every cone", len(range_ends) == len(row_ends) == len(cones) > 0)

    stars = vectors(lon, lat)
    check_regions(folder, stars)
    rng = np.random.default_rng(29)
    wrong = {"lost": 0, "extra": 0, "separation": 0, "not covered": 0, "not full": 0, "rim not covered": 0, "disorder": 0}
    pairs = found = doubtful = rim_pairs = 0
    for i, (ra, dec, radius) in enumerate(cones):
        in_cover = slice(range_ends[i - 1] if i else 0, range_ends[i])
        in_rows = slice(row_ends[i - 1] if i else 0, row_ends[i])
        start, end, full = starts[in_cover], ends[in_cover], fulls[in_cover]
        wrong["disorder"] += int(np.any(start >= end) or np.any(end[:-1] > start[1:]))
        separation = separations(stars, vectors(ra, dec))
        # Nothing is asked about positions nearer to the rim than rounding.
        margin = rounding(radius)
        inside, outside = separation <= radius - margin, separation > radius + margin
        answered = np.zeros(len(lon), bool)
        answered[rows[in_rows]] = True
        wrong["lost"] += int(np.sum(inside & ~answered))
        wrong["extra"] += int(np.sum(outside & answered))
        error = np.abs(found_separations[in_rows] - separation[rows[in_rows]])
        wrong["separation"] += int(np.sum(error > rounding(separation[rows[in_rows]])))
        flag = flags(start, end, full, cell)
        wrong["not covered"] += int(np.sum(inside & (flag < 0)))
        wrong["not full"] += int(np.sum(outside & (flag == 1)))
        pairs += len(lon)
        found += int(np.sum(answered))
        doubtful += int(np.sum(~inside & ~outside))

        rim = around(ra, dec, radius * (1 - 10.0 ** rng.uniform(-12, -2)), rng.uniform(0, 2 * np.pi, RIM_POSITIONS))
        within = separations(vectors(*rim), vectors(ra, dec)) <= radius
        wrong["rim not covered"] += int(np.sum(within & (flags(start, end, full, astropy_cells(*rim)) < 0)))
        rim_pairs += int(np.sum(within))

    check(f"{pairs} positions and cones, {found} inside ({doubtful} undecidable), and {rim_pairs} at a rim", found > len(cones))
    for what, count in wrong.items():
        check(f"none: {what}", count == 0, str(count))
    finish()


main()
