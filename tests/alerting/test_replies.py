"""What people answer, as they write it."""

import pytest

from alerting.plan import Meaning
from alerting.replies import Answer, understand


def read(text: str) -> Answer:
    [answer] = understand(text, letters=frozenset())
    return answer


@pytest.mark.parametrize(
    "text",
    [
        *("JA", "ja", "Ja", "j", "J", "1", " 1 ", "1.", "1!", "1a", "1a ", "1 tack", "OK", "okej"),
        *(
            "KOMMER",
            "Jag kommer",
            "ja tack",
            "Ja!",
            "JA.",
            "japp",
            "jajamän",
            "absolut",
            "Svar: ja",
        ),
        *('"JA"', "”ja”", "'ja'", "«ja»", "(ja)", "*1*", "svara JA", "ja\u00a0", "J\u200bA"),
        *("ｊａ", "１", "①", "1️⃣", "👍", "👍🏽", "👍👍", "👍 tack", "Ja, jag kommer", "Ok kommer"),
        *(
            "kommer nu",
            "kommer strax",
            "kommer om en timme",
            "Jag kan komma",
            "Hej! Ja",
            "1 mvh Birk",
        ),
        *("på väg", "Jag är på väg", "är på plats", "Ja, åker nu /Alva", "Ja vi är 2 st"),
        *("ja kl 15", "ja, 14:30", "ja jag är framme 14.30", "Ja, ring mig på 070-174 06 05"),
        *("Ja, tar bussen 171", "Kommer, 20 av 30 är klart", "kommer 20, ring 0701740605"),
        *("coming", "I'm coming", "I can come", "on my way", "OMW", "ok thanks", "yes I'm coming"),
    ],
)
def test_a_yes(text: str) -> None:
    assert read(text) == Answer(Meaning.COMING)


