"""The chromium that the browser tests drive; `python -m tests.browser` gets it on Debian, as root."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.unavailable import Unavailable

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# A browser that talks to nobody but the test server.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find() -> Path | Unavailable:
    """The program, for Playwright's `executable_path`."""
    found = next((place for name in NAMES if (place := shutil.which(name))), None)
    if found is None:
        return Unavailable("no chromium: on Debian, apt-get install chromium")
    return Path(found)


def flags() -> list[str]:
    """For Playwright's `args`. Chromium refuses to run as root inside its own sandbox."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]


def get() -> Path | Unavailable:
    """Find it, or install it where that is ours to do."""
    found = find()
    if isinstance(found, Path) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    _apt_get("update")
    _apt_get("install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation")
    return find()


def _apt_get(*arguments: str) -> None:
    """A failure shows in what is found afterwards."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        ["apt-get", "-qq", *arguments], env=quiet, stdout=subprocess.DEVNULL, check=False
    )


if __name__ == "__main__":
    outcome = get()
    if isinstance(outcome, Unavailable):
        print(f"Browser tests will be skipped: {outcome.reason}")
