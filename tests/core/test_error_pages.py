import pytest

from core.errors import Refused
from core.health import Probe
from tests.visitors import Site


async def test_a_page_that_is_not_there_says_so(site: Site) -> None:
    response = await site.visitor().get("/nowhere")
    assert response.status_code == 404
    assert "Sidan finns inte." in response.text


async def test_a_wrong_method_says_so_and_names_the_right_ones(site: Site) -> None:
    response = await site.visitor().client.delete("/sign-in")
    assert response.status_code == 405
    assert response.headers["allow"]
    assert "tar inte emot" in response.text


@pytest.mark.parametrize("person", ["x", "1", "%2e%2e", "%00", "a" * 3000])
async def test_an_address_with_a_malformed_id_is_not_found(site: Site, person: str) -> None:
    visitor = await site.signed_in("alva")
    assert (await visitor.get(f"/people/{person}")).status_code == 404


async def test_the_api_answers_with_problem_json(site: Site) -> None:
    program = await site.program("duty:read")
    response = await program.get("/api/v1/duty?role=NOBODY")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Jouren finns inte.",
    }
    missing = await program.get("/api/v1/duty")
    assert (missing.status_code, missing.json()["status"]) == (422, 422)
    assert "role" in missing.json()["detail"]


@pytest.mark.logs_errors
async def test_an_unforeseen_error_gives_a_reference_and_no_details(site: Site) -> None:
    async def broken() -> Probe:
        raise RuntimeError("secret detail")

    site.app.state.probes.append(broken)
    response = await site.visitor().get("/readyz")
    assert response.status_code == 500
    assert "Felet är noterat. Ange" in response.text
    assert "secret detail" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_a_refusal_carries_its_sentence_and_field() -> None:
    refusal = Refused("Fel.", field="name")
    assert (str(refusal), refusal.field, refusal.status) == ("Fel.", "name", 422)
