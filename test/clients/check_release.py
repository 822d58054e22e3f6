"""A release against its own manifest, by the programs that others read it with: hats, LSDB, pyarrow, DuckDB, astropy,
mocpy.

usage: check_release.py RELEASE_FOLDER
"""

import io
import itertools
import json
import sys
import zlib
from pathlib import Path

import duckdb
import hats
import lsdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import votable
from astropy.io.votable.ucd import check_ucd
from astropy.table import Table
from hats.io.skymap import read_skymap
from hats.io.validation import is_valid_catalog
from hats.pixel_math.spatial_index import compute_spatial_index
from mocpy import MOC

from checks import check, finish

VOTABLE_KEY = b"IVOA.VOTable-Parquet.content"
VOTABLE_VERSION_KEY = b"IVOA.VOTable-Parquet.version"

# HATS 1.0, "Properties": what every object catalogue must say.
HATS_PROPERTIES = {
    "obs_collection",
    "dataproduct_type",
    "hats_nrows",
    "hats_col_ra",
    "hats_col_dec",
    "hats_npix_suffix",
    "hats_order",
    "hats_builder",
    "hats_creation_date",
    "hats_release_date",
    "hats_version",
    "hats_frame",
    "hats_skymap_order",
}


def main() -> None:
    release = Path(sys.argv[1])
    manifest = json.loads((release / "manifest.json").read_text())
    columns = manifest["table"]["columns"]
    ra, dec = (main_column(columns, ucd) for ucd in ("pos.eq.ra;meta.main", "pos.eq.dec;meta.main"))
    check_vocabularies(columns)
    files = check_leaves(release, manifest)
    tables = check_files(release, manifest, columns, files)
    check_dataset_metadata(release, manifest, files)
    rows = pa.concat_tables(tables) if tables else pq.read_table(release / "dataset" / "_common_metadata")
    check_index(rows, ra, dec)
    check_moc(release, manifest, rows, ra, dec)
    check_hats(release, manifest, files, ra, dec)
    check_skymap(release, rows)
    check_lsdb(release, rows, ra, dec)
    if tables:
        check_duckdb(release, rows)
        check_astropy(release, files, columns)
        check_arrays(release, files, columns)
    finish()


def main_column(columns: list[dict], ucd: str) -> str:
    (name,) = (column["name"] for column in columns if column["ucd"] == ucd)
    return name


def check_vocabularies(columns: list[dict]) -> None:
    """UCDs are of the UCD1+ vocabulary, units are VOUnits."""
    for column in columns:
        name, ucd, unit = column["name"], column["ucd"], column["unit"]
        if ucd is not None:
            check(f"{name}: {ucd} is UCD1+", check_ucd(ucd, check_controlled_vocabulary=True))
        if unit is not None:
            check(f"{name}: {unit} is a VOUnit", is_vounit(unit))


def is_vounit(unit: str) -> bool:
    try:
        u.Unit(unit, format="vounit")
    except ValueError:
        return False
    return True


def check_leaves(release: Path, manifest: dict) -> dict[str, list[dict]]:
    """The index is what the manifest says of it. Gives the row groups by the path of their file."""
    files, leaves = {}, manifest["leaves"]
    wrong, last = [], -1
    for number, entry in enumerate(leaves):
        data = (release / "index" / f"{number}.arrow").read_bytes()
        groups = pa.ipc.open_stream(data).read_all().to_pylist()
        if (
            (len(data), zlib.crc32(data)) != (entry["bytes"], entry["crc32"])
            or (len(groups), sum(group["rows"] for group in groups)) != (entry["rowGroups"], entry["rows"])
            or groups[0]["first"] != int(entry["first"])
        ):
            wrong.append(number)
        for group in groups:
            if not last <= group["first"] <= group["last"]:
                wrong.append(number)
            last = group["last"]
            order, pixel = group["order"], int(group["pixel"])
            path = f"dataset/Norder={order}/Dir={pixel // 10000 * 10000}/Npix={pixel}.parquet"
            files.setdefault(path, []).append(group)
    check(f"the leaves of the index, {len(leaves)}, are as the manifest says", not wrong, f"{wrong}")
    return files


