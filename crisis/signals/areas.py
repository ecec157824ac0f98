"""Is a place ours, near, or elsewhere: by Statistics Sweden's codes of counties and municipalities."""

from collections.abc import Collection
from enum import Enum, auto

SWEDEN = "00"


class Nearness(Enum):
    OWN = auto()
    NEAR = auto()  # in a county of ours, but another municipality
    ELSEWHERE = auto()


def nearness(codes: Collection[str], ours: Collection[str]) -> Nearness:
    """Where a message is. One that names no place, or a service that has none, counts as ours."""
    if not codes or not ours or SWEDEN in codes or set(codes) & set(ours):
        return Nearness.OWN
    counties = {each for each in ours if len(each) == 2 and each != SWEDEN}
    if any(each[:2] in counties for each in codes):
        return Nearness.NEAR
    if any(each[:2] in codes for each in ours):  # the county of a municipality of ours
        return Nearness.OWN
    return Nearness.ELSEWHERE
