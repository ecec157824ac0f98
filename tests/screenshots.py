"""Remakes the pictures in docs/images: `python -m tests.screenshots` runs the demo and looks at it.

Each page as a person sees it who has just raised LV-03.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from crisis.demo.seed import PASSWORD
from tests.browser import find, flags
from tests.unavailable import Unavailable

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PORT = 8731
BASE = f"http://127.0.0.1:{PORT}"
UNDO, RINGS = 6, 3  # seconds
COMING = ("+46701740615", "+46701740621", "+46701740622", "+46701740623")
MUDDLED, LATER, CANNOT = "+46701740624", "+46701740625", "+46701740626"
WIDE, NARROW = 1440, 375
SIZES = {WIDE: 900, NARROW: 812}


class Shot(NamedTuple):
    who: str
    address: str  # what stands in braces comes from the alarm
    width: int
    scheme: Literal["light", "dark"] = "light"


BEFORE = (("raise-review", Shot("tib", "/alarms/new/LV-03", NARROW)),)
AFTER = (
    ("board", Shot("tib", "/alarms/{alarm}", WIDE)),
    ("board", Shot("tib", "/alarms/{alarm}", NARROW, "dark")),
    ("cards", Shot("tib", "/alarms/{alarm}/cards", NARROW, "dark")),
    ("register", Shot("planerare", "/paths", WIDE)),
    ("forecast", Shot("planerare", "/paths/LV-03/forecast", NARROW)),
    ("duty-calendar", Shot("planerare", "/duty/calendar?from=2026-12-01&role=TIB", WIDE)),
    ("my", Shot("tib", "/my/me", NARROW)),
)


@contextmanager
def demo() -> Iterator[None]:
    """The demo in a folder of its own, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from crisis.cli import main; main()", "demo", "--port"]
        root = str(Path(__file__).parent.parent)
        service = subprocess.Popen(
            [*command, str(PORT)], cwd=folder, env={"PYTHONPATH": root}, stdout=subprocess.DEVNULL
        )
        try:
            wait_until_ready()
            yield
        finally:
            service.terminate()
            service.wait()


def wait_until_ready() -> None:
    for _attempt in range(60):
        with suppress(OSError), create_connection(("127.0.0.1", PORT), timeout=1):
            return
        time.sleep(0.5)
    sys.exit(f"{BASE} does not get ready")


def visitor(browser: Browser, username: str) -> Page:
    page = browser.new_page(locale="sv-SE")
    if username:
        page.goto(f"{BASE}/sign-in")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{BASE}/")
    return page


def tell_the_story(page: Page) -> dict[str, str]:
    """Raise LV-03, let the phones ring, and answer on some of them."""
    page.goto(f"{BASE}/alarms/new/LV-03")
    page.fill("[name=note]", "Storm, strömlöst i Dalby")
    page.press("[name=note]", "Enter")
    page.wait_for_url(re.compile(r"/alarms/[0-9a-f-]{36}"))
    alarm = page.url.rpartition("/")[2]
    time.sleep(UNDO + RINGS)
    said = dict.fromkeys(COMING, "JA") | {MUDDLED: "Vem är det här?", LATER: "30", CANNOT: "NEJ"}
    for number, text in said.items():
        page.request.post(f"{BASE}/phones/{number}/text", form={"text": text})
    time.sleep(RINGS)
    page.goto(f"{BASE}/alarms/{alarm}")
    return {"alarm": alarm}


def take(page: Page, name: str, shot: Shot, found: Mapping[str, str]) -> None:
    page.set_viewport_size({"width": shot.width, "height": SIZES[shot.width]})
    page.emulate_media(color_scheme=shot.scheme)
    page.goto(BASE + shot.address.format(**found), timeout=60_000)
    picture = IMAGES / f"{name}-{shot.width}-{shot.scheme}.png"
    page.screenshot(path=picture, animations="disabled")


def main() -> None:
    chromium = find()
    if isinstance(chromium, Unavailable):
        sys.exit(chromium.reason)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags())
        visitors = {name: visitor(browser, name) for name in ("tib", "planerare")}
        for name, shot in BEFORE:
            take(visitors[shot.who], name, shot, {})
        found = tell_the_story(visitors["tib"])
        for name, shot in AFTER:
            take(visitors[shot.who], name, shot, found)
        browser.close()


if __name__ == "__main__":
    main()
