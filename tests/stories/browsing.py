"""A real browser: windows of both widths that let nothing out, and complain about what goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Request, expect

from crisis.demo.seed import PASSWORD
from tests.stories.child import Child

WIDE, NARROW = 1440, 375
HEIGHTS = {WIDE: 900, NARROW: 812}
expect.set_options(timeout=10_000)


class Window:
    """A browser that has just been opened on the service."""

    def __init__(self, context: BrowserContext, child: Child) -> None:
        self.context, self.child = context, child
        self.complaints: list[str] = []
        context.on("request", self._asked)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )

    def _asked(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https"} and url.netloc != urlsplit(self.child.url).netloc:
            self.complaints.append(f"asked {request.url}")

    async def opens(self, path: str) -> Page:
        page = await self.context.new_page()
        await page.goto(self.child.url + path)
        return page

    async def signs_in(self, username: str = "tib") -> Page:
        """Through the form, as anybody would."""
        page = await self.opens("/sign-in")
        await page.get_by_label("Användarnamn").fill(username)
        await page.get_by_label("Lösenord").fill(PASSWORD)
        await page.get_by_role("button", name="Logga in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Läget nu")
        return page


@asynccontextmanager
async def window(
    browser: Browser, child: Child, *, width: int = WIDE, scripts: bool = True, dark: bool = False
) -> AsyncIterator[Window]:
    """Everything that the browser complained about fails the test."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        locale="sv-SE",
    )
    opened = Window(context, child)
    try:
        yield opened
    finally:
        await context.close()
    assert opened.complaints == []


async def overflow(page: Page) -> list[str]:
    """What makes the page wider than the window; empty when it fits."""
    found: list[str] = await page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            const wide = [...document.body.querySelectorAll("*")].filter(
                each => each.getBoundingClientRect().right > room + 1);
            return ["page", ...wide.map(each => each.outerHTML.slice(0, 100))].slice(0, 5);
        }"""
    )
    return found
