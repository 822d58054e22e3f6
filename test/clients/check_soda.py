"""Cutouts beside astropy: pixels, coordinates, and which pixels a region takes; and how pyVO uses DataLink and SODA.

usage: check_soda.py BASE_URL [--cutouts=N]
"""

import io
import re
import sys
import warnings

import numpy as np
import pyvo
import requests
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import WCS
from pyvo.dal.adhoc import DatalinkResults, DatalinkService

from checks import check, finish

BASE = sys.argv[1]
COUNT = int(next((arg.split("=")[1] for arg in sys.argv[2:] if arg.startswith("--cutouts=")), 200))
PLACE = 0.01  # pixels
BORDER = 2  # pixels that a box may have beyond those whose centres are in a region

warnings.simplefilter("ignore", AstropyWarning)
random = np.random.default_rng(20261121)
session = requests.Session()


def unit(lon, lat) -> np.ndarray:
    lon, lat = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def degrees(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0])) % 360, np.degrees(np.arcsin(vectors[:, 2]))


def edges(vertices: np.ndarray) -> np.ndarray:
    """Points along the sides of a polygon."""
    steps = np.linspace(0, 1, 50)[:, None, None]
    points = (vertices * (1 - steps) + np.roll(vertices, -1, axis=0) * steps).reshape(-1, 3)
    return points / np.linalg.norm(points, axis=1, keepdims=True)


class Original:
    """An image as it was given, read by astropy."""

    def __init__(self, row) -> None:
        self.did = row["obs_publisher_did"]
        links = DatalinkResults.from_result_url(row["access_url"])
        self.links = links
        content = next(links.bysemantics("#this", include_narrower=False)).getdataset().read()
        with fits.open(io.BytesIO(content)) as hdus:
            hdu = next(hdu for hdu in hdus if hdu.data is not None and hdu.is_image)
            self.data, self.header = hdu.data, hdu.header
        self.wcs = WCS(self.header).celestial
        height, width = self.data.shape[-2:]
        y, x = np.mgrid[0:height, 0:width]
        frame = self.wcs.pixel_to_world(x, y).icrs
        self.sky = unit(frame.ra.deg, frame.dec.deg)
        self.lon, self.lat = frame.ra.deg, frame.dec.deg

    def box(self, points: np.ndarray) -> tuple[int, ...] | None:
        """The pixels, from 1, that points are between; None where one of them has no pixel."""
        x, y = self.wcs.world_to_pixel(SkyCoord(*degrees(points), unit="deg"))
        if not np.isfinite(x).all() or not np.isfinite(y).all():
            return None
        height, width = self.lon.shape
        ends = [np.clip(np.round(end) + 1, 1, size) for end, size in zip((x.min(), x.max(), y.min(), y.max()), (width, width, height, height))]
        return tuple(map(int, ends))

    def position(self) -> tuple[float, float, float]:
        """A place in the image, and the size of a pixel there, degrees."""
        height, width = self.lon.shape
        while True:
            y, x = random.integers(1, height - 1), random.integers(1, width - 1)
            if np.isfinite(self.lon[y - 1 : y + 2, x - 1 : x + 2]).all():
                pixel = np.degrees(np.linalg.norm(self.sky[y, x] - self.sky[y, x - 1]))
                return self.lon[y, x], self.lat[y, x], pixel


def region(image: Original) -> tuple[dict[str, str], np.ndarray | None, np.ndarray | None]:
    """Parameters of a random cutout, which pixels have their centres in it (None where the pixels are named), and a polygon's outline."""
    height, width = image.lon.shape
    lon, lat, pixel = image.position()
    radius = pixel * 10 ** random.uniform(0.5, np.log10(max(height, width)))
    kind = str(random.choice(["CIRCLE", "POS", "POLYGON", "RANGE", "SECTION"]))
    if kind == "SECTION":
        x, y = np.sort(random.integers(1, width + 1, 2)), np.sort(random.integers(1, height + 1, 2))
        return {"SECTION": f"{x[0]}:{x[1]},{y[0]}:{y[1]}"}, None, None
    if kind in ("CIRCLE", "POS"):
        distance = np.degrees(2 * np.arcsin(np.linalg.norm(image.sky - unit(lon, lat), axis=-1) / 2))
        numbers = f"{lon} {lat} {radius}"
        return {kind: numbers if kind == "CIRCLE" else f"CIRCLE {numbers}"}, distance <= radius, None
    if kind == "RANGE" and abs(lat) + radius < 80:
        half = min(radius / np.cos(np.radians(lat)), 90)
        west, east = (lon - half) % 360, (lon + half) % 360
        inside = (image.lon - west) % 360 <= (east - west) % 360
        inside &= (image.lat >= lat - radius) & (image.lat <= lat + radius)
        return {"POS": f"RANGE {west} {east} {lat - radius} {lat + radius}"}, inside, None
    # Vertices on a circle, wound either way.
    radius = min(radius, 40)
    center = unit(lon, lat)
    east = np.array([-np.sin(np.radians(lon)), np.cos(np.radians(lon)), 0])
    north = np.cross(center, east)
    angles = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 8)))
    around = np.outer(np.sin(angles), east) + np.outer(np.cos(angles), north)
    vertices = np.cos(np.radians(radius)) * center + np.sin(np.radians(radius)) * around
    if random.random() < 0.5:
        vertices = vertices[::-1]
    sides = np.cross(vertices, np.roll(vertices, -1, axis=0))
    signs = image.sky @ sides.T
    middle = np.sign(sides @ vertices.mean(axis=0))
    inside = (signs * middle > 0).all(axis=-1)
    lons, lats = degrees(vertices)
    return {"POLYGON": " ".join(f"{a} {b}" for a, b in zip(lons, lats))}, inside, edges(vertices)


