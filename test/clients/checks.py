"""One printed line for every check; the process fails if one of them did."""

import sys

_failed = []


def check(label: str, passed: bool, detail: str = "") -> None:
    """Prints the outcome; `detail` is what was found instead, and is shown when it failed."""
    if passed:
        print(f"ok    {label}", flush=True)
    else:
        _failed.append(label)
        print(f"FAIL  {label}: {detail}", flush=True)


def finish() -> None:
    """Ends the process: with a sentence on stderr and exit code 1 if a check failed."""
    if _failed:
        sys.exit(f"{len(_failed)} failed: {'; '.join(_failed)}")
