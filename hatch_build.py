"""Build hook: copies htmx and its SSE extension out of django-htmx into core/static/vendor."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("core") / "static" / "vendor"
FILES = {"htmx-2.min.js": "htmx.min.js", "ext/hx-sse-2.min.js": "sse.min.js"}


def copy_vendor_files(root: Path) -> None:
    """Copy without importing Django; the folder is git-ignored and made anew by every build."""
    package = find_spec("django_htmx")
    if package is None or package.origin is None:
        raise RuntimeError("django-htmx is not installed: htmx cannot be copied")
    source = Path(package.origin).parent / "static" / "django_htmx"
    target = root / VENDOR
    target.mkdir(parents=True, exist_ok=True)
    for name, copied_as in FILES.items():
        shutil.copyfile(source / name, target / copied_as)


class CustomBuildHook(BuildHookInterface[BuilderConfig]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        copy_vendor_files(Path(self.root))
        build_data["artifacts"].append(f"{VENDOR.as_posix()}/*.js")


if __name__ == "__main__":
    copy_vendor_files(Path(__file__).parent)
