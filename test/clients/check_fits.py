"""FITS images as astropy has them: pixels of cutouts bit for bit, and the coordinates of pixels.

usage: check_fits.py make FOLDER    writes files of every kind into the folder
       check_fits.py check FOLDER   compares results.json and the cutouts of the folder with what astropy makes of the same files
"""

import json
import sys
import warnings
from itertools import product
from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.coordinates import BarycentricMeanEcliptic, SkyCoord, Supergalactic
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning
from astropy.wcs.utils import wcs_to_celestial_frame

from checks import check, finish

warnings.simplefilter("ignore", FITSFixedWarning)
warnings.simplefilter("ignore", fits.verify.VerifyWarning)

WIDTH, HEIGHT = 67, 53
TYPES = {8: np.uint8, 16: np.int16, 32: np.int32, 64: np.int64, -32: np.float32, -64: np.float64}
ALGORITHMS = ("RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1")
DITHERS = {-1: "none", 1: "dither1", 2: "dither2"}
ZENITHAL = {
    "TAN": {}, "SIN": {}, "STG": {}, "ARC": {}, "ZEA": {}, "AZP": {"PV2_1": 2.0, "PV2_2": 30.0},
    "AIR": {"PV2_1": 45.0}, "ZPN": {"PV2_1": 1.0, "PV2_3": -0.05},
}  # fmt: skip
CONIC = {name: {"PV2_1": 45.0, "PV2_2": 25.0} for name in ("COP", "COE", "COD", "COO")}
CYLINDRICAL = {
    "CAR": {}, "CEA": {"PV2_1": 0.8}, "CYP": {"PV2_1": 1.0, "PV2_2": 0.7}, "MER": {}, "SFL": {}, "PAR": {}, "MOL": {},
    "AIT": {}, "HPX": {},
}  # fmt: skip


def pixels(bitpix: int, shape=(HEIGHT, WIDTH)) -> np.ndarray:
    rng = np.random.default_rng(abs(bitpix) + len(shape))
    sky = rng.normal(100, 9, shape) + 60 * np.exp(-((np.indices(shape)[-1] - 20.3) ** 2) / 40)
    if bitpix == 64:
        return (sky * 1e12).astype(np.int64)
    return sky.clip(0, 255).astype(TYPES[bitpix])


def header(projection="TAN", names=("RA", "DEC"), value=(83.6, 22.0), scale=0.01, **more) -> fits.Header:
    made = fits.Header()
    for axis, (name, crval) in enumerate(zip(names, value), 1):
        made[f"CTYPE{axis}"] = f"{name:-<4}-{projection}"
        made[f"CRVAL{axis}"] = crval
        made[f"CRPIX{axis}"] = (30.25, 27.75)[axis - 1]
        made[f"CUNIT{axis}"] = "deg"
    if not any(key.startswith("CD") for key in more):
        made["CDELT1"], made["CDELT2"] = -scale, scale
    for key, item in more.items():
        made[key] = item
    return made