def test_a_signature_below_is_no_part_of_the_answer() -> None:
    assert read("1\n\nSkickat från min iPhone").meaning is Meaning.COMING
    assert read("30\nAlva Exempelsson").eta_minutes == 30
    assert read("2\n--\nBirk").meaning is Meaning.CANNOT


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30", 30),
        ("3", 3),
        ("240", 240),
        ("30 min", 30),
        ("30min", 30),
        ("30 m", 30),
        ("３０", 30),
        ("ca 30", 30),
        ("~30", 30),
        ("om 30", 30),
        ("om ca 30 minuter", 30),
        ("30 minuter bort", 30),
        ("ja 45", 45),
        ("Ja, 45 min", 45),
        ("ja45", 45),
        ("1 30", 30),
        ("ok 20", 20),
        ("👍 20", 20),
        ("kommer 20", 20),
        ("jag kommer om 30 min", 30),
        ("Jag är där om 25 min", 25),
        ("Ja men först om 45 min", 45),
        ("ja sitter på buss 171, framme om 20 min", 20),
        ("30-40 min", 40),
        ("30–40", 40),
        ("30 - 40", 40),
        ("ja 20, högst 30 min", 30),
        ("1 h 30 min", 90),
        ("ja om 1 tim 15 min", 75),
        ("2 min", 2),
        ("1 timme", 60),
        ("2 timmar", 120),
        ("1,5 h", 90),
        ("ja om 2 h", 120),
        ("mottaget, kommer om 20", 20),
        ("Yes, 20 min", 20),
        ("coming in 15", 15),
        ("ETA 15", 15),
        ("15 min away", 15),
    ],
)
def test_a_yes_with_minutes(text: str, minutes: int) -> None:
    assert read(text) == Answer(Meaning.COMING, minutes)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "NEJ",
            "nej",
            "Nej!",
            "n",
            "N",
            "2",
            " 2 ",
            "2.",
            "２",
            "2️⃣",
            "👎",
            "nej tack",
            "Nej, tyvärr",
        ),
        *(
            "KAN INTE",
            "kan ej",
            "Kan tyvärr inte",
            "kan inte komma",
            "kommer inte",
            "Jag kommer ej",
        ),
        *("ja men kan inte", "ok men jag kommer inte", "Tyvärr kan jag inte komma", "nej kan inte"),
        *(
            "hinner inte",
            "Har inte möjlighet",
            "nej sjuk",
            "Nej, är utomlands",
            "Förhindrad",
            "2 kan inte",
        ),
        *("no", "No, sorry", "can't", "Can’t come", "cannot", "I cannot come", "not coming"),
        *(
            "I am not able",
            "not available",
            "nej, har 2 barn hemma",
            "mottaget men kan inte",
            "nei",
        ),
    ],
)
def test_a_no(text: str) -> None:
    assert read(text) == Answer(Meaning.CANNOT)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "mottaget",
            "MOTTAGET.",
            "“Mottaget”",
            "Mottagit",
            "Kvitterar",
            "uppfattat",
            "Ok, mottaget",
        ),
        *("👍 mottaget", "Mottaget. Polisen kommer", "mottaget kl 14:30", "received", "Roger"),
    ],
)
def test_information_received(text: str) -> None:
    assert read(text) == Answer(Meaning.RECEIVED)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\n", "???", "hej", "tack", "asdf", "🔥", "%", "jaaaaa", "nejdå"),
        # Nothing that a carrier may have acted on is ours.
        *("Yes", "YES!", "ja stop", "cancel that", "start 30", "stopp jag kan inte"),
        # Both, or neither.
        *(
            "ja nej",
            "nej ja",
            "JA/NEJ",
            "ja eller nej",
            "1 2",
            "1 eller 2",
            "👍👎",
            "nej jag kommer",
        ),
        *(
            "ja 2",
            "nej 30",
            "nej först om 45 min",
            "kan inte förrän om 45 min",
            "inga problem",
            "no problem",
        ),
        *("Inga problem, jag kommer", "kommer utan bil", "Ja men jag är sjuk", "ok fel nummer"),
        # Doubts, conditions and questions are for a human.
        *(
            "kanske",
            "ja kanske",
            "Kommer om jag hinner",
            "ja, om det behövs",
            "vet inte",
            "försöker",
        ),
        *(
            "ja?",
            "Ja, var är det?",
            "kommer du?",
            "Kan jag komma senare",
            "maybe 30",
            "ok if needed",
        ),
        # Somebody else, or something else.
        *("polisen kommer", "kommer du", "kommer ni hit", "det kommer mer", "kommer att bli sen"),
        *("30 personer saknas", "2 barn skadade", "1 skadad", "Vem är på plats", "30 min sedan"),
        # No minutes from now.
        *(
            "250",
            "241",
            "4 h 1 min",
            "20 30",
            "0",
            "00",
            "030",
            "1000",
            "14:30",
            "kl 15",
            "2026-11-05",
            "50%",
            "5 timmar",
        ),
        *("ja 250", "kommer 300 min", "0701740605", "+46701740605", "1,5", "9" * 1000),
        # Reactions of other phones quote what we sent.
        *(
            'Gillade "SKARPT: Brand. Svara JA, NEJ eller minuter. SKARPT"',
            '👍 to "Svara JA eller NEJ"',
        ),
        *("'; DROP TABLE reply; --", "{{ 7*7 }}", "<script>ja</script>", "C JA"),
    ],
)
def test_what_a_human_has_to_read(text: str) -> None:
    assert read(text) == Answer(Meaning.UNCLEAR)


@pytest.mark.parametrize(
    "text", ["STOP", "stop", "Stopp!", " STOP. ", "END", "Cancel", "quit", "ＳＴＯＰ"]
)
def test_opting_out(text: str) -> None:
    assert read(text) == Answer(Meaning.OPTED_OUT)


@pytest.mark.parametrize("text", ["START", "start", "Unstop"])
def test_opting_in(text: str) -> None:
    assert read(text) == Answer(Meaning.OPTED_IN)
