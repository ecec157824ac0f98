"""Answers of SR and SMHI as their documented fields say, made by us: nothing here was ever sent.

SR's static examples have six scenarios: two real alerts, a cancellation, two technical tests and
an exercise. SMHI has yellow, orange and red.
"""

import json
from typing import Any

SENDER = "https://vmaapi.sr.se/api/v3"
Said = dict[str, Any]


def info(area: str = "Lunds kommun", code: str = "1281", **more: Any) -> Said:
    return {
        "language": "sv-SE",
        "category": ["Safety"],
        "event": "Viktigt meddelande till allmänheten (VMA)",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "expires": "2026-12-03T09:00:00+01:00",
        "senderName": "Sveriges Radio",
        "description": "ÖVNINGSDATA. Brand med giftig rök.\nGå inomhus.",
        "area": [{"areaDesc": area, "geocode": [{"valueName": "Kommun", "value": code}]}],
        **more,
    }


def alert(number: int = 1, **more: Any) -> Said:
    return {
        "identifier": f"DEMO-SRCAP-{number:04d}",
        "incidents": f"DEMO-VMA-{number:04d}",
        "sender": SENDER,
        "sent": f"2026-12-03T03:{number % 60:02d}:00+01:00",
        "status": "Actual",
        "scope": "Public",
        "msgType": "Alert",
        "info": [info()],
        **more,
    }


def reference(to: Said) -> str:
    return f"{to['sender']},{to['identifier']},{to['sent']}"


FIRE = alert(1)
GAS = alert(2, info=[info("Skåne län", "12", event="VMA: gasutsläpp")])
CANCELLATION = alert(
    3, msgType="Cancel", incidents=FIRE["incidents"], references=reference(FIRE), info=None
)
TESTS = [alert(number, status="Test", info=[info("Sverige", "00")]) for number in (4, 5)]
EXERCISE = alert(
    6, status="Exercise", info=[info("Sverige", "00", event="Kvartalstest av utomhussignal")]
)
SIX = [FIRE, GAS, CANCELLATION, *TESTS, EXERCISE]


def feed(*alerts: object) -> bytes:
    told = {"timestamp": "2026-12-03T02:14:00Z", "alerts": list(alerts)}
    return json.dumps(told, ensure_ascii=False).encode()


def area(level: str = "ORANGE", number: int = 7001, county: int = 12, **more: Any) -> Said:
    swedish = {"YELLOW": "Gul", "ORANGE": "Orange", "RED": "Röd"}.get(level, level)
    return {
        "id": number,
        "approximateStart": "2026-12-03T15:00:00.000Z",
        "approximateEnd": "2026-12-04T03:00:00.000Z",
        "published": "2026-12-03T02:00:00.000Z",
        "normalProbability": True,
        "areaName": {"sv": "Skåne län", "en": "Skåne county"},
        "warningLevel": {"sv": swedish, "en": level.title(), "code": level},
        "eventDescription": {"sv": "Vind", "en": "Wind", "code": "WIND"},
        "affectedAreas": [{"id": county, "sv": "Skåne län", "en": "Skåne county"}],
        "descriptions": [
            {
                "title": {"sv": "Händelsebeskrivning", "en": "Description", "code": "INCIDENT"},
                "text": {"sv": "Byar på 30 m/s.", "en": "Gusts of 30 m/s."},
            },
            {"title": {"sv": "Vad kan hända"}, "text": {"sv": "Träd faller.", "en": ""}},
        ],
        "area": {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[13, 55]]]}},
        **more,
    }


def warning(*areas: object, number: int = 501) -> Said:
    return {
        "id": number,
        "normalProbability": True,
        "event": {"sv": "Vind", "en": "Wind", "code": "WIND"},
        "descriptions": [],
        "warningAreas": list(areas),
    }


def warnings(*each: object) -> bytes:
    return json.dumps(list(each), ensure_ascii=False).encode()
