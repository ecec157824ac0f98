from core.health import Probe
from tests.visitors import Site


async def test_a_living_process_says_ok(site: Site) -> None:
    assert (await site.visitor().get("/healthz")).text == "ok\n"


async def test_ready_means_that_every_probe_is_well_and_tells_no_details(site: Site) -> None:
    visitor = site.visitor()
    response = await visitor.get("/readyz")
    assert response.json() == {"ready": True, "probes": {"database": True}}

    async def late() -> Probe:
        return Probe("engine", ok=False, detail="postgres-1.internal is down")

    site.app.state.probes.append(late)
    response = await visitor.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "probes": {"database": True, "engine": False}}


async def test_metrics_are_for_this_machine_unless_there_is_a_token(site: Site) -> None:
    here, proxied = site.visitor(address="127.0.0.1"), site.visitor(address="::1")
    assert "python_info" in (await here.get("/metrics")).text
    assert (await proxied.get("/metrics", forwarded="for=10.0.0.1")).status_code == 403
    assert (await site.visitor(address="10.0.0.1").get("/metrics")).status_code == 403
    async with Site.on(site.database, metrics_token="hemlig") as other:
        assert (await other.visitor(address="127.0.0.1").get("/metrics")).status_code == 403
        scraper = other.visitor(address="10.0.0.1", authorization="Bearer hemlig")
        assert (await scraper.get("/metrics")).status_code == 200