def coordinate_headers() -> dict[str, fits.Header]:
    made = {}
    parameters = ZENITHAL | CYLINDRICAL | CONIC
    for name, pv in parameters.items():
        made[name] = header(name, **pv)
        made[f"{name}_south"] = header(name, value=(359.9, -48.0), scale=0.3, **pv)
        lonpole = 30.0 if name in CYLINDRICAL else 150.0
        made[f"{name}_lonpole"] = header(name, value=(10.0, 30.0), scale=0.1, LONPOLE=lonpole, **pv)
    for name in CYLINDRICAL:
        made[f"{name}_latpole"] = header(name, value=(10.0, 30.0), scale=0.1, LONPOLE=-20.0, LATPOLE=-70.0)
        made[f"{name}_equator"] = header(name, value=(120.0, 0.0), scale=0.5)
    made["TAN_pole"] = header(value=(0.0, 90.0), scale=0.05)
    made["TAN_near_pole"] = header(value=(200.0, 89.9))
    made["AIT_sky"] = header("AIT", ("GLON", "GLAT"), (0.0, 0.0), 5.0)
    made["SIN_slant"] = header("SIN", scale=0.1, PV2_1=0.1, PV2_2=-0.2)
    made["SIN_ncp"] = header("SIN", value=(50.0, 60.0), scale=0.1, PV2_1=0.0, PV2_2=1 / np.tan(np.radians(60.0)))
    made["NCP"] = header("NCP", value=(50.0, 60.0), scale=0.1)
    made["GLS"] = header("GLS", value=(50.0, 60.0), scale=0.1)
    made["TAN_pv_reference"] = header("CAR", value=(50.0, 20.0), scale=0.1, PV1_1=10.0, PV1_2=20.0)
    made["CAR_no_pole"] = header("CAR", value=(10.0, 30.0), LONPOLE=150.0)
    made["CAR_pv_offset"] = header("CAR", value=(50.0, 20.0), scale=0.1, PV1_0=1.0, PV1_1=10.0, PV1_2=20.0)
    cd = {"CD1_1": -0.008, "CD1_2": 0.003, "CD2_1": 0.0031, "CD2_2": 0.0079}
    made["CD"] = header(**cd)
    made["CD_partial"] = header(CD1_1=-0.01, CD2_2=0.01)
    made["PC"] = header(PC1_1=0.9, PC1_2=-0.4, PC2_1=0.4, PC2_2=0.9)
    made["CROTA"] = header(CDELT1=-0.01, CDELT2=0.02, CROTA2=33.0)
    made["arcsec"] = header(CUNIT1="arcsec", CUNIT2="arcsec", CRVAL1=83.6 * 3600, CRVAL2=22.0 * 3600, CDELT1=-36.0, CDELT2=36.0)
    made["swapped"] = header(names=("DEC", "RA"), value=(22.0, 83.6), PC1_2=0.1)
    sip = {"A_ORDER": 3, "B_ORDER": 2, "A_2_0": 2e-4, "A_0_2": -1e-4, "A_1_1": 5e-5, "A_3_0": 1e-6, "B_2_0": -1e-4, "B_1_1": 2e-4}
    made["SIP"] = header("TAN-SIP", **cd, **sip)
    made["SIP_inverse"] = header("TAN-SIP", **cd, **sip, AP_ORDER=1, BP_ORDER=1, AP_0_0=0.0, BP_0_0=0.0)
    tpv = {"PV1_0": 1e-3, "PV1_1": 1.01, "PV1_2": 2e-3, "PV1_4": 0.02, "PV1_7": 0.05, "PV2_1": 0.99, "PV2_5": 0.01, "PV2_10": 0.04, "PV2_11": 0.02}
    made["TPV"] = header("TPV", **cd, **tpv)
    made["TAN_scamp"] = header("TAN", **cd, **tpv)
    for system, equinox in product(("ICRS", "FK5", "FK4", "FK4-NO-E"), (None, 1950.0, 1975.0, 2000.0)):
        more = {"RADESYS": system} | ({"EQUINOX": equinox} if equinox else {})
        made[f"frame_{system}_{equinox}"] = header(**more)
    made["frame_equinox_1950"] = header(EQUINOX=1950.0)
    made["frame_equinox_2000"] = header(EQUINOX=2000.0)
    made["frame_epoch_1950"] = header(EPOCH=1950.0)
    made["frame_galactic"] = header(names=("GLON", "GLAT"))
    made["frame_ecliptic"] = header(names=("ELON", "ELAT"), EQUINOX=2000.0, RADESYS="ICRS")
    made["frame_supergalactic"] = header(names=("SLON", "SLAT"))
    return made


def cube(order: tuple[str, ...]) -> fits.Header:
    axes = {
        "RA": ("RA---TAN", 83.6, 20.0, -0.01, "deg"), "DEC": ("DEC--TAN", 22.0, 18.0, 0.01, "deg"),
        "FREQ": ("FREQ", 1.42e9, 3.0, 1e6, "Hz"), "STOKES": ("STOKES", 1.0, 1.0, 1.0, ""),
    }  # fmt: skip
    made = fits.Header()
    for axis, name in enumerate(order, 1):
        for key, item in zip(("CTYPE", "CRVAL", "CRPIX", "CDELT", "CUNIT"), axes[name]):
            made[f"{key}{axis}"] = item
    return made


