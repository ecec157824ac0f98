"""A small organisation for tests of pages, and how a test finds its way in it."""

import re

from tests.visitors import Visitor

UNITS = """kod;namn;slag;under;växel
KS;Kommunstyrelsen;styrelse;;
KK;Kommunkontoret;förvaltning;KS;0406280410
"""
PEOPLE = """nummer;namn;befattning;enhet;skyddad;mobil;e-post
P01;Alva Ek;TIB;KK;;0701740605;alva@demo.lund.example
P02;Birk Ås;Stab;KK;;0701740606;
P03;Cleo Ö;;;;;
P43;Ri Sten;POSOM-ledare;KK;ja;;
"""
ID = "[0-9a-f-]{36}"


async def find(visitor: Visitor, url: str, pattern: str) -> str:
    found = re.search(pattern, await visitor.sees(url))
    assert found is not None, f"no {pattern} at {url}"
    return found[0]


async def of(visitor: Visitor, name: str) -> str:
    """The address of a person's page."""
    return await find(visitor, f"/people?q={name}", f"/people/{ID}")