def check_files(release: Path, manifest: dict, columns: list[dict], files: dict[str, list[dict]]) -> list[pa.Table]:
    """Every data file is what the index says of it."""
    tables, size = [], 0
    names = ["_healpix_29", *(column["name"] for column in columns)]
    wrong = {"columns": [], "row groups": [], "VOTable": [], "cells": []}
    for path, groups in files.items():
        data = (release / path).read_bytes()
        size += len(data)
        metadata = pq.read_metadata(io.BytesIO(data))
        if metadata.schema.to_arrow_schema().names != names:
            wrong["columns"].append(path)
        if not same_row_groups(data, metadata, groups):
            wrong["row groups"].append(path)
        version = metadata.metadata[VOTABLE_VERSION_KEY]
        if version != b"1.0" or not describes(metadata.metadata[VOTABLE_KEY], names, columns):
            wrong["VOTable"].append(path)
        table = pq.read_table(io.BytesIO(data))
        index = table["_healpix_29"].to_numpy()
        in_cell = index >> 2 * (29 - groups[0]["order"]) == int(groups[0]["pixel"])
        if not np.all(in_cell) or not np.all(np.diff(index) >= 0):
            wrong["cells"].append(path)
        tables.append(table)
    for what, paths in wrong.items():
        check(f"{len(tables)} data files: {what}", not paths, ", ".join(paths))
    found = (len(tables), size, sum(map(len, tables)))
    expected = tuple(manifest[name] for name in ("partitions", "bytes", "rows"))
    check("files, bytes and rows of the manifest", found == expected, f"{found}, {expected}")
    on_disk = {str(file.relative_to(release)) for file in (release / "dataset").rglob("*.parquet")}
    check("the index has every data file", on_disk == set(files), f"{on_disk ^ set(files)}")
    return tables


def same_row_groups(data: bytes, metadata: pq.FileMetaData, groups: list[dict]) -> bool:
    if [group["group"] for group in groups] != list(range(metadata.num_row_groups)):
        return False
    for number, group in enumerate(groups):
        found = metadata.row_group(number)
        chunks = [found.column(column) for column in range(found.num_columns)]
        starts = [chunk.dictionary_page_offset or chunk.data_page_offset for chunk in chunks]
        sizes = [chunk.total_compressed_size for chunk in chunks]
        offsets = list(itertools.accumulate(group["chunk_bytes"][:-1], initial=group["offset"]))
        crcs = [zlib.crc32(data[start : start + size]) for start, size in zip(starts, sizes)]
        index = chunks[0].statistics
        if (
            (starts, sizes, crcs) != (offsets, group["chunk_bytes"], group["chunk_crc32"])
            or found.num_rows != group["rows"]
            or (index.min, index.max) != (group["first"], group["last"])
        ):
            return False
    return True


def describes(xml: bytes, names: list[str], columns: list[dict]) -> bool:
    """The VOTable in a footer is valid and has the columns' metadata, in the columns' order."""
    document = votable.parse(io.BytesIO(xml), verify="exception")
    fields = document.get_first_table().fields
    found = [(field.name, str(field.unit or ""), field.ucd, field.description) for field in fields[1:]]
    expected = [(c["name"], str(u.Unit(c["unit"] or "")), c["ucd"], c["description"]) for c in columns]
    return [field.name for field in fields] == names and found == expected


def check_dataset_metadata(release: Path, manifest: dict, files: dict[str, list[dict]]) -> None:
    """`_metadata` has every row group of every file, with all that the files' own footers say of it."""
    merged = pq.read_metadata(release / "dataset" / "_metadata")
    check("_metadata counts the rows", merged.num_rows == manifest["rows"], f"{merged.num_rows}")
    expected = []
    for path in files:
        metadata = pq.read_metadata(release / path)
        metadata.set_file_path(path.removeprefix("dataset/"))
        expected.extend(metadata.row_group(number).to_dict() for number in range(metadata.num_row_groups))
    found = [merged.row_group(number).to_dict() for number in range(merged.num_row_groups)]
    check(f"_metadata has the {len(expected)} row groups of the files", found == expected)
    schema = pq.read_schema(release / "dataset" / "_common_metadata")
    check("_metadata and _common_metadata agree on the schema", merged.schema.to_arrow_schema().equals(schema))


def check_index(rows: pa.Table, ra: str, dec: str) -> None:
    expected = compute_spatial_index(rows[ra].to_numpy(), rows[dec].to_numpy())
    same = np.array_equal(rows["_healpix_29"].to_numpy(), expected)
    check(f"_healpix_29 of {len(rows)} rows is what cdshealpix computes", same)


