"""What users of pyVO do with jobs.

usage: check_jobs.py BASE_URL
"""

import datetime
import sys

import pyvo
import requests

from checks import check, finish

BASE = sys.argv[1]
QUERY = "SELECT source_id, vmag, name FROM hipparcos.stars WHERE vmag < 1 ORDER BY vmag"


def check_pyvo() -> None:
    service = pyvo.dal.TAPService(f"{BASE}/tap")
    expected = service.run_sync(QUERY)
    job = service.submit_job(QUERY, runid="first", maxrec=5)
    check("submit_job makes a job that is PENDING", job.phase == "PENDING", job.phase)
    check("with what it was asked", job.query == QUERY and job.job.runid == "first", f"{job.query}, {job.job.runid}")
    job.execution_duration = 100
    check("its duration can be changed", job.execution_duration.sec == 100, f"{job.execution_duration}")
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    job.destruction = later
    apart = abs((job.destruction.to_datetime(datetime.timezone.utc) - later).total_seconds())
    check("and its destruction", apart < 1, f"{job.destruction}, {later}")
    job.query = QUERY.replace("vmag < 1", "vmag < 0.5")
    job.run().wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    check("run and wait see it COMPLETED", job.phase == "COMPLETED", job.phase)
    rows = job.fetch_result()
    check("fetch_result gives MAXREC rows of the changed query", len(rows) == 5 and rows["name"][0] == "Sirius", f"{len(rows)}")
    check("result_uri is where it is", job.result_uri.endswith("/results/result"), job.result_uri)

    again = pyvo.dal.AsyncTAPJob(job.url)
    check("who knows its address finds it again", again.phase == "COMPLETED" and len(again.fetch_result()) == 5)

    rows = service.run_async(QUERY)
    check("run_async gives what run_sync does", list(rows["source_id"]) == list(expected["source_id"]), f"{len(rows)}")

    failed = service.submit_job("SELECT vmagg FROM hipparcos.stars")
    failed.run().wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    try:
        failed.raise_if_error()
        message = "no error"
    except pyvo.dal.DALQueryError as error:
        message = str(error)
    check("a query that is wrong raises what is wrong", "vmagg" in message and "line 1" in message, message)
    try:
        service.run_async("SELECT vmagg FROM hipparcos.stars")
        message = "no error"
    except pyvo.dal.DALQueryError as error:
        message = str(error)
    check("from run_async, too", "vmagg" in message, message)

    aborted = service.submit_job(QUERY)
    aborted.abort()
    check("abort aborts", aborted.phase == "ABORTED", aborted.phase)

    jobs = service.get_job_list()
    check("get_job_list has those of this session", job.job_id in {one.jobid for one in jobs}, f"{len(jobs)}")
    check("in the order of their creation", [one.creationtime for one in jobs] == sorted(one.creationtime for one in jobs))
    check("by phase", {one.phase for one in service.get_job_list(phases=["ABORTED", "ERROR"])} == {"ABORTED", "ERROR"})
    check("the last ones", [one.jobid for one in service.get_job_list(last=1)] == [aborted.job_id])
    check("after a time", list(service.get_job_list(after="2100-01-01T00:00:00Z")) == [])
    check("another session has none", list(pyvo.dal.TAPService(f"{BASE}/tap").get_job_list()) == [])

    known = [(one.job_id, one.url) for one in (job, failed, aborted)]
    for one in (job, failed, aborted):
        one.delete()
    check("delete deletes", all(requests.get(url, timeout=30).status_code == 404 for _, url in known))
    left = {one.jobid for one in service.get_job_list()}
    check("and the list forgets them", not left & {id for id, _ in known}, f"{left}")


def check_waiting() -> None:
    """UWS 1.1 §2.2.1.4, and a job that runs as soon as it is made."""
    made = requests.post(f"{BASE}/tap/async", data={"LANG": "ADQL", "QUERY": QUERY, "PHASE": "RUN"}, timeout=60)
    check("PHASE=RUN at creation leads to the job", len(made.history) == 1 and made.history[0].status_code == 303)
    requests.get(f"{made.url}?WAIT=60&PHASE=QUEUED", timeout=90)
    requests.get(f"{made.url}?WAIT=60&PHASE=EXECUTING", timeout=90)
    document = requests.get(made.url, headers={"Accept": "application/json"}, timeout=60).json()
    check("WAIT waits until it is over", document["phase"] == "COMPLETED", f"{document}")
    answer = requests.get(document["results"][0]["href"], timeout=60)
    check("the result has the size that is told", len(answer.content) == document["results"][0]["size"])
    answer = requests.delete(made.url, timeout=60)
    check("DELETE leads to a list of nothing", answer.status_code == 200 and "jobref" not in answer.text, answer.url)


def main() -> None:
    check_pyvo()
    check_waiting()
    finish()


main()
