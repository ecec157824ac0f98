"""The rules of the house that a machine can see: direction, clocks, sizes, names."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
PACKAGES = ("core", "rosters", "alerting", "playbooks", "crisis")

FILE_LINES = 300
FUNCTION_LINES = 40
# What may be longer, and how long: {"alerting/engine.py": 320, "alerting/engine.py:cycle": 50}.
LONGER: dict[str, int] = {}

CLOCK = "core/clock.py"
READS_THE_CLOCK = re.compile(
    r"(\w+\.)*(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns)|func\.(now|current_\w+))"
)
# One send may fail in any way it likes; the engine goes on with the next.
CATCHES_EVERYTHING = "alerting/engine.py"
DRAWERS = {"utils", "helpers", "common", "misc", "manager"}
NOT_FOR_CORE = {"alarm", "alarms", "callin", "callins", "shift", "shifts", "playbook", "playbooks"}

# A rule yields what is wrong with a module: its path from the top, and its syntax tree.
Rule = Callable[[str, ast.Module], Iterator[str]]


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module we wrote by hand, by its path from the top; migrations are generated."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/versions/" not in name:
                yield name, ast.parse(path.read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def hidden_imports(name: str, tree: ast.Module) -> Iterator[str]:
    for function in functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{name}:{node.lineno}: {ast.unparse(node)}"


def clock_readers(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and READS_THE_CLOCK.fullmatch(ast.unparse(node)):
            yield f"{name}:{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield f"{name}:{node.lineno}: {ast.unparse(node)} (say time.monotonic, say what it is)"


def broad_excepts(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            if re.search(r"\b(everything|Exception|BaseException)\b", caught):
                yield f"{name}:{node.lineno}: except {caught}"


def long_things(name: str, tree: ast.Module) -> Iterator[str]:
    length = max((node.end_lineno or 0 for node in tree.body), default=0)
    if length > LONGER.get(name, FILE_LINES):
        yield f"{name}: {length} lines"
    for function in functions(tree):
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > LONGER.get(f"{name}:{function.name}", FUNCTION_LINES):
            yield f"{name}:{function.lineno}: {function.name} has {length} lines"


def drawers(name: str, _tree: ast.Module) -> Iterator[str]:
    if DRAWERS & set(Path(name).with_suffix("").parts):
        yield f"{name}: say what is in it"


def words_from_above(name: str, tree: ast.Module) -> Iterator[str]:
    if not name.startswith("core/"):
        return
    for node in ast.walk(tree):
        for field in ("id", "attr", "name", "arg", "asname"):
            identifier = getattr(node, field, None)
            if isinstance(identifier, str) and NOT_FOR_CORE & words(identifier):
                yield f"{name}:{getattr(node, 'lineno', '?')}: {identifier}"


def words(identifier: str) -> set[str]:
    """`CallIn_shifts` says callin, call, in and shifts."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)
    lower = [part.lower() for part in parts]
    return {*lower, *(first + second for first, second in pairwise(lower))}


RULES: tuple[Rule, ...] = (
    hidden_imports,
    clock_readers,
    broad_excepts,
    long_things,
    drawers,
    words_from_above,
)
EXCEPTIONS: dict[Rule, set[str]] = {clock_readers: {CLOCK}, broad_excepts: {CATCHES_EVERYTHING}}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nothing_breaks_the_house_rules(rule: Rule) -> None:
    excepted = EXCEPTIONS.get(rule, set())
    assert [
        found for name, tree in sources() if name not in excepted for found in rule(name, tree)
    ] == []


def test_only_one_place_catches_everything() -> None:
    engine = ast.parse((ROOT / CATCHES_EVERYTHING).read_text())

    assert len(list(broad_excepts(CATCHES_EVERYTHING, engine))) <= 1


@pytest.mark.parametrize(
    ("rule", "name", "code"),
    [
        (hidden_imports, "core/x.py", "def f():\n    if True:\n        import os"),
        (clock_readers, "core/x.py", "at = datetime.now(UTC)"),
        (clock_readers, "core/x.py", "at = datetime.datetime.utcnow()"),
        (clock_readers, "core/x.py", "default_factory(date.today)"),
        (clock_readers, "core/x.py", "from time import time"),
        (broad_excepts, "core/x.py", "try:\n    f()\nexcept (OSError, Exception):\n    pass"),
        (broad_excepts, "core/x.py", "try:\n    f()\nexcept:\n    pass"),
        (long_things, "core/x.py", "x = 1\n" * 301),
        (long_things, "core/x.py", "async def f():\n" + "    x = 1\n" * 40),
        (drawers, "alerting/utils.py", ""),
        (drawers, "alerting/common/x.py", ""),
        (words_from_above, "core/x.py", "def open_alarms(): ..."),
        (words_from_above, "core/x.py", "class CallIn: ..."),
        (words_from_above, "core/x.py", "row.shift"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Rule, name: str, code: str) -> None:
    assert list(rule(name, ast.parse(code)))


def test_imports_go_one_way() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_no_third_party_file_is_kept_with_the_source() -> None:
    kept = subprocess.run(
        ["git", "ls-files", "core/static/vendor"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert kept.stdout == ""
