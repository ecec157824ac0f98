"""The copy for when the network is gone, as the server gives it; a real browser keeps it in a story."""

import re
from datetime import datetime

from sqlalchemy import select

from core.models import AuditEntry, Role
from core.web import STATIC
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.visitors import Site, Visitor


async def test_the_worker_rules_over_the_whole_site_and_is_never_kept(site: Site) -> None:
    response = await site.visitor().get("/sw.js")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in response.headers["content-security-policy"]


@BOTH
async def test_the_copy_has_numbers_paths_and_the_routine_and_says_when_it_was_saved(
    tib: Visitor,
) -> None:
    text = await tib.sees(
        "/offline/copy",
        "Sparad kopia, inte läget nu",
        "kl 03:12",
        "LV-03",
        "Stabens kärna",
        "tel:+46",
    )
    assert "<form" not in text, "there is nothing to send when nobody hears it"
    assert "<style" not in text
    assert set(re.findall(r'<script src="/static/([a-z]+)\.js', text)) == {"offline"}


async def test_its_headers_say_for_whom_it_is_and_how_long_it_is_kept(tib: Visitor) -> None:
    headers = (await tib.get("/offline/copy")).headers
    kept = [datetime.fromisoformat(headers[name]) for name in ("x-saved-at", "x-keep-until")]
    assert (kept[1] - kept[0]).days == 7
    assert headers["x-saved-for"] in await tib.sees("/")


async def test_everything_that_the_copy_shows_itself_with_is_a_static_file(tib: Visitor) -> None:
    text = await tib.sees("/offline/copy")
    parts = re.findall(r'(?:href|src)="/static/([^"?]+)', text)
    assert parts
    assert [part for part in parts if not (STATIC / part).is_file()] == []


@BOTH
async def test_only_a_duty_officer_may_keep_a_copy_and_it_is_noted_who_did(
    site: Site, tib: Visitor, planner: Visitor
) -> None:
    assert (await planner.get("/offline/copy")).status_code == 403
    assert (await planner.post("/offline/saved")).status_code == 403
    assert (await tib.post("/offline/saved")).status_code == 204
    async with site.database.reading() as session:
        entry = (
            await session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()))
        ).first()
    assert entry
    assert (entry.who, entry.what) == ("alva", "Sparade offlinekopia")


async def test_signing_out_tells_the_browser_to_clear_what_it_keeps(site: Site) -> None:
    for place in ("/sign-out", "/account/sign-out-everywhere"):
        visitor = await site.signed_in(f"u{len(place)}", Role.DUTY_OFFICER)
        response = await visitor.post(place)
        assert response.status_code == 303
        assert response.headers["clear-site-data"] == '"storage"'
