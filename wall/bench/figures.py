"""What a benchmark says: ratios of one run, their goals, and the machine they were measured on."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One result; `goal` compares the value (at least, or at most), None where there is no goal."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    detail: str = ""

    @property
    def verdict(self) -> str:
        """Whether the goal was met."""
        if self.at_least is not None:
            return "met" if self.value >= self.at_least else "missed"
        if self.at_most is not None:
            return "met" if self.value <= self.at_most else "missed"
        return ""

    def line(self) -> str:
        """For people."""
        goal = (
            f"≥ {self.at_least:g}"
            if self.at_least is not None
            else f"≤ {self.at_most:g}"
            if self.at_most is not None
            else ""
        )
        return f"{self.name:<58} {self.value:>10.4g} {self.unit:<8} {goal:<8} {self.verdict:<7} {self.detail}"


@dataclass(frozen=True, slots=True)
class Machine:
    """What it ran on."""

    cpu: str
    cores: int
    memory_gib: float
    python: str
    system: str


def machine() -> Machine:
    """This machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Machine(_cpu(), os.cpu_count() or 0, round(memory, 1), platform.python_version(), platform.platform())


def _cpu() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        names = [
            line.split(":", 1)[1].strip() for line in facts.read_text().splitlines() if line.startswith("model name")
        ]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def paired(
    ours: Callable[[], float], bare: Callable[[], float], rounds: int = 3
) -> tuple[float, Sequence[float], Sequence[float]]:
    """Median of ours ÷ bare over rounds that alternate, so that both meet the same noise; and all readings."""
    mine, theirs = [], []
    for _ in range(rounds):
        theirs.append(bare())
        mine.append(ours())
    return statistics.median(a / b for a, b in zip(mine, theirs, strict=True)), mine, theirs