def check_moc(release: Path, manifest: dict, rows: pa.Table, ra: str, dec: str) -> None:
    """The published MOC is that of the positions; the manifest's coverage is one around them."""
    moc = MOC.load(release / "moc.fits", format="fits")
    lon, lat = (rows[name].to_numpy() * u.deg for name in (ra, dec))
    expected = MOC.from_lonlat(lon, lat, max_norder=moc.max_order) if len(rows) else MOC.new_empty(moc.max_order)
    check(f"moc.fits is mocpy's of the {len(rows)} positions, order {moc.max_order}", moc == expected, f"{moc}")
    others = (("txt", "ascii"), ("json", "json"))
    alike = [MOC.load(release / f"moc.{suffix}", format=name) == moc for suffix, name in others]
    check("moc.txt and moc.json are the same", all(alike), f"{alike}")
    order, ranges = manifest["coverage"]["order"], np.array(manifest["coverage"]["ranges"], "u8").reshape(-1, 2)
    coverage = MOC.from_depth29_ranges(order, ranges << np.uint64(2 * (29 - order)))
    coarse = moc.degrade_to_order(order)
    check(f"the manifest's coverage is that MOC at order {order}", coverage == coarse, f"{coverage}")
    check("the coverage has few ranges", len(ranges) <= 4096, f"{len(ranges)}")
    if len(rows):
        check("every row is in the MOC", bool(np.all(moc.contains_lonlat(lon, lat))))


def check_hats(release: Path, manifest: dict, files: dict[str, list[dict]], ra: str, dec: str) -> None:
    check("hats finds the catalogue valid (strict)", is_valid_catalog(release, strict=True))
    catalog = hats.read_hats(release)
    info = catalog.catalog_info
    check("hats.properties count the rows", info.total_rows == manifest["rows"], f"{info.total_rows}")
    check("hats.properties name the positions", (info.ra_column, info.dec_column) == (ra, dec))
    cells = {(pixel.order, pixel.pixel) for pixel in catalog.get_healpix_pixels()}
    expected = {(group["order"], int(group["pixel"])) for groups in files.values() for group in groups}
    check(f"partition_info.csv has the {len(expected)} partitions", cells == expected)
    lines = (release / "hats.properties").read_text().splitlines()
    missing = HATS_PROPERTIES - {line.split("=")[0] for line in lines}
    check("hats.properties say all that they must", not missing, ", ".join(missing))
    same = (release / "properties").read_bytes() == (release / "hats.properties").read_bytes()
    check("properties are the same as hats.properties", same)


def check_skymap(release: Path, rows: pa.Table) -> None:
    """The maps count the rows of each cell, and the catalogue's MOC, which hats makes of one, has every row."""
    catalog = hats.read_hats(release)
    info = catalog.catalog_info
    index = rows["_healpix_29"].to_numpy()
    for order in (None, *info.skymap_alt_orders, 0):
        depth = info.skymap_order if order is None else order
        expected = np.bincount(index >> 2 * (29 - depth), minlength=12 * 4**depth)
        same = np.array_equal(read_skymap(catalog, order), expected)
        check(f"hats reads the skymap of order {depth}", same)
    if len(rows):
        cells = MOC.from_healpix_cells(index >> 2 * (29 - 10), np.full(len(index), 10, "u1"), 10)
        check("hats' MOC of the catalogue has every row", len(cells.difference(catalog.moc).uniq_hpx) == 0)


