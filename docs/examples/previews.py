"""Saves previews of all images of a collection, found by DataLink.

usage: python previews.py [SERVICE [COLLECTION [FOLDER]]]

Wants pyVO (pip install pyvo). After the first program of the poster "Datalink in PyVO" (Becker & Demleitner, ADASS).
"""

import sys
from pathlib import Path

import pyvo


def save_previews(service: str, collection: str, folder: str) -> None:
    images = pyvo.dal.TAPService(f"{service}/tap").search(
        f"SELECT * FROM ivoa.obscore WHERE obs_collection = '{collection}' ORDER BY obs_id"
    )
    Path(folder).mkdir(exist_ok=True)
    for links in images.iter_datalinks():
        preview = next(links.bysemantics("#preview"))
        path = Path(folder, links.original_row["obs_id"]).with_suffix(f".{preview.content_type.split('/')[1]}")
        path.write_bytes(preview.getdataset().read())
        print(f"{path}: {links.original_row['obs_title']}, {preview.content_length} bytes")


if __name__ == "__main__":
    defaults = ["http://localhost:8787", "demo", "previews"]
    save_previews(*sys.argv[1:], *defaults[len(sys.argv) - 1 :])
