"""Runs a program and says what it cost, start-up and output included."""
import dataclasses
import os
import subprocess
import tempfile
import time


class Failed(Exception):
    """A program could not do its work."""


class Disagreement(Exception):
    """Two programs counted different states: a bug, not a measurement."""


@dataclasses.dataclass(frozen=True)
class Cost:
    cpu_seconds: float  # user and system, all threads
    wall_seconds: float
    peak_bytes: int  # resident; at least what this script occupies itself, for a child starts as its copy


def run(command, cwd=None):
    """Returns (Cost, standard output). Raises Failed unless the program exits with 0."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        try:
            child = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        except OSError as error:
            raise Failed(f"{command[0]}: {error.strerror}") from error
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            raise
        wall_seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
        if child.returncode != 0:
            err.seek(0)
            said = err.read().decode(errors="replace") or text
            raise Failed(f"{' '.join(map(str, command))}: exit code {child.returncode}\n{said[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall_seconds, usage.ru_maxrss * 1024), text