def check_lsdb(release: Path, rows: pa.Table, ra: str, dec: str) -> None:
    catalog = lsdb.open_catalog(release, columns="all")
    found = catalog.compute()
    check("LSDB reads every row", len(found) == len(rows), f"{len(found)}")
    if len(rows) == 0:
        return
    centre_ra, centre_dec = rows[ra][len(rows) // 2].as_py(), rows[dec][len(rows) // 2].as_py()
    positions = SkyCoord(rows[ra].to_numpy(), rows[dec].to_numpy(), unit="deg")
    separations = positions.separation(SkyCoord(centre_ra, centre_dec, unit="deg")).deg
    for radius in (0.01, 1.0, 10.0):
        cone = catalog.cone_search(centre_ra, centre_dec, radius_arcsec=3600 * radius).compute()
        expected = np.sort(rows["_healpix_29"].to_numpy()[separations <= radius])
        same = np.array_equal(np.sort(cone.index.to_numpy()), expected)
        check(f"LSDB's cone of {radius} degrees has the {len(expected)} rows that astropy finds", same, f"{len(cone)}")


def check_duckdb(release: Path, rows: pa.Table) -> None:
    files = str(release / "dataset" / "*" / "*" / "*.parquet")
    with duckdb.connect() as connection:
        query = "select count(*), min(_healpix_29), max(_healpix_29) from read_parquet($files, hive_partitioning = false)"
        found = connection.execute(query, {"files": files}).fetchone()
    index = rows["_healpix_29"].to_numpy()
    check("DuckDB reads every row", found == (len(rows), index.min(), index.max()), f"{found}")


def check_astropy(release: Path, files: dict[str, list[dict]], columns: list[dict]) -> None:
    # astropy 8.0's parquet.votable reader cannot put these beside the VOTable's types.
    if any(c["xtype"] == "timestamp" or (c["datatype"] == "boolean" and not is_array(c)) for c in columns):
        print("      astropy's parquet.votable reader knows neither timestamps nor null booleans: not asked")
        return
    path, groups = next(iter(files.items()))
    table = Table.read(release / path, format="parquet.votable")
    expected = {c["name"]: (str(u.Unit(c["unit"] or "")), c["ucd"], c["description"]) for c in columns}
    found = {
        name: (str(table[name].unit or ""), table[name].meta.get("ucd"), table[name].info.description)
        for name in table.colnames[1:]
    }
    check("astropy has units, UCDs and descriptions", found == expected, f"{found}")
    check("astropy reads the rows of a file", len(table) == sum(group["rows"] for group in groups), f"{len(table)}")


def is_array(column: dict) -> bool:
    return column["arraysize"] is not None and column["datatype"] not in ("char", "unicodeChar")


def check_arrays(release: Path, files: dict[str, list[dict]], columns: list[dict]) -> None:
    """Arrays are arrays for everybody, those of fixed length too; the shape is in the Arrow field's metadata."""
    arrays = [column for column in columns if is_array(column)]
    if not arrays:
        return
    path = release / next(iter(files))
    schema, table = pq.read_schema(path), pq.read_table(path)
    stored = {key: value for key, value in pq.read_metadata(path).metadata.items() if key != b"ARROW:schema"}
    check("pyarrow has the file's metadata beside the arrays", schema.metadata == stored, f"{schema.metadata}")
    for column in arrays:
        field, length = schema.field(column["name"]), fixed_length(column["arraysize"])
        size = field.type.list_size if pa.types.is_fixed_size_list(field.type) else None
        check(f"pyarrow: {column['name']} {column['arraysize']} is {field.type}", size == length)
        check("with its arraysize", field.metadata[b"arraysize"].decode() == column["arraysize"])
    names = [column["name"] for column in arrays]
    with duckdb.connect() as connection:
        quoted = ", ".join('"' + name + '"' for name in names)
        query = f"select {quoted} from read_parquet($path)"
        found = connection.execute(query, {"path": str(path)}).fetchall()
    expected = [tuple(row.values()) for row in table.select(names).to_pylist()]
    same = repr([tuple(map(as_list, row)) for row in found]) == repr(expected)
    check(f"DuckDB reads the same arrays as pyarrow, {len(expected)} rows of {len(names)}", same, f"{found[0]} {expected[0]}")
    check_astropy_arrays(path, arrays, table)


def as_list(cell: object) -> object:
    return list(cell) if isinstance(cell, tuple) else cell


def fixed_length(arraysize: str) -> int | None:
    return None if "*" in arraysize else int(np.prod([int(size) for size in arraysize.split("x")]))


def check_astropy_arrays(path: Path, arrays: list[dict], expected: pa.Table) -> None:
    nulls = [column["name"] for column in arrays if expected[column["name"]].null_count and fixed_length(column["arraysize"])]
    if nulls:
        print(f"      astropy's parquet.votable reader does not know null arrays of fixed length, such as {nulls}: not asked")
        return
    table = Table.read(path, format="parquet.votable")
    for column in arrays:
        name, length = column["name"], fixed_length(column["arraysize"])
        if length is None:
            found = [None if cell is None else list(cell) for cell in table[name]]
            alike = repr([cell and np.array(cell, float) for cell in expected[name].to_pylist()]) == repr(
                [cell and np.array(cell, float) for cell in found]
            )
        else:
            values = np.array(expected[name].to_pylist(), float)
            alike = table[name].shape == values.shape and np.array_equal(
                np.ma.filled(table[name].astype(float), np.nan), values, equal_nan=True
            )
        check(f"astropy reads the arrays of {name}, {column['arraysize']}", bool(alike), f"{table[name].shape}")


# LSDB computes in worker processes, which import this file.
if __name__ == "__main__":
    main()
