"""Why something the tests want from the machine is not to be had."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Tests that need it are skipped with `reason`, a sentence that names what is missing."""

    reason: str