def compare(image: Original, parameters: dict[str, str], inside: np.ndarray | None, outline: np.ndarray | None) -> list[str]:
    """What is wrong with a cutout."""
    answer = session.get(f"{BASE}/soda/sync", params={"ID": image.did, **parameters}, timeout=60)
    if answer.status_code == 204:
        return [] if inside is not None and not inside.any() else ["no cutout, though pixels are asked for"]
    if answer.status_code != 200:
        return [f"status {answer.status_code}: {answer.text}"]
    with fits.open(io.BytesIO(answer.content)) as hdus:
        hdus.verify("exception")
        data, header = hdus[0].data, hdus[0].header
    box = [tuple(map(int, ends.split(":"))) for ends in re.search(r"Pixels \[([\d:,]+)\]", str(header["HISTORY"]))[1].split(",")]
    section = tuple(slice(first - 1, last) for first, last in reversed(box))
    wrong = []
    if not np.array_equal(data, image.data[section], equal_nan=data.dtype.kind == "f"):
        wrong.append("pixels differ")
    if data.dtype.newbyteorder("=") != image.data.dtype.newbyteorder("="):
        wrong.append(f"type {data.dtype} and not {image.data.dtype}")
    (x1, x2), (y1, y2) = box[:2]
    corners = np.array([[0, 0], [x2 - x1, 0], [0, y2 - y1], [x2 - x1, y2 - y1]], float)
    sky = WCS(header).celestial.all_pix2world(corners, 0)
    known = np.isfinite(sky).all(axis=1)
    if known.any():
        back = image.wcs.all_world2pix(sky[known], 0) - [x1 - 1, y1 - 1]
        offset = np.abs(back - corners[known]).max()
        if not offset < PLACE:
            wrong.append(f"corners are {offset} pixels off")
    if inside is not None:
        rows, columns = np.nonzero(inside)
        if len(rows) > 0:
            needed = tuple(int(end) + 1 for end in (columns.min(), columns.max(), rows.min(), rows.max()))
            if x1 > needed[0] or x2 < needed[1] or y1 > needed[2] or y2 < needed[3]:
                wrong.append(f"[{x1}:{x2},{y1}:{y2}] lacks pixels of {needed}")
            # A corner may lie between the centres of pixels.
            enough = needed if outline is None else image.box(outline)
            if enough and max(enough[0] - x1, x2 - enough[1], enough[2] - y1, y2 - enough[3]) > BORDER:
                wrong.append(f"[{x1}:{x2},{y1}:{y2}] is much larger than {enough}")
    return wrong


def check_cutouts(images: list[Original]) -> None:
    wrong = []
    for at in range(COUNT):
        image = images[at % len(images)]
        parameters, inside, outline = region(image)
        wrong += [f"{image.did} {parameters}: {fault}" for fault in compare(image, parameters, inside, outline)]
    check(f"{COUNT} random cutouts of {len(images)} images are what astropy cuts", not wrong, "\n      ".join(wrong[:20]))


def check_pyvo(images: list[Original]) -> None:
    image = images[0]
    lon, lat, pixel = image.position()
    circle = (lon, lat, 20 * pixel)
    proc = image.links.get_first_proc()
    check("the first service of the links is #cutout", proc.semantics == "#cutout", proc.semantics)
    names = [param.name for param in proc.input_params]
    check("its parameters are described", {"ID", "CIRCLE", "POLYGON", "POS", "FORMAT"} <= set(names), f"{names}")
    made = fits.getdata(io.BytesIO(proc.process(circle=[lon * u.deg, lat * u.deg, circle[2] * u.deg]).read()))
    check("process() cuts", 30 < made.shape[-1] < 50, f"{made.shape}")

    service = DatalinkService(f"{BASE}/datalink/links")
    row = service.run_sync(image.did)[0]
    for name, value in {
        "circle": circle,
        "range": (lon - 20 * pixel, lon + 20 * pixel, lat - 20 * pixel, lat + 20 * pixel),
        "polygon": (lon, lat, lon + 20 * pixel, lat, lon, lat + 20 * pixel),
    }.items():
        data = fits.getdata(io.BytesIO(row.processed(**{name: value}).read()))
        check(f"processed({name}=…) cuts", 0 < data.size < image.data.size, f"{data.shape} of {image.data.shape}")
    missing = service.run_sync("ivo://almagest.example/nothing?here")
    check("an unknown dataset is an error row", missing[0].error_message.startswith("NotFoundFault: "), f"{missing[0]}")
    many = service.run_sync([one.did for one in images])
    check("links of several datasets at once", {one.id for one in many} == {one.did for one in images}, f"{len(many)} rows")
    nothing = row.processed(circle=(lon, lat, 20 * pixel), band=(1, 2)).read()
    check("a filter that keeps nothing has no bytes", nothing == b"", f"{nothing[:80]}")
    try:
        row.processed(circle=(lon, lat, 200)).read()
        check("a wrong parameter is an error", False, "there is none")
    except (pyvo.dal.DALServiceError, pyvo.dal.DALQueryError) as error:
        check("a wrong parameter is an error", "400" in str(error) or "radius" in str(error), f"{error}")


def main() -> None:
    tap = pyvo.dal.TAPService(f"{BASE}/tap")
    rows = tap.search("SELECT * FROM ivoa.obscore ORDER BY obs_publisher_did")
    images = [Original(row) for row in rows]
    check_cutouts(images)
    check_pyvo(images)


main()
finish()
