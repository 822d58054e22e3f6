"""A montage of cutouts around a star, of all images that show it, found by ObsCore and made by SODA.

usage: python cutouts.py [SERVICE [STAR [RADIUS [MONTAGE]]]]

RADIUS is in degrees; MONTAGE is a PNG file. Only the cutouts are transferred, however large the images are.
Wants pyVO and Pillow (pip install pyvo pillow). After the second program of the poster "Datalink in PyVO" (Becker & Demleitner, ADASS).
"""

import io
import sys

import numpy as np
import pyvo
from astropy.io import fits
from astropy.visualization import AsinhStretch, PercentileInterval
from PIL import Image

SIDE = 200


def montage(service: str, star: str, radius: float, path: str) -> None:
    tap = pyvo.dal.TAPService(f"{service}/tap")
    position = tap.search(f"SELECT ra, dec FROM hipparcos.stars WHERE name = '{star}'")[0]
    ra, dec = position["ra"], position["dec"]
    images = tap.search(
        "SELECT access_url, access_format, obs_title FROM ivoa.obscore"
        f" WHERE 1 = CONTAINS(CIRCLE('ICRS', {ra}, {dec}, {radius}), s_region)"
        " ORDER BY em_min, t_min"
    )
    pictures = []
    for image in images:
        cutout = image.processed(circle=(ra, dec, radius)).read()
        pixels = fits.getdata(io.BytesIO(cutout))
        print(f"{image['obs_title']}: {pixels.shape[1]} × {pixels.shape[0]} pixels, {len(cutout)} bytes")
        pictures.append(picture(pixels))
    sheet = Image.new("L", (SIDE * len(pictures), SIDE))
    for at, one in enumerate(pictures):
        sheet.paste(one, (SIDE * at, 0))
    sheet.save(path)
    print(f"{path}: {len(pictures)} cutouts of {2 * radius}° around {star}")


def picture(pixels: np.ndarray) -> Image.Image:
    stretch = AsinhStretch() + PercentileInterval(99.5)
    grey = np.nan_to_num(255 * stretch(pixels)).astype(np.uint8)
    return Image.fromarray(grey[::-1]).resize((SIDE, SIDE))


if __name__ == "__main__":
    defaults = ["http://localhost:8787", "Betelgeuse", "0.5", "montage.png"]
    service, star, radius, path = [*sys.argv[1:], *defaults[len(sys.argv) - 1 :]]
    montage(service, star, float(radius), path)