SPECTRAL = {
    "FREQ": (1.42e9, 1e6, "Hz"), "WAVE": (6563, 2.0, "Angstrom"), "AWAV": (6.5e-7, 2e-10, "m"), "ENER": (2.0, 0.01, "eV"),
    "WAVN": (1e5, 100.0, "m-1"), "VRAD": (100.0, 5.0, "km/s"), "VOPT": (1e6, 5e3, "m/s"), "ZOPT": (0.1, 0.001, ""),
    "VELO": (1e6, 5e3, "m/s"), "BETA": (0.1, 0.001, ""), "WAVE-LOG": (6.5e-7, 2e-10, "m"),
}  # fmt: skip


def spectral(name: str) -> fits.Header:
    made = cube(("RA", "DEC", "FREQ"))
    made["RESTFRQ"] = 1.42040575e9
    for key, item in zip(("CTYPE3", "CRVAL3", "CDELT3", "CUNIT3"), (name, *SPECTRAL[name])):
        made[key] = item
    return made


def make(folder: Path) -> None:
    def write(name: str, hdus) -> None:
        fits.HDUList(hdus).writeto(folder / f"{name}.fits")

    for name, made in coordinate_headers().items():
        write(f"wcs_{name}", [fits.PrimaryHDU(pixels(16), made)])
    for name in SPECTRAL:
        write(f"wcs_spectral_{name}", [fits.PrimaryHDU(pixels(8, (20, 5, 4)), spectral(name))])
    for bitpix in TYPES:
        write(f"plain_{bitpix}", [fits.PrimaryHDU(pixels(bitpix), header())])
    scaled = fits.PrimaryHDU(pixels(16).astype(np.float32), header())
    scaled.scale("int16", bscale=0.5, bzero=100)
    scaled.header["BLANK"] = -32768
    write("plain_scaled", [scaled])
    write("plain_unsigned", [fits.PrimaryHDU(pixels(16).astype(np.uint16) + 40000, header())])
    write("extension", [fits.PrimaryHDU(), fits.ImageHDU(pixels(8)), fits.ImageHDU(pixels(-32), header(), name="SCI")])
    for order, shape in ((("FREQ", "RA", "DEC"), (40, 30, 7)), (("RA", "DEC", "FREQ", "STOKES"), (2, 5, 40, 30)), (("DEC", "FREQ", "RA"), (30, 6, 40))):
        data = pixels(-32, shape)
        write(f"cube_{'_'.join(order)}", [fits.PrimaryHDU(data, cube(order))])
        write(f"cube_tiles_{'_'.join(order)}", [fits.PrimaryHDU(), compressed(data, cube(order), "RICE_1", None, (16,) * 2 + (1,) * (len(shape) - 2), -1)])
    for algorithm, bitpix in product(ALGORITHMS, (8, 16, 32)):
        for tile in (None, (16, 20), (WIDTH, 5)) if algorithm != "HCOMPRESS_1" else ((20, 16), (WIDTH, 12)):
            name = f"tiles_{algorithm}_{bitpix}_{'x'.join(map(str, tile)) if tile else 'rows'}"
            write(name, [fits.PrimaryHDU(), compressed(pixels(bitpix), header(), algorithm, 0, tile)])
    for algorithm, bitpix, (dither, label) in product(("RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1"), (-32, -64), DITHERS.items()):
        data = pixels(bitpix)
        data[3:6, 4:9] = 0
        if algorithm != "HCOMPRESS_1":
            data[10:12, 30:40] = np.nan
        write(f"quantised_{algorithm}_{bitpix}_{label}", [fits.PrimaryHDU(), compressed(data, header(), algorithm, 16, (20, 16), dither)])
    for algorithm, bitpix in product(("GZIP_1", "GZIP_2"), (64, -32, -64)):
        write(f"lossless_{algorithm}_{bitpix}", [fits.PrimaryHDU(), compressed(pixels(bitpix), header(), algorithm, 0)])
    # Tiles of noise do not quantise well: they are kept as they are, by gzip.
    noise = np.random.default_rng(5).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32) * 10.0 ** np.arange(HEIGHT)[:, None] ** 0.5
    noise[7] = 1.0
    noise[9] *= 1e30
    write("quantised_hard", [fits.PrimaryHDU(), compressed(noise, header(), "RICE_1", 4, None, 1)])
    smooth = fits.CompImageHDU(pixels(16), header(), compression_type="HCOMPRESS_1", tile_shape=(16, 20), hcomp_scale=4, hcomp_smooth=1)
    write("tiles_HCOMPRESS_1_smooth", [fits.PrimaryHDU(), smooth])
    unsigned = fits.CompImageHDU(pixels(16).astype(np.uint16) + 40000, header(), compression_type="RICE_1")
    write("tiles_unsigned", [fits.PrimaryHDU(), unsigned])


