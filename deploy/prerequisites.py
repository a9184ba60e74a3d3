"""Check that what `make` needs from outside Python is here; install it on Debian as root, else say exactly how."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", MAC_CHROME)


def python() -> list[str]:
    """Packages missing for the environment itself."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before the environment exists
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try: make demo PYTHON=python3.11")
    return [] if importlib.util.find_spec("ensurepip") else ["python3-venv"]


def kafka() -> list[str]:
    """Packages missing to fetch and run Kafka in tests."""
    wanted = {"java": "default-jre-headless", "mvn": "maven"}
    return [package for command, package in wanted.items() if not shutil.which(command)]


def oidc() -> list[str]:
    """Packages missing to fetch and run an OpenID provider in tests."""
    return [package for command, package in {"node": "nodejs", "npm": "npm"}.items() if not shutil.which(command)]


def browser() -> list[str]:
    """Packages missing for browser tests: a Chromium, Chinese fonts, and Debian's Redis."""
    missing = [] if any(shutil.which(one) for one in BROWSERS) else ["chromium"]
    if shutil.which("fc-list"):
        fonts = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False).stdout
        missing += [] if fonts.strip() else ["fonts-noto-cjk"]
    else:
        missing.append("fonts-noto-cjk")
    return missing + ([] if shutil.which("redis-server") else ["redis-server"])


def provide(packages: list[str]) -> None:
    """Install packages where that can be done without asking, else name the command."""
    if not packages:
        return
    names = " ".join(packages)
    if sys.platform == "darwin":
        brew = "brew install openjdk maven node redis; brew install --cask google-chrome"
        sys.exit(f"missing: {names}\ninstall with: {brew}")
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"missing: {names}\ninstall with: sudo apt-get install -y {names}")
    sys.stdout.write(f"installing {names} ...\n")
    sys.stdout.flush()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(install, check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    provide({"python": python, "kafka": kafka, "oidc": oidc, "browser": browser}[sys.argv[1]]())
