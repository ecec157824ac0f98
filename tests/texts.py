"""Every text of the program and its English: `python -m tests.texts` brings the file up to date.

What is new gets an empty msgstr to fill in; what is no longer said anywhere goes out.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import normalize, read_po

from core.language import LOCALES
from core.web import PACKAGES

ROOT = Path(__file__).parent.parent
ENGLISH = LOCALES / "en" / "LC_MESSAGES" / "krislarm.po"
SINGULAR, PLURAL = {"_", "gettext", "N_"}, "ngettext"
JINJA = {
    "extensions": "jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
HEADER = """\
# English texts of Krislarm; the Swedish ones are the source.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

Text = str | tuple[str, str]  # with a plural


def texts() -> dict[Text, list[str]]:
    """Every text and the files that say it, in the order of packages, files and lines."""
    found: dict[Text, list[str]] = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for text in said_in(path):
            if name not in found.setdefault(text, []):
                found[text].append(name)
    return found


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))
        yield from templates(package)


def templates(package: str) -> Iterator[Path]:
    folder = ROOT / package / "templates"
    yield from sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".txt"})


def said_in(path: Path) -> Iterator[Text]:
    if path.suffix == ".py":
        yield from _said_in_python(ast.parse(path.read_text()))
        return
    extractor = "jinja2.ext:babel_extract"
    for _line, text, _comments, _context in extract_from_file(extractor, path, options=JINJA):
        yield text if isinstance(text, str) else (text[0], text[1])


def _said_in_python(tree: ast.AST) -> Iterator[Text]:
    """Babel's own extractor does not look into f-strings before Python 3.12; the parser does."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        name = call.func.id if isinstance(call.func, ast.Name) else name
        words = [each.value for each in call.args if isinstance(each, ast.Constant)]
        if name in SINGULAR and words and isinstance(words[0], str):
            yield words[0]
        elif name == PLURAL and len(words) >= 2:
            yield str(words[0]), str(words[1])


def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def written(found: Mapping[Text, list[str]], catalog: Catalog) -> str:
    """The file as it should stand: texts in the order in which they are said, and where."""
    entries = [HEADER]
    for text, files in found.items():
        singular, plural = (text, "") if isinstance(text, str) else text
        known = catalog.get(singular)
        told = known.string or "" if known else ""
        lines = [f"#: {' '.join(files)}", f"msgid {normalize(singular, width=0)}"]
        if plural:
            forms = told if isinstance(told, list | tuple) else (told, "")
            lines.append(f"msgid_plural {normalize(plural, width=0)}")
            lines += [f"msgstr[{i}] {normalize(each, width=0)}" for i, each in enumerate(forms)]
        else:
            lines.append(f"msgstr {normalize(str(told), width=0)}")
        entries.append("\n".join(lines) + "\n")
    return "\n".join(entries)


if __name__ == "__main__":
    ENGLISH.write_text(written(texts(), english()))
