from collections.abc import AsyncIterator

import pytest
from starlette.requests import HTTPConnection

from core.settings import Settings
from core.shell import POLICY, browser_language
from tests.visitors import Site


async def test_every_answer_forbids_scripts_and_frames_from_elsewhere(site: Site) -> None:
    for url in ("/sign-in", "/nowhere", "/static/icon.svg", "/api/v1/openapi.json", "/healthz"):
        headers = (await site.visitor().get(url)).headers
        assert headers["content-security-policy"] == POLICY, url
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_pages_are_not_kept_and_marked_files_are_kept_for_ever(site: Site) -> None:
    visitor = site.visitor()
    assert (await visitor.get("/sign-in")).headers["cache-control"] == "no-store"
    assert "immutable" in (await visitor.get("/static/icon.svg?v=1")).headers["cache-control"]
    assert (await visitor.get("/static/icon.svg")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
        {"sec-fetch-site": "", "origin": "null"},
    ],
)
async def test_a_form_from_another_site_is_refused(site: Site, headers: dict[str, str]) -> None:
    visitor = await site.signed_in("alva")
    response = await visitor.client.post("/sign-out", headers=headers)
    assert response.status_code == 403
    assert "annan webbplats" in response.text
    await visitor.sees("/account", "Alva")  # still signed in


async def test_a_form_larger_than_a_megabyte_is_refused_with_a_page(site: Site) -> None:
    visitor = site.visitor()
    response = await visitor.post("/sign-in", username="a" * 1_000_001)
    assert response.status_code == 413
    assert "större än vad som tas emot" in response.text

    async def without_length() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 100_000

    kind = {"content-type": "application/x-www-form-urlencoded"}
    response = await visitor.client.post("/sign-in", content=without_length(), headers=kind)
    assert response.status_code == 413


async def test_language_is_the_users_then_the_browsers_then_swedish(site: Site) -> None:
    visitor = site.visitor()
    assert '<html lang="sv"' in await visitor.sees("/sign-in")
    english = site.visitor(**{"accept-language": "fr, en-GB;q=0.8, sv;q=0.5"})
    assert '<html lang="en"' in await english.sees("/sign-in")
    alva = await site.signed_in("alva")
    response = await alva.post("/language", to="en", back="/account")
    assert response.headers["location"] == "/account"
    alva.client.cookies.set("language", "sv")
    assert '<html lang="en"' in await alva.sees("/account")


@pytest.mark.parametrize("to", ["de", "", "../../etc", "sv\0"])
async def test_a_language_that_is_not_there_changes_nothing(site: Site, to: str) -> None:
    response = await site.visitor().post("/language", to=to, back="//evil.example")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "sv"),
        ("en", "en"),
        ("en;q=0, sv", "sv"),
        ("de", "sv"),
        ("en;q=x", "sv"),
        (",,;q=", "sv"),
    ],
)
def test_the_browsers_wish_is_read_with_care(header: str, language: str) -> None:
    scope = {"type": "http", "headers": [(b"accept-language", header.encode())]}
    assert browser_language(HTTPConnection(scope), "sv") == language


async def test_pages_are_compressed(site: Site) -> None:
    response = await site.visitor().get("/sign-in", **{"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"


def test_settings_know_https() -> None:
    assert Settings(base_url="https://krislarm.example/").https
    assert not Settings(base_url="http://127.0.0.1:8000").https
