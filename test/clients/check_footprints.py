"""Which footprints overlap which regions, by means of its own: bearings, arcs that cross, and samples of borders.

usage: check_footprints.py footprints.json

The file has rows (polygons of longitudes and latitudes, or circles where there is none), and regions with what was found of them. Pairs
that are closer to touching than the samples are apart are left out, and counted.
"""

import json
import sys

import numpy as np

from checks import check, finish

SAMPLES = 160


def unit(lon, lat) -> np.ndarray:
    lon, lat = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat) + 0 * lon], axis=-1)


def angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), np.sum(a * b, axis=-1))


class Circle:
    def __init__(self, lon: float, lat: float, diameter: float) -> None:
        self.centre = unit(lon, lat)
        self.reach = np.radians(diameter) / 2

    def depth(self, points: np.ndarray) -> np.ndarray:
        """How far inside points are, radians; negative outside."""
        return self.reach - angle(points, self.centre)

    def border(self) -> np.ndarray:
        turns = np.linspace(0, 2 * np.pi, SAMPLES)
        east = np.cross([0, 0, 1], self.centre)
        east = np.array([0.0, 1, 0]) if np.linalg.norm(east) < 1e-12 else east / np.linalg.norm(east)
        north = np.cross(self.centre, east)
        ring = np.cos(turns)[:, None] * east + np.sin(turns)[:, None] * north
        return np.cos(self.reach) * self.centre + np.sin(self.reach) * ring


class Polygon:
    """The smaller side of arcs of great circles. A point is inside if its bearings of the vertices go once around."""

    def __init__(self, numbers: list[float]) -> None:
        self.vertices = unit(np.array(numbers[0::2]), np.array(numbers[1::2]))
        total = self.vertices.sum(axis=0)
        self.centre = total / np.linalg.norm(total)
        self.reach = angle(self.vertices, self.centre).max()

    def winds(self, points: np.ndarray) -> np.ndarray:
        """Turns of the bearings around each point."""
        a, b = self.vertices, np.roll(self.vertices, -1, axis=0)
        p = points[:, None, :]
        u = a - np.sum(a * p, axis=-1, keepdims=True) * p
        v = b - np.sum(b * p, axis=-1, keepdims=True) * p
        turn = np.arctan2(np.sum(np.cross(u, v) * p, axis=-1), np.sum(u * v, axis=-1))
        return np.round(turn.sum(axis=1) / (2 * np.pi))

    def to_border(self, points: np.ndarray) -> np.ndarray:
        a, b = self.vertices, np.roll(self.vertices, -1, axis=0)
        normal = np.cross(a, b)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        p = points[:, None, :]
        height = np.abs(np.arcsin(np.clip(np.sum(p * normal, axis=-1), -1, 1)))
        beside = (np.sum(np.cross(a, p) * normal, axis=-1) >= 0) & (np.sum(np.cross(p, b) * normal, axis=-1) >= 0)
        ends = np.minimum(angle(p, a), angle(p, b))
        return np.where(beside, height, ends).min(axis=1)

    def depth(self, points: np.ndarray) -> np.ndarray:
        # Around the antipode of a point the bearings turn as they do around the point.
        inside = (self.winds(points) % 2 != 0) & (points @ self.centre > 0)
        return np.where(inside, 1, -1) * self.to_border(points)

    def border(self) -> np.ndarray:
        steps = np.linspace(0, 1, max(2, SAMPLES // len(self.vertices)))[:, None, None]
        points = (self.vertices * (1 - steps) + np.roll(self.vertices, -1, axis=0) * steps).reshape(-1, 3)
        return points / np.linalg.norm(points, axis=1, keepdims=True)


class Zone:
    def __init__(self, west: float, east: float, south: float, north: float) -> None:
        self.west, self.south, self.north = west, south, north
        self.width = 360.0 if (west, east) == (0, 360) else (east - west) % 360
        self.centre, self.reach = unit(0.0, 0.0), np.pi

    def depth(self, points: np.ndarray) -> np.ndarray:
        lat = np.degrees(np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1])))
        lon = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
        high = np.radians(np.minimum(np.where(self.south == -90, 90, lat - self.south), np.where(self.north == 90, 90, self.north - lat)))
        if self.width == 360:
            return high
        past = (lon - self.west) % 360
        off = np.where(past <= self.width, np.minimum(past, self.width - past), -np.minimum(past - self.width, 360 - past))
        across = np.sign(off) * np.arcsin(np.clip(np.cos(np.radians(lat)) * np.sin(np.radians(np.minimum(np.abs(off), 90))), -1, 1))
        return np.minimum(high, across)

    def border(self) -> np.ndarray:
        lon = self.west + self.width * np.linspace(0, 1, SAMPLES)
        lat = np.linspace(self.south, self.north, SAMPLES)
        sides = [unit(lon, np.full(SAMPLES, edge)) for edge in (self.south, self.north)]
        sides += [unit(np.full(SAMPLES, edge), lat) for edge in (self.west, self.west + self.width)]
        return np.concatenate(sides)


def spacing(points: np.ndarray) -> float:
    steps = angle(points[1:], points[:-1])
    return float(np.quantile(steps, 0.99)) if len(steps) else 0.0


def judge(region, footprint) -> bool | None:
    """Whether they overlap; None where samples cannot tell."""
    a, b = region.border(), footprint.border()
    deepest = max(footprint.depth(a).max(), region.depth(b).max())
    if deepest > 1e-11:
        return True
    # A point of either border that is inside of the other may lie between two samples.
    return False if deepest < -max(spacing(a), spacing(b)) - 1e-11 else None


def read(row: dict):
    polygon = row["polygon"]
    if polygon and len(polygon) >= 6 and all(number is not None for number in polygon):
        vertices = {tuple(polygon[at : at + 2]) for at in range(0, len(polygon), 2)}
        if len(vertices) >= 3:
            return Polygon(polygon)
    return Circle(row["lon"], row["lat"], row["diameter"] or 0)


def make(kind: str, numbers: list[float]):
    if kind == "circle":
        return Circle(numbers[0], numbers[1], 2 * numbers[2])
    return Polygon(numbers) if kind == "polygon" else Zone(*numbers)


with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
footprints = [(row["did"], read(row)) for row in given["rows"]]
wrong: list[str] = []
counts = {True: 0, False: 0, None: 0}
for question in given["questions"]:
    region = make(question["kind"], question["numbers"])
    found = set(question["found"])
    for did, footprint in footprints:
        apart = angle(region.centre, footprint.centre) > region.reach + footprint.reach + 1e-9
        # What is outside by more than the footprint reaches is far away.
        if apart or region.depth(footprint.centre[None, :])[0] < -footprint.reach - 1e-9:
            overlap = False
        else:
            overlap = judge(region, footprint)
        counts[overlap] += 1
        if overlap is not None and overlap != (did in found):
            wrong.append(f"{question['kind']} {question['numbers']} and {did}: {'' if overlap else 'no '}overlap")
print(f"      {len(footprints)} footprints, {len(given['questions'])} regions: {counts}")
check("pairs that overlap are found, and no others", not wrong, f"{len(wrong)}: {wrong[:5]}")
check("most pairs can be told", counts[True] > 1000 and counts[None] < 0.1 * counts[True], f"{counts}")
finish()
