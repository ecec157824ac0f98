from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from rosters.models import ContactKind
from rosters.numbers import as_read, contact_address, mail_address, phone_number, reserved


@pytest.mark.parametrize(
    "typed",
    ["0701740605", "070-174 06 05", "+46701740605", "0046 701740605", "+46 (0)70 174 06 05",
     "701740605", "٠٧٠١٧٤٠٦٠٥"],
)  # fmt: skip
def test_a_number_has_one_written_form_however_it_is_typed(typed: str) -> None:
    assert phone_number(typed, mobile=True) == "+46701740605"


def test_numbers_abroad_are_told_by_their_plus() -> None:
    assert phone_number("+45 32 12 34 56") == "+4532123456"
    assert as_read("+4532123456") == "+45 32 12 34 56"
    assert as_read("+46701740605") == "070-174 06 05"


@pytest.mark.parametrize(
    "typed",
    ["", "12", "112", "abc", "07017406", "070174060512345", "+99912345", "0701740605 ext 3",
     "<script>", "0701740605; DROP TABLE person", "1" * 10_000],
)  # fmt: skip
def test_what_nobody_could_be_reached_on_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        phone_number(typed)
    assert refusal.value.field == "address"


def test_a_landline_cannot_take_sms() -> None:
    assert contact_address(ContactKind.LANDLINE, "040-628 04 01") == "+46406280401"
    with pytest.raises(Refused, match="kan inte ta emot sms"):
        contact_address(ContactKind.MOBILE, "040-628 04 01")


@pytest.mark.parametrize("typed", ["Alva@Demo.Lund.Example", " alva@demo.lund.example "])
def test_a_mail_address_is_kept_in_lower_case(typed: str) -> None:
    assert mail_address(typed) == "alva@demo.lund.example"


@pytest.mark.parametrize(
    "typed",
    ["", "alva", "alva@", "@lund.example", "a@b", "a b@lund.example", "a@lund..example",
     "a@lund.example\nbcc: b@lund.example", "a@-lund.example", "x" * 255 + "@lund.example"],
)  # fmt: skip
def test_what_is_no_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        mail_address(typed)


@pytest.mark.parametrize(
    ("address", "belongs_to_nobody"),
    [
        ("+46701740605", True), ("+46701740699", True), ("+46701740604", False),
        ("+46701740700", False), ("+46406280400", True), ("+46406280500", False),
        ("+46313900699", True), ("+46846500499", True), ("+46980319299", True),
        ("+4670174605", False), ("+467017406055", False), ("0701740605", False),
        ("p01@demo.lund.example", True), ("p01@DEMO.lund.example", True),
        ("p01@lund.example", False), ("p01@notdemo.lund.example", False), ("", False),
    ],
)  # fmt: skip
def test_the_reserved_series_are_known_to_the_number(
    address: str, *, belongs_to_nobody: bool
) -> None:
    assert reserved(address) is belongs_to_nobody


@given(st.text(max_size=60))
def test_anything_typed_is_a_number_or_refused(typed: str) -> None:
    for rule in (phone_number, mail_address):
        with suppress(Refused):
            assert rule(typed)
