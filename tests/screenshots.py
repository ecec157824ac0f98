"""Remakes the pictures in docs/images: `python -m tests.screenshots` runs the demo and looks at it.

Each page at 1440 and 375 px, light and dark, as a person sees it who has just raised LV-03.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection
from uuid import UUID

from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr

from alerting.means import means_from
from core.settings import Settings
from crisis.demo.seed import PASSWORD
from tests.browser import find, flags
from tests.unavailable import Unavailable

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PORT = 8731
BASE = f"http://127.0.0.1:{PORT}"
SIZES = {1440: 900, 375: 812}
UNDO, RINGS = 6, 3  # seconds
COMING = ("+46701740615", "+46701740621", "+46701740622", "+46701740623")
MUDDLED, LATER, CANNOT = "+46701740624", "+46701740625", "+46701740626"
SILENT = "Ylva Rapportsson"
# Name of the picture: who looks, and where. What stands in braces comes from the alarm.
BEFORE = {
    "sign-in": ("", "/sign-in"),
    "raise-path": ("tib", "/alarms/new"),
    "raise-review": ("tib", "/alarms/new/LV-03"),
    "raise-exercise": ("tib", "/alarms/new/LV-03?mode=exercise"),
}
AFTER = {
    "board": ("tib", "/alarms/{alarm}"),
    "wall": ("tib", "/alarms/{alarm}/wall"),
    "person-asked": ("tib", "/alarms/call-ins/{call_in}"),
    "phones": ("tib", "/phones"),
    "answer": ("", "/a/{token}"),
    "start": ("tib", "/"),
    "path": ("planerare", "/paths/LV-03"),
    "path-people": ("planerare", "/paths/LV-03/people"),
    "people": ("planerare", "/people"),
    "duty": ("planerare", "/duty"),
    "duty-calendar": ("planerare", "/duty/calendar?from=2026-12-01&role=TIB"),
    "gaps": ("planerare", "/duty/gaps"),
    "rotations": ("planerare", "/duty/rotations"),
    "fairness": ("planerare", "/duty/fairness"),
    "my": ("tib", "/my/me"),
    "audit": ("admin", "/audit"),
}


@contextmanager
def demo() -> Iterator[Path]:
    """The demo in a folder of its own, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from crisis.cli import main; main()", "demo", "--port"]
        root = str(Path(__file__).parent.parent)
        service = subprocess.Popen(
            [*command, str(PORT)], cwd=folder, env={"PYTHONPATH": root}, stdout=subprocess.DEVNULL
        )
        try:
            wait_until_ready()
            yield Path(folder)
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


def tell_the_story(page: Page, folder: Path) -> dict[str, str]:
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
    link = page.get_by_role("link", name=SILENT).first
    call_in = str(link.get_attribute("href")).rpartition("/")[2]
    secret = SecretStr((folder / ".demo" / "krislarm.key").read_text().strip())
    token = means_from(Settings(secret_key=secret)).answer_token(UUID(call_in))
    return {"alarm": alarm, "call_in": call_in, "token": token}


def take(page: Page, name: str, address: str) -> None:
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.goto(BASE + address)
            page.screenshot(path=IMAGES / f"{name}-{width}-{scheme}.png", animations="disabled")


def main() -> None:
    chromium = find()
    if isinstance(chromium, Unavailable):
        sys.exit(chromium.reason)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags())
        visitors = {name: visitor(browser, name) for name in ("", "tib", "planerare", "admin")}
        for name, (who, address) in BEFORE.items():
            take(visitors[who], name, address)
        found = tell_the_story(visitors["tib"], folder)
        for name, (who, address) in AFTER.items():
            take(visitors[who], name, address.format(**found))
        browser.close()


if __name__ == "__main__":
    main()
