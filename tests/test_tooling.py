"""What stands around the code: locked packages, make targets, containers, programs for the tests."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from packaging.requirements import Requirement

from tests import browser, postgres
from tests.unavailable import Unavailable

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
COMPOSE_COMMANDS = (("docker", "compose"), ("docker-compose",))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def answers(*command: str) -> bool:
    return shutil.which(command[0]) is not None and run(*command).returncode == 0


def locked(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / name).read_text(), re.MULTILINE))


def asked_for(requirements: list[Any]) -> set[str]:
    names = (Requirement(each).name for each in requirements if isinstance(each, str))
    return {name.lower() for name in names}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())

    assert not re.search(r"://|file:|--(index|extra|find)", text)
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_locks_hold_what_the_project_asks_for() -> None:
    groups = PROJECT["dependency-groups"]

    assert asked_for(PROJECT["project"]["dependencies"]) <= locked("requirements.lock")
    assert asked_for(groups["dev"] + groups["build"]) <= locked("requirements-dev.lock")
    assert locked("requirements.lock") <= locked("requirements-dev.lock")


def test_the_build_without_isolation_finds_what_the_build_system_asks_for() -> None:
    assert set(PROJECT["build-system"]["requires"]) <= set(PROJECT["dependency-groups"]["build"])


def test_the_image_is_built_with_targets_that_make_knows() -> None:
    steps = re.findall(r"^RUN make (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert steps == [".venv/.packages", "install"]
    for step in steps:
        target = step.replace(".venv", "$(VENV)")
        assert re.search(rf"^{re.escape(target)}:", MAKEFILE, re.MULTILINE)


def test_compose_has_two_of_what_must_not_fail_and_one_of_the_rest() -> None:
    assert set(COMPOSE["services"]) == {
        "database", "migrate", "web-1", "web-2", "engine-1", "engine-2", "proxy", "mail",
    }  # fmt: skip


def test_compose_starts_nothing_before_the_database_is_migrated() -> None:
    services = COMPOSE["services"]

    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("web-1", "web-2", "engine-1", "engine-2"):
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"}
        }


def test_compose_keeps_passwords_in_files_that_make_writes() -> None:
    files = {Path(secret["file"]).as_posix() for secret in COMPOSE["secrets"].values()}
    settings = COMPOSE["services"]["web-1"]["environment"]

    bare = {
        name for name in settings if re.search(r"(KEY|TOKEN|PASSWORD|DATABASE_URL|SMTP_URL)$", name)
    }
    assert not bare
    assert all(re.search(rf"^[^\t#]*\b{file}\b.*:", MAKEFILE, re.MULTILINE) for file in files)


def test_compose_itself_accepts_the_file(tmp_path: Path) -> None:
    compose = next((each for each in COMPOSE_COMMANDS if answers(*each, "version")), None)
    if compose is None:
        pytest.skip("no Docker Compose: on Debian, apt-get install docker-compose")
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    shutil.copy(ROOT / "Makefile", tmp_path)
    run("make", "secrets", cwd=tmp_path)

    said = run(*compose, "config", "--services", cwd=tmp_path)

    assert said.returncode == 0, said.stderr
    assert set(said.stdout.split()) == set(COMPOSE["services"])


def test_secrets_are_made_once_and_not_overwritten(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for _ in range(2):
        run("make", "secrets", cwd=tmp_path)
        (tmp_path / "secrets" / "smtp_url").write_text("smtps://mail.example.se")

    folder = tmp_path / "secrets"
    password = (folder / "database_password").read_text().strip()
    assert len(password) > 40
    assert f":{password}@database/" in (folder / "database_url").read_text()
    assert (folder / "smtp_url").read_text() == "smtps://mail.example.se"
    assert folder.stat().st_mode & 0o077 == 0


def test_make_help_lists_what_the_readme_promises() -> None:
    said = run("make", "help")

    for target in ("setup", "demo", "test", "check", "bench", "lock", "format"):
        assert f"make {target} " in said.stdout


def test_an_old_python_is_told_what_is_needed(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    said = run("make", "setup", "PYTHON=false", cwd=tmp_path)

    assert said.returncode != 0
    assert "needs Python 3.11 or newer" in said.stderr


@pytest.mark.postgres
async def test_a_postgres_for_the_tests_starts_answers_and_leaves_nothing() -> None:
    server = postgres.start()
    if isinstance(server, Unavailable):
        pytest.skip(server.reason)
    try:
        server.create("migrated")
        seen_by_a_worker = postgres.Server(server.folder)
        seen_by_a_worker.create("gw0", template="migrated")
        connection = await asyncpg.connect(seen_by_a_worker.url("gw0"))
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        seen_by_a_worker.drop("gw0")
    finally:
        server.stop()
    assert not server.folder.exists()


def test_without_programs_postgres_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(postgres, "DEBIAN", Path("/nowhere"))

    assert postgres.start() == Unavailable(
        "no PostgreSQL: neither the wheel no_such_wheel nor /nowhere/*/bin is installed"
    )


@pytest.mark.browser
def test_a_browser_for_the_tests_says_its_version() -> None:
    found = browser.find()
    if isinstance(found, Unavailable):
        pytest.skip(found.reason)

    said = run(str(found), "--version")

    assert re.search(r"(Chrom\w+) \d+", said.stdout)