def compressed(data, made, algorithm: str, level, tile=None, dither: int = -1) -> fits.CompImageHDU:
    more = {} if level is None else {"quantize_level": level}
    return fits.CompImageHDU(
        data, made, compression_type=algorithm, tile_shape=tile[::-1] if tile else None, quantize_method=dither, dither_seed=17, **more
    )  # fmt: skip


def sky_of(wcs: WCS, x: np.ndarray, y: np.ndarray) -> SkyCoord:
    world = wcs.all_pix2world(x, y, 1)
    names = {"ELON": BarycentricMeanEcliptic(equinox="J2000"), "SLON": Supergalactic()}
    name = wcs.wcs.ctype[wcs.wcs.lng][:4]
    frame = names[name] if name in names else wcs_to_celestial_frame(wcs)
    return SkyCoord(world[wcs.wcs.lng] * u.deg, world[wcs.wcs.lat] * u.deg, frame=frame).icrs


def pixel_scale(wcs: WCS) -> float:
    return float(np.sqrt(abs(np.linalg.det(wcs.pixel_scale_matrix)))) * 3600


def check_coordinates(label: str, wcs: WCS, result) -> None:
    # As an image shows them, whichever axes of the file they are.
    first, second = sorted((wcs.wcs.lng, wcs.wcs.lat))
    wcs = wcs.sub([first + 1, second + 1])
    x, y = np.array(result["x"]), np.array(result["y"])
    expected = sky_of(wcs, x, y)
    lon, lat = (np.array([np.nan if value is None else value for value in result[key]]) for key in ("lon", "lat"))
    same = np.isnan(lon) == np.isnan(expected.ra.deg)
    known = ~np.isnan(lon) & ~np.isnan(expected.ra.deg)
    apart = expected[known].separation(SkyCoord(lon[known], lat[known], unit="deg")).arcsec / pixel_scale(wcs)
    worst = apart.max() if len(apart) else 0
    check(f"{label}: {known.sum()} positions within 0.001 pixel", bool(same.all() and worst < 0.001), f"{worst} pixels, {(~same).sum()} NaN differ")
    back_x, back_y = (np.array([np.nan if value is None else value for value in result[key]]) for key in ("backX", "backY"))
    away = np.hypot(back_x - x, back_y - y)[known]
    worst = np.max(np.nan_to_num(away, nan=np.inf)) if len(away) else 0
    check(f"{label}: and back", bool(worst < 0.001), f"{worst} pixels, {(away > 0.001).sum()} of {len(away)}")
    if result["footprint"] is not None:
        check_footprint(label, wcs, result["footprint"])


def check_spectrum(label: str, wcs: WCS, found) -> None:
    """Wavelengths at the outer edges, as wcslib translates the axis to them."""
    if wcs.wcs.spec < 0:
        check(f"{label}: no spectral axis", found is None, f"{found}")
        return
    axis, pixels = wcs.wcs.spec + 1, wcs.pixel_shape[wcs.wcs.spec]
    wcs = wcs.sub([axis])
    if not wcs.wcs.ctype[0].startswith("WAVE"):
        try:
            wcs.wcs.sptr("WAVE-???")
        except ValueError as error:
            check(f"{label}: no wavelengths", "rest frequency" in str(error) and found is None, f"{found}; {error}")
            return
    ends = np.sort(wcs.all_pix2world([0.5, pixels + 0.5], 1)[0])
    check(f"{label}: wavelengths", found is not None and np.allclose(ends, found, rtol=1e-7), f"{found} instead of {ends}")


