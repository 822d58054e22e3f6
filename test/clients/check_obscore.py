"""What pyVO makes of ivoa.obscore, and its footprints in ADQL against planes that they are straight in.

usage: check_obscore.py BASE_URL

Rows are made up (test/obscore-rows.ts): footprints are at most 40° from their centres, so that a gnomonic projection around each has all
of it, its edges straight.
"""

import sys

import numpy as np
import pyvo
from astropy.coordinates import angular_separation, position_angle

from checks import check, finish

BASE = sys.argv[1]
SERVICE = pyvo.dal.TAPService(f"{BASE}/tap")
# Nearer to a border than this, degrees, either answer will do.
BORDER = 1e-8
# No footprint is farther than this from its row's position.
FARTHEST = 41
rng = np.random.default_rng(11)


def ask(query: str):
    return SERVICE.run_sync(query, maxrec=100_000)


ROWS = ask("SELECT obs_publisher_did, s_ra, s_dec, s_fov, s_region, access_url, t_min, AREA(s_region) AS covered FROM ivoa.ObsCore")
DIDS = np.asarray(ROWS["obs_publisher_did"], dtype=str)


def corners(text: str) -> np.ndarray:
    words = text.split()
    assert words[:2] == ["POLYGON", "ICRS"], text
    return np.asarray(words[2:], dtype=float).reshape(-1, 2)


REGIONS = {did: corners(text) for did, text in zip(DIDS, ROWS["s_region"]) if text}


def unit(lon, lat) -> np.ndarray:
    lon, lat = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


class Plane:
    """A footprint around its row's centre, whose great circles are straight lines."""

    def __init__(self, lon: float, lat: float, region: np.ndarray) -> None:
        a = np.radians(lon)
        east = np.array([-np.sin(a), np.cos(a), 0.0])
        self.centre = unit(lon, lat)
        self.axes = np.stack([east, np.cross(self.centre, east)], axis=1)
        self.lon, self.lat = np.radians(region).T
        self.corners = self.project(unit(*region.T))

    def project(self, vectors: np.ndarray) -> np.ndarray:
        return vectors @ self.axes / (vectors @ self.centre)[..., None]

    def holds(self, lon: float, lat: float) -> bool:
        """By the sides of the edges that a position is on: the footprints are convex."""
        vector = unit(lon, lat)
        if vector @ self.centre < 1e-9:
            return False
        edge, to = np.roll(self.corners, -1, axis=0) - self.corners, self.project(vector) - self.corners
        side = edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0]
        return bool(np.all(side > 0) or np.all(side < 0))

    def distance(self, lon: float, lat: float) -> float:
        """Degrees to the nearest edge."""
        place = np.radians([lon, lat])
        ends = np.roll(self.lon, -1), np.roll(self.lat, -1)
        length, course = angular_separation(self.lon, self.lat, *ends), position_angle(self.lon, self.lat, *ends).rad
        to, bearing = angular_separation(self.lon, self.lat, *place), position_angle(self.lon, self.lat, *place).rad
        across = np.abs(np.arcsin(np.sin(to) * np.sin(bearing - course)))
        forward = np.arctan2(np.sin(to) * np.cos(bearing - course), np.cos(to))
        beside = (forward >= 0) & (forward <= length)
        return float(np.degrees(np.where(beside, across, to).min()))


PLANES = {did: Plane(ra, dec, REGIONS[did]) for did, ra, dec in zip(DIDS, ROWS["s_ra"], ROWS["s_dec"]) if did in REGIONS}


def check_region(label: str, condition: str, inside, unsure) -> None:
    asked = ask(f"SELECT obs_publisher_did FROM ivoa.obscore WHERE {condition}")["obs_publisher_did"]
    found = set(np.asarray(asked, dtype=str))
    wanted = {did for did in PLANES if inside[did]}
    wrong = {did for did in found ^ wanted if did not in unsure}
    check(f"{label}: {len(wanted)} footprints", not wrong, f"{sorted(wrong)[:3]}; {condition}")


def check_regions() -> None:
    dids = list(PLANES)
    places = [(rng.uniform(0, 360), np.degrees(np.arcsin(rng.uniform(-1, 1))))]
    # Some that are in a footprint for certain.
    places += [tuple(REGIONS[did].mean(axis=0)) for did in rng.choice(dids, 2)]
    places += [(0.0, 90.0), (359.9999, 10.0)]
    for lon, lat in places:
        radius = 10 ** rng.uniform(-1, 1.2)
        around = {did: plane for did, plane in PLANES.items() if plane.centre @ unit(lon, lat) > np.cos(np.radians(FARTHEST + radius))}
        holds = {did: did in around and plane.holds(lon, lat) for did, plane in PLANES.items()}
        apart = {did: plane.distance(lon, lat) if did in around else np.inf for did, plane in PLANES.items()}
        near = {did for did in dids if apart[did] < BORDER}
        rim = {did for did in dids if abs(apart[did] - radius) < BORDER} | near
        check_region("position in", f"1 = CONTAINS(POINT('ICRS', {lon}, {lat}), s_region)", holds, near)
        circle = f"CIRCLE('ICRS', {lon}, {lat}, {radius})"
        check_region("circle in", f"1 = CONTAINS({circle}, s_region)", {did: holds[did] and apart[did] >= radius for did in dids}, rim)
        check_region("circle meets", f"1 = INTERSECTS(s_region, {circle})", {did: holds[did] or apart[did] <= radius for did in dids}, rim)


def check_areas() -> None:
    worst, judged = 0.0, 0
    for did, area in zip(DIDS, ROWS["covered"]):
        if did not in PLANES or area < 1:
            continue
        # The sum of the angles between the bearings of the neighbours (Girard).
        lon, lat = PLANES[did].lon, PLANES[did].lat
        bearings = [position_angle(lon, lat, np.roll(lon, by), np.roll(lat, by)).rad for by in (1, -1)]
        angles = np.abs((bearings[1] - bearings[0] + np.pi) % (2 * np.pi) - np.pi)
        excess = np.degrees(np.degrees(angles.sum() - (len(lon) - 2) * np.pi))
        worst, judged = max(worst, abs(excess - area) / area), judged + 1
    check(f"areas of {judged} footprints are those of their angles", judged > 50 and worst < 1e-9, f"{worst}")


def check_answers() -> None:
    check("pyVO reads all", len(ROWS) > 100 and len(REGIONS) > 100, f"{len(ROWS)} rows, {len(REGIONS)} regions")
    fields = {field.name: field for field in ROWS.fielddescs}
    check("regions are text", (fields["s_region"].datatype, fields["s_region"].xtype) == ("char", "adql:REGION"))
    check("times are found by their utype", ROWS.fieldname_with_utype("obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime") == "t_min")
    check("addresses are whole", all(url.startswith(f"{BASE}/datalink/links?ID=ivo") for url in ROWS["access_url"]), ROWS["access_url"][0])
    column = {column.name: column for column in SERVICE.tables["ivoa.obscore"].columns}["s_region"]
    check("tables tells of them as answers have them", column.datatype.content == "char" and column.datatype.arraysize == "*")
    models = [str(model.ivo_id) for model in SERVICE.get_tap_capability().datamodels]
    check("the data model is declared", models == ["ivo://ivoa.net/std/ObsCore#core-1.1"], f"{models}")


check_answers()
check_regions()
check_areas()
finish()
