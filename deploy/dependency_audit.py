"""Whether a known vulnerability is in what is installed: asked of the public advisories, where they can be reached.

Where none can be reached it says so in one line and lets the tests go on: they must run on a network without them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: An audit that takes longer is given up; with advisories at hand it takes some seconds.
_LONGEST_S = 180
_ASK_S = 10


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit came to: how many packages were judged (0: no advisories could be reached), and what was found."""

    of: str
    judged: int
    found: tuple[str, ...] = ()

    def text(self) -> str:
        """The outcome in words; one line, unless something was found."""
        if not self.judged:
            return f"dependency audit: no advisories for {self.of} can be reached from here; nothing was judged"
        if not self.found:
            return f"dependency audit: nothing known against {self.judged} {self.of}"
        return "\n".join([f"dependency audit: {len(self.found)} known vulnerabilities of {self.of}:", *self.found])


def python_packages(osv_url: str = "") -> Audit:
    """The installed Python packages by the advisories of PyPI, else of OSV; by those at `osv_url` if one is given."""
    sources = [["-s", "osv", "--osv-url", osv_url]] if osv_url else [["-s", "pypi"], ["-s", "osv"]]
    for source in sources:
        judged, found = 0, []
        for package in _answer(_pip_audit(source)).get("dependencies", []):
            judged += "vulns" in package
            for one in package.get("vulns", []):
                mended = ", ".join(one["fix_versions"]) or "no version yet"
                found.append(f"  {package['name']} {package['version']}: {one['id']}; mended in {mended}")
        if judged:
            return Audit("Python packages", judged, tuple(found))
    return Audit("Python packages", 0)


def _pip_audit(source: Sequence[str]) -> list[str]:
    asked = ["--local", "--skip-editable", "--progress-spinner", "off", "--format", "json", "--timeout", str(_ASK_S)]
    return [sys.executable, "-m", "pip_audit", *asked, *source]


def npm_packages(manifest: Path) -> Audit:
    """The packages of a package.json and all that they need, by npm's advisories."""
    npm = shutil.which("npm")
    if npm is None:
        return Audit("npm packages", 0)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(manifest, folder)
        quiet = ["--prefix", folder, "--ignore-scripts", "--no-fund", "--loglevel=silent"]
        _answer([npm, "install", "--package-lock-only", "--no-audit", *quiet])
        answer = _answer([npm, "audit", "--json", *quiet])
    judged = answer.get("metadata", {}).get("dependencies", {}).get("total", 0)
    found = [f"  {name}: {one.get('severity', '')}" for name, one in answer.get("vulnerabilities", {}).items()]
    return Audit("npm packages", judged, tuple(found))


def _answer(command: Sequence[str]) -> dict[str, Any]:
    """What a command says as JSON; nothing where it can't say anything."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
        answer = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found; 1 if anything was."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--osv-url", default="", help="advisories in OSV's form, such as a mirror's")
    asked.add_argument("--npm", type=Path, action="append", default=[], help="a package.json to judge, too")
    given = asked.parse_args(arguments)
    audits = [python_packages(given.osv_url), *(npm_packages(one) for one in given.npm)]
    sys.stdout.write("\n".join(one.text() for one in audits) + "\n")
    return 1 if any(one.found for one in audits) else 0


if __name__ == "__main__":
    sys.exit(main())
