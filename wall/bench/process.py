"""What benchmarks ask of the processes that they run in and measure."""

from __future__ import annotations

import resource

import psutil

#: Enough for every connection of a benchmark.
_MOST_FILES = 16_384


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def allow_connections() -> None:
    """Let this process and those it starts hold as many connections as the system allows, up to what is needed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, _MOST_FILES), hard))