def check_footprint(label: str, wcs: WCS, polygon: list[float]) -> None:
    """Every point of the border is near to an arc of the polygon."""
    steps = np.linspace(0, 1, 9)[:-1]
    across, up = 0.5 + steps * wcs.pixel_shape[0], 0.5 + steps * wcs.pixel_shape[1]
    far_x, far_y = wcs.pixel_shape[0] + 0.5, wcs.pixel_shape[1] + 0.5
    x = np.concatenate([np.full(8, 0.5), across, np.full(8, far_x), far_x + 0.5 - across])
    y = np.concatenate([up, np.full(8, far_y), far_y + 0.5 - up, np.full(8, 0.5)])
    border = sky_of(wcs, x, y).cartesian.xyz.value.T
    border = border[~np.isnan(border[:, 0])]
    vertices = SkyCoord(np.array(polygon).reshape(-1, 2), unit="deg").cartesian.xyz.value.T
    worst = np.degrees(distances(border, vertices).max(initial=0)) * 3600 / pixel_scale(wcs)
    check(f"{label}: footprint of {len(vertices)} vertices", worst < 0.1, f"{worst} pixels off")


def distances(points: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Radians from unit vectors to the nearest arc of a polygon."""
    ends = np.roll(vertices, -1, axis=0)
    normals = np.cross(vertices, ends)
    beside = (points @ np.cross(normals, vertices).T >= 0) & (points @ np.cross(ends, normals).T >= 0)
    off = np.abs(np.arcsin(points @ (normals / np.linalg.norm(normals, axis=1, keepdims=True)).T))
    corner = np.linalg.norm(points[:, None] - vertices[None], axis=2)
    return np.minimum(np.where(beside, off, np.inf), corner).min(axis=1)


def check_refusal(label: str, head: fits.Header, result) -> None:
    """An image without coordinates here has none in astropy either."""
    try:
        wcs = WCS(head)
        refused = not wcs.has_celestial or wcs.all_pix2world([[1.0] * wcs.naxis], 1) is None
    except Exception:
        refused = True
    check(f"{label}: {result['fault']}", refused, "astropy has coordinates")


def check_image(folder: Path, result) -> None:
    label = f"{result['file']} HDU {result['hdu']}"
    with fits.open(folder / result["file"], do_not_scale_image_data=True) as hdus:
        hdu = hdus[result["hdu"]]
        if result["x"] is None:
            check_refusal(label, hdu.header, result)
        else:
            wcs = WCS(hdu.header)
            check_coordinates(label, wcs, result)
            check_spectrum(label, wcs, result["spectrum"])
        for number, cutout in enumerate(result["cutouts"]):
            with fits.open(folder / cutout["file"], do_not_scale_image_data=True) as made:
                made.verify("exception")
                box = tuple(slice(a - 1, b) for a, b in zip(cutout["first"], cutout["last"]))[::-1]
                found, expected = made[0].data, hdu.data[box]
                check(f"{label} {cutout['first']} to {cutout['last']}: pixels", same_bits(found, expected), f"{found.ravel()[:5]} {expected.ravel()[:5]}")
                if number == 0 and result["x"] is not None:
                    check_reference(label, wcs, WCS(made[0].header), cutout)


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    """NaN may be any NaN."""
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind or one.dtype.itemsize != other.dtype.itemsize:
        return False
    one, other = (data.astype(data.dtype.newbyteorder("=")) for data in (one, other))
    if one.dtype.kind != "f":
        return np.array_equal(one, other)
    known = ~np.isnan(one)
    return np.array_equal(known, ~np.isnan(other)) and one[known].tobytes() == other[known].tobytes()


def check_reference(label: str, before: WCS, after: WCS, cutout) -> None:
    """The same pixels have the same coordinates, of all axes."""
    first = np.array(cutout["first"])
    inside = np.random.default_rng(1).uniform(0.5, np.array(cutout["last"]) - first + 1.5, (8, len(first)))
    one, other = before.all_pix2world(inside + first - 1, 1), after.all_pix2world(inside, 1)
    close = np.allclose(one, other, rtol=1e-12, atol=1e-9, equal_nan=True)
    check(f"{label}: coordinates of the cutout", close, f"{one[:2]} {other[:2]}")


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    if sys.argv[1] == "make":
        make(folder)
    else:
        for result in json.loads((folder / "results.json").read_text()):
            check_image(folder, result)
        finish()
