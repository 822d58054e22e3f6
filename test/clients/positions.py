"""Catalogues straight from their sources, past PostgreSQL and the export, and distances on the sky."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

CELESTIAL = Path(__file__).parents[2] / "node_modules/d3-celestial/data"


@dataclass(frozen=True)
class Positions:
    """Identifiers, ascending, and ICRS positions in degrees with ra in [0, 360)."""

    id: np.ndarray
    ra: np.ndarray
    dec: np.ndarray


def in_order(ids, ra, dec) -> Positions:
    order = np.argsort(ids)
    return Positions(np.asarray(ids)[order], np.asarray(ra)[order], np.asarray(dec)[order])


def load_celestial(file: str) -> Positions:
    features = json.loads((CELESTIAL / file).read_text())["features"]
    # Three supernova remnants have lost their right ascension: declination and size stand in its place.
    placed = [f for f in features if not f["properties"].get("dim", "").startswith(f"{f['geometry']['coordinates'][1]}x")]
    longitude, latitude = np.array([f["geometry"]["coordinates"] for f in placed], dtype=float).T
    # The source gives four decimals; the sum's rounding error would be two more Float64 steps.
    ra = np.where(longitude < 0, np.round(longitude + 360, 4) % 360, longitude)
    return in_order([f["id"] for f in placed], ra, latitude)


def load_stars() -> Positions:
    """hipparcos.stars"""
    return load_celestial("stars.14.json")


def load_objects() -> Positions:
    """dso.objects"""
    return load_celestial("dsos.14.json")


def load_parquet(file: str) -> Positions:
    """A file with the columns source_id, ra, dec."""
    table = pq.read_table(file, columns=["source_id", "ra", "dec"])
    return in_order(*(table[name].to_numpy() for name in table.column_names))


def unit_vectors(ra, dec) -> np.ndarray:
    """Positions in degrees as unit vectors, in the last axis."""
    ra, dec = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


def separations(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Angles in degrees between unit vectors and one, by atan2 of the cross and dot products.

    Good to some 1e-14 degrees at any angle, and another formula than the haversine of the kernel.
    """
    cross = np.linalg.norm(np.cross(vectors, centre), axis=-1)
    return np.degrees(np.arctan2(cross, vectors @ centre))
