"""Runs the example programs of docs/examples against a service, as they are.

usage: check_examples.py BASE_URL EXAMPLES_FOLDER
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from checks import check, finish

BASE, EXAMPLES = sys.argv[1], Path(sys.argv[2])

# pyVO asks www.ivoa.net which terms are narrower than #preview, and keeps the answer: here the copy of its own tests is that answer.
KNOW_VOCABULARY = """
import pathlib, pyvo
from astropy.utils.data import import_file_to_cache
terms = pathlib.Path(pyvo.__file__).parent / "dal/tests/data/datalink/datalink.desise"
import_file_to_cache("http://www.ivoa.net/rdf/datalink/core", terms)
"""


def run(folder: str, *args: str) -> str:
    cache = Path(folder, "cache")
    Path(cache, "astropy").mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    run_python = lambda *args: subprocess.run([sys.executable, *args], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    if not Path(cache, "known").exists():
        known = run_python("-c", KNOW_VOCABULARY)
        check("instead of www.ivoa.net, pyVO's cache has DataLink's vocabulary", known.returncode == 0, known.stderr)
        Path(cache, "known").touch()
    done = run_python(*args)
    check(f"{Path(args[0]).name} runs", done.returncode == 0, done.stderr)
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    said = run(folder, str(EXAMPLES / "previews.py"), BASE)
    previews = sorted(Path(folder, "previews").glob("*"))
    check(f"it saved {len(previews)} previews, a line for each", len(previews) == len(said.splitlines()) == 7, said)
    sizes = [Image.open(path).size for path in previews]
    check("they are pictures", all(min(size) > 50 for size in sizes), f"{sizes}")

    said = run(folder, str(EXAMPLES / "cutouts.py"), BASE)
    montage = Image.open(Path(folder, "montage.png"))
    check("the montage has a cutout of each plate of Orion", montage.size == (600, 200) and "3 cutouts" in said, said)
    levels = [montage.crop((200 * at, 0, 200 * at + 200, 200)).getextrema() for at in range(3)]
    check("and the star is in each", all(low < 50 and high == 255 for low, high in levels), f"{levels}")

finish()
