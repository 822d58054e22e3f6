"""The demo stars straight from their source, past PostgreSQL and the export, and distances among them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).parents[2] / "node_modules/d3-celestial/data/stars.14.json"


@dataclass(frozen=True)
class Stars:
    """Hipparcos numbers, and ICRS positions in degrees with ra in [0, 360)."""

    id: np.ndarray
    ra: np.ndarray
    dec: np.ndarray


def load_stars() -> Stars:
    features = json.loads(SOURCE.read_text())["features"]
    longitude, latitude = np.array([f["geometry"]["coordinates"] for f in features], dtype=float).T
    return Stars(
        id=np.array([f["id"] for f in features], dtype=np.int64),
        # The source gives four decimals; the sum's rounding error would be two more Float64 steps.
        ra=np.where(longitude < 0, np.round(longitude + 360, 4) % 360, longitude),
        dec=latitude,
    )


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
