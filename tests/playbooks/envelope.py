"""A small envelope that has one of everything in it, without a database."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from playbooks.paper.contents import (
    CallSheet,
    CardLineSheet,
    CardSheet,
    Contents,
    Duty,
    PathSheet,
    Reachable,
    Turn,
)
from playbooks.paper.saying import Imprint
from playbooks.sayings import Said
from tests.clocks import NIGHT

ZONE = ZoneInfo("Europe/Stockholm")
ALVA = Reachable("P01", "Alva Exempelsson", "TIB", ("+46701740605", "+46406280410"))
HIDDEN = Reachable("P43", "POSOM-ledare 2", "", (), "Nås via växeln 040-628 04 14")
LOST = Reachable("P99", "Utan Nummer", "", ())
RAISED = Said(
    name="tib",
    title="Tjänsteman i beredskap",
    whom="Tjänsteman i beredskap",
    how="Samtal och sms, väntar 1 min",
    need="1 behövs inom 5 min",
    when="Genast",
    otherwise="Räcker det inte börjar steget om, högst 3 gånger",
    answer="Svarar om de kommer",
    gate="Är händelsen extraordinär?",
    note="#strong[inte uppmärkning] *utan* $text$ \\ <ord> @ref",
    path="",
)
IMPRINT = Imprint(
    number=7,
    made_at=NIGHT + timedelta(microseconds=5),
    made_by="Nils Skisshed",
    marking="Sekretess",
    address="https://larm.lund.example/envelope/editions/7",
    training=False,
    zone=ZONE,
)


def path(code: str = "LV-03", version: int = 2, *, by_hand: bool = False) -> PathSheet:
    return PathSheet(
        code=code,
        version=version,
        title="Inkallning central krisledning",
        entry="Beslut av TIB",
        goal="Staben verksam inom 60 minuter",
        assembly="Kristallen",
        steps=(RAISED,),
        texts=(("", "LV-03 ______", "Krisledningen kallas in. ______"), ("Steg 2", "Sms", "Tal")),
        last_resort=("Säkerhetschef",),
        by_hand=by_hand,
    )


def card() -> CardSheet:
    return CardSheet(
        code="AK-01",
        version=1,
        title="Vatten",
        scenario="Dricksvattnet är otjänligt.",
        principle="VA SYD leder.",
        paths=("LV-07",),
        parts=(
            ("Utlösare", (CardLineSheet("Ring VA SYD", "TIB", "15 min", "Fråga om kokning."),)),
        ),
    )


def contents(*sheets: CallSheet) -> Contents:
    turn = Turn(ALVA, NIGHT, NIGHT + timedelta(days=7))
    return Contents(
        at=NIGHT,
        organisation="Lunds kommun",
        duties=(
            Duty("TIB", "Tjänsteman i beredskap", "+46701740699", (ALVA,), (turn,)),
            Duty("KIB", "KIB", "", (), ()),
        ),
        sheets=sheets or (CallSheet("stab", "Stab", ("LV-03",), (ALVA, HIDDEN, LOST)),),
        paths=(path(), path("LV-09", 1, by_hand=True)),
        cards=(card(),),
    )
