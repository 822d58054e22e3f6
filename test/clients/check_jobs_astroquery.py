"""What users of astroquery's TAP client do with jobs.

usage: check_jobs_astroquery.py BASE_URL
"""

import sys

from astropy.table import Table
from astroquery.utils.tap.core import TapPlus

from checks import check, finish

BASE = sys.argv[1]
QUERY = "SELECT source_id, vmag, name FROM hipparcos.stars WHERE vmag < 1 ORDER BY vmag"


def main() -> None:
    tap = TapPlus(url=f"{BASE}/tap", verbose=False)
    job = tap.launch_job_async(QUERY, verbose=False)
    rows = job.get_results()
    check("launch_job_async gives rows", len(rows) > 10 and rows["name"][0] == "Sirius", f"{len(rows)}")
    again = tap.load_async_job(jobid=job.jobid)
    check("load_async_job finds it again", len(again.get_results()) == len(rows), f"{again}")
    job = tap.launch_job_async(QUERY, background=True, verbose=False)
    job.wait_for_job_end(verbose=False)
    check("in the background, too", len(job.get_results()) == len(rows), f"{job}")
    table = Table({"num": [1, 2], "ra": [101.2872, 279.2347], "dec": [-16.7161, 38.7837]})
    join = "SELECT u.num, s.source_id FROM tap_upload.mine AS u JOIN hipparcos.stars AS s ON DISTANCE(u.ra, u.dec, s.ra, s.dec) < 1 / 360. ORDER BY num"
    for launch in (tap.launch_job, tap.launch_job_async):
        rows = launch(join, upload_resource=table, upload_table_name="mine", verbose=False).get_results()
        check(f"{launch.__name__} brings a table", list(rows["source_id"]) == [32349, 91262], f"{rows}")
    try:
        tap.launch_job_async("SELECT vmagg FROM hipparcos.stars", verbose=False).get_results()
        message = "no error"
    except Exception as error:
        message = str(error)
    check("a query that is wrong raises what is wrong", "vmagg" in message, message)
    finish()


main()
