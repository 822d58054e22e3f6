"""The margin of a release: no row near to a partition is missing from it, by astropy; LSDB finds it and its
crossmatches are those of brute force.

usage: check_margin.py RELEASE_FOLDER ARCSEC
"""

import json
import sys
from pathlib import Path

import astropy.units as u
import hats
import lsdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from astropy.coordinates import ICRS, SkyCoord, search_around_sky
from astropy_healpix import HEALPix
from hats.io.validation import is_valid_catalog
from hats.pixel_tree.negative_tree import compute_negative_tree_pixels
from hats.pixel_tree.pixel_tree import PixelTree

from checks import check, finish

DIRECTIONS = np.arange(0, 360, 7.5) * u.deg
SHARES = (0.3, 0.9, 0.9999)
EDGE_POINTS = 1000
# Neighbours of a position: no more lie within the threshold of any.
MOST = 500


def main() -> None:
    release, arcsec = Path(sys.argv[1]), float(sys.argv[2])
    check("hats finds the collection valid (strict)", is_valid_catalog(release, strict=True))
    collection = hats.read_hats(release)
    thresholds = collection.get_margin_thresholds()
    check(f"its margin is of {arcsec} arcsec", list(thresholds.values()) == [arcsec], f"{thresholds}")
    catalog = lsdb.open_catalog(release, columns="all")
    rows = catalog.compute(progress_bar=False).reset_index()
    manifest = json.loads((release / "manifest.json").read_text())
    check("LSDB opens catalogue and margin", catalog.margin is not None and len(rows) == manifest["rows"])

    margin = read_margin(collection)
    partitions = [(pixel.order, pixel.pixel) for pixel in catalog.get_healpix_pixels()]
    check_complete(rows, margin, partitions, arcsec)
    check_near(rows, margin, arcsec)
    check_crossmatch(catalog, rows, arcsec)
    finish()


def read_margin(collection) -> pd.DataFrame:
    """The rows of all margin files, each with the cell whose margin it is in."""
    folder = Path(str(collection.default_margin_catalog_dir))
    margin = hats.read_hats(folder)
    tables = []
    for pixel in margin.get_healpix_pixels():
        path = hats.io.pixel_catalog_file(folder, pixel)
        table = pq.read_table(str(path)).to_pandas()
        check_sorted = np.all(np.diff(table["_healpix_29"]) >= 0)
        check(f"margin of {pixel}: {len(table)} rows, sorted", bool(check_sorted) and len(table) > 0)
        tables.append(table.assign(order=pixel.order, pixel=pixel.pixel))
    rows = pd.concat(tables) if tables else pd.DataFrame()
    check("the margin's properties count its rows", margin.catalog_info.total_rows == len(rows))
    return rows


def grid(order: int) -> HEALPix:
    return HEALPix(nside=1 << order, order="nested", frame=ICRS())


def whole_sky(partitions: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The partitions, and the largest cells between them, by hats."""
    between = compute_negative_tree_pixels(PixelTree.from_healpix(partitions))
    return partitions + [(pixel.order, pixel.pixel) for pixel in between]


def check_complete(rows: pd.DataFrame, margin: pd.DataFrame, partitions: list, arcsec: float) -> None:
    """Points around each row, less far away than the threshold: the cell of each has the row in its margin, or is its own."""
    cells = whole_sky(partitions)
    deepest = max(order for order, _ in cells)
    firsts = np.array([pixel << 2 * (deepest - order) for order, pixel in cells])
    sorted_cells = np.argsort(firsts)

    def cell_of(positions: SkyCoord) -> np.ndarray:
        found = grid(deepest).skycoord_to_healpix(positions)
        return sorted_cells[np.searchsorted(firsts[sorted_cells], found, side="right") - 1]

    positions = SkyCoord(rows["ra"].to_numpy(), rows["dec"].to_numpy(), unit="deg")
    own = cell_of(positions)
    ids = rows["id"].to_numpy()
    wanted = set()
    for direction in DIRECTIONS:
        for share in SHARES:
            around = cell_of(positions.directional_offset_by(direction, share * arcsec * u.arcsec))
            wanted.update((int(ids[at]), cells[around[at]]) for at in np.flatnonzero(around != own))
    found = {(int(i), (int(o), int(p))) for i, o, p in zip(margin["id"], margin["order"], margin["pixel"])}
    check(f"the margin has the {len(wanted)} rows near to cells", wanted <= found and len(wanted) > 0, f"{len(wanted - found)} are missing")
    check("and no row twice", len(found) == len(margin))


def check_near(rows: pd.DataFrame, margin: pd.DataFrame, arcsec: float) -> None:
    """No row of a margin is much farther from its cell than the threshold."""
    worst = 0.0
    for (order, pixel), group in margin.groupby(["order", "pixel"]):
        positions = SkyCoord(group["ra"].to_numpy(), group["dec"].to_numpy(), unit="deg")
        edges = grid(order).boundaries_skycoord([pixel], EDGE_POINTS)[0]
        nearest = positions.match_to_catalog_sky(edges)[1].arcsec
        step = edges.separation(SkyCoord(np.roll(edges, 1))).arcsec.max()
        worst = max(worst, float(np.max(nearest)) - step)
        inside = grid(order).skycoord_to_healpix(positions) == pixel
        if inside.any():
            check(f"margin of {order}/{pixel} has no row of its own", False)
    check("no row is much farther away", worst <= 1.6 * arcsec, f"{worst} arcsec")


def check_crossmatch(catalog, rows: pd.DataFrame, arcsec: float) -> None:
    rng = np.random.default_rng(5)
    positions = SkyCoord(rows["ra"].to_numpy(), rows["dec"].to_numpy(), unit="deg")
    moved = positions.directional_offset_by(
        rng.uniform(0, 360, len(rows)) * u.deg, rng.uniform(0, 1.2 * arcsec, len(rows)) * u.arcsec
    )
    left_rows = pd.DataFrame({"number": np.arange(len(rows)), "ra": moved.ra.deg, "dec": moved.dec.deg})
    left = lsdb.from_dataframe(left_rows, ra_column="ra", dec_column="dec", partition_rows=1000, margin_threshold=None)
    radius = 0.999 * arcsec
    matched = left.crossmatch(catalog, radius_arcsec=radius, n_neighbors=MOST, suffixes=("_l", "_r"), suffix_method="all_columns").compute(progress_bar=False)
    found = set(zip(matched["number_l"], matched["id_r"]))
    a, b, _, _ = search_around_sky(moved, positions, radius * u.arcsec)
    expected = set(zip(left_rows["number"].to_numpy()[a], rows["id"].to_numpy()[b]))
    check(f"LSDB's crossmatch has the {len(expected)} pairs of astropy", found == expected, f"{len(found ^ expected)} differ")
    alone = lsdb.open_catalog(catalog.hc_collection.main_catalog_dir, columns="all")
    fewer = left.crossmatch(alone, radius_arcsec=radius, n_neighbors=MOST, suffixes=("_l", "_r"), suffix_method="all_columns").compute(progress_bar=False)
    check("without the margin some would be missing", len(fewer) < len(expected), f"{len(fewer)}")


main()
