"""The same SQL asked of TAP, of psql and of DuckDB as it is on the Parquet files: the same numbers.

usage: check_tap_sql.py BASE_URL DATABASE_URL BUCKET_FOLDER
"""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import requests

from checks import check, finish

BASE, DATABASE, BUCKET = sys.argv[1:]

# Plain SQL, which means the same in all. (DuckDB itself makes decimals of 7 / 2.)
QUERIES = [
    "SELECT COUNT(*) FROM hipparcos.stars",
    "SELECT COUNT(*), COUNT(name), COUNT(DISTINCT constellation), MIN(vmag), MAX(vmag) FROM hipparcos.stars",
    "SELECT AVG(vmag), SUM(bv), AVG(hd) FROM hipparcos.stars",
    "SELECT constellation, COUNT(*) AS n FROM hipparcos.stars GROUP BY constellation HAVING COUNT(*) > 40 ORDER BY n DESC, constellation",
    "SELECT FLOOR(vmag) AS bin, COUNT(*) AS n, AVG(bv) FROM hipparcos.stars WHERE vmag IS NOT NULL GROUP BY FLOOR(vmag) ORDER BY bin",
    "SELECT source_id, ra, dec, vmag FROM hipparcos.stars WHERE vmag < 1.5 ORDER BY source_id",
    "SELECT source_id, ra + dec AS s, ra * dec AS p, ra / dec AS q FROM hipparcos.stars WHERE vmag < 2 ORDER BY source_id",
    "SELECT source_id, hd % 1000 AS r FROM hipparcos.stars WHERE hd > 300000 ORDER BY source_id",
    "SELECT name, vmag FROM hipparcos.stars WHERE name LIKE 'A%' ORDER BY source_id",
    "SELECT source_id FROM hipparcos.stars WHERE bv IS NULL ORDER BY source_id",
    "SELECT source_id FROM hipparcos.stars WHERE vmag BETWEEN 5 AND 5.05 AND (bv < 0 OR bv > 1.2) ORDER BY source_id",
    "SELECT source_id FROM hipparcos.stars WHERE constellation IN ('Ori', 'CMa') AND vmag < 4 ORDER BY source_id",
    "SELECT DISTINCT constellation FROM hipparcos.stars WHERE vmag < 2 AND constellation IS NOT NULL ORDER BY constellation",
    "SELECT s.source_id, s.vmag FROM hipparcos.stars AS s WHERE s.vmag < (SELECT AVG(t.vmag) FROM hipparcos.stars AS t) - 7 ORDER BY s.source_id",
    "SELECT a.source_id, b.source_id AS other FROM hipparcos.stars AS a JOIN hipparcos.stars AS b ON a.hd = b.hd AND a.source_id < b.source_id ORDER BY a.source_id, b.source_id",
    "SELECT s.constellation, COUNT(o.id) AS n FROM hipparcos.stars AS s LEFT JOIN dso.objects AS o ON o.name = s.name WHERE s.vmag < 3 AND s.constellation IS NOT NULL GROUP BY s.constellation ORDER BY s.constellation",
    "SELECT name FROM hipparcos.stars WHERE vmag < 1 INTERSECT SELECT name FROM hipparcos.stars WHERE bv < 0.1",
    "SELECT COUNT(*) FROM (SELECT constellation FROM hipparcos.stars EXCEPT SELECT name FROM dso.objects) AS q",
    "WITH c AS (SELECT constellation, MIN(vmag) AS m FROM hipparcos.stars GROUP BY constellation) SELECT s.source_id, c.constellation FROM hipparcos.stars AS s JOIN c ON s.constellation = c.constellation AND s.vmag = c.m ORDER BY s.source_id",
    "SELECT source_id, CASE WHEN vmag < 0 THEN 'very bright' WHEN vmag < 1 THEN 'bright' ELSE 'fair' END AS b FROM hipparcos.stars WHERE vmag < 1.6 ORDER BY source_id",
    "SELECT source_id, COALESCE(name, designation, 'none') AS n FROM hipparcos.stars WHERE vmag < 3 ORDER BY source_id",
    "SELECT source_id, SQRT(ra) AS r, ABS(dec) AS a, CEILING(dec) AS c FROM hipparcos.stars WHERE vmag < 2 ORDER BY source_id",
    "SELECT source_id, SIN(RADIANS(dec)) AS s FROM hipparcos.stars WHERE vmag < 2 ORDER BY source_id",
    "SELECT type, COUNT(*) AS n, MAX(major_axis) AS m FROM dso.objects WHERE ra IS NOT NULL GROUP BY type ORDER BY type",
    "SELECT id, magnitude FROM dso.objects WHERE magnitude < 4 AND ra IS NOT NULL ORDER BY id",
]


def by_tap(query: str, engine: str):
    answer = requests.post(
        f"{BASE}/tap/sync",
        data={"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": "csv", "ENGINE": engine, "MAXREC": "1000000"},
        timeout=120,
    )
    if not answer.ok:
        return answer.text
    return list(csv.reader(io.StringIO(answer.text)))[1:]


def by_psql(query: str):
    command = ["psql", DATABASE, "--no-psqlrc", "--csv", "--tuples-only", "--quiet", "-c", query]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return list(csv.reader(io.StringIO(ended.stdout)))


def native() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("hipparcos.stars", "dso.objects"):
        release = json.loads((Path(BUCKET) / name / "latest.json").read_text())["release"]
        files = Path(BUCKET) / name / release / "dataset/**/*.parquet"
        connection.execute(f"CREATE SCHEMA {name.split('.')[0]}")
        connection.execute(f"CREATE VIEW {name} AS SELECT * EXCLUDE (_healpix_29) FROM read_parquet('{files}')")
    return connection


def same_cell(a, b) -> bool:
    a, b = ("" if x is None else str(x) for x in (a, b))
    if a == b:
        return True
    try:
        return abs(float(a) - float(b)) <= 1e-12 * max(abs(float(a)), abs(float(b)), 1)
    except ValueError:
        return False


def same(ours, theirs) -> bool:
    if isinstance(ours, str) or len(ours) != len(theirs):
        return False
    rows = zip(ours, theirs, strict=True)
    return all(len(a) == len(b) and all(map(same_cell, a, b)) for a, b in rows)


def main() -> None:
    connection = native()
    for query in QUERIES:
        in_order = "ORDER BY" in query
        theirs = by_psql(query)
        files = [list(row) for row in connection.execute(query).fetchall()]
        for engine in ("edge", "postgresql"):
            ours = by_tap(query, engine)
            if not in_order and not isinstance(ours, str):
                ours, theirs, files = (sorted(rows, key=str) for rows in (ours, theirs, files))
            said = ours if isinstance(ours, str) else f"{ours[:3]}, {theirs[:3]}, {files[:3]}"
            check(f"{engine}: {query[:70]}…: {len(theirs)} rows of psql", same(ours, theirs), said)
            check("and of DuckDB", same(ours, files), said)
    finish()


main()
