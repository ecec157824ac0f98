"""Headings and column titles of the envelope."""

from collections.abc import Mapping

from core.language import gettext as _


def labels() -> Mapping[str, str]:
    return _cover() | _routine() | _lists() | _paths()


def _cover() -> dict[str, str]:
    return {
        "page": _("Sida {at} av {of}"),
        "edition": _("Utgåva"),
        "made": _("Gjord"),
        "by": _("Av"),
        "keep": _("Förvaras"),
        "replaced": _("Byts"),
        "signing": _("Kvitto på att utgåvan har lagts på plats"),
        "handed_by": _("Lämnad av"),
        "received_by": _("Mottagen av"),
        "day": _("Datum"),
        "place": _("Var det ligger"),
        "contents": _("Innehåll"),
        "versions": _("Versioner i den här utgåvan"),
        "versions_say": _(
            "Gäller en senare version av något av det här är utgåvan för gammal. Den står då som det på kuvertets sida i systemet."
        ),
        "code": _("Kod"),
        "title": _("Rubrik"),
        "version": _("Version"),
    }


def _routine() -> dict[str, str]:
    return {
        "routine": _("Larma per telefon"),
        "routine_when": _(
            "Gör så här när systemet inte går att nå, eller när du är osäker på om larmet har gått ut."
        ),
        "duty": _("Vem har jour"),
        "duty_phone": _("Nummer som följer jouren:"),
        "from": _("Från"),
        "until": _("Till"),
        "name": _("Namn"),
        "number": _("Nummer"),
        "no_number": _("Nummer saknas"),
        "nobody": _("Ingen är inlagd."),
        "log": _("Logg på papper"),
        "log_say": _(
            "Skriv varje händelse, beslut och samtal med klockslag. Sidan kan kopieras. För in den i systemet när det är uppe."
        ),
        "clock": _("Klockslag"),
        "event": _("Vad har hänt, vad har beslutats"),
        "by_whom": _("Vem"),
    }


def _lists() -> dict[str, str]:
    return {
        "lists": _("Larmlistor"),
        "lists_say": _(
            "Ring uppifrån. Skriv klockslag för varje försök och kryssa för svaret. Sluta när så många som behövs har sagt ja."
        ),
        "turn": _("Nr"),
        "first_call": _("Ringt kl"),
        "second_call": _("Igen kl"),
        "answer": _("Svar"),
        "coming": _("Kommer"),
        "cannot": _("Kan inte"),
        "silent": _("Inget svar"),
    }


def _paths() -> dict[str, str]:
    return {
        "paths": _("Larmvägar"),
        "paths_say": _(
            "Stegen i den ordning de börjar. Kryssa när behovet är fyllt. Ett streck i en text är det som du själv säger: vad som har hänt och var."
        ),
        "entry": _("Börjar när"),
        "goal": _("Mål"),
        "assembly": _("Samling"),
        "last_resort": _("Sista utväg"),
        "step": _("Steg"),
        "when": _("När"),
        "what": _("Vad"),
        "need": _("Behov"),
        "met": _("Fyllt"),
        "write": _("Skriv i sms"),
        "speak": _("Säg"),
        "cards": _("Åtgärdskort"),
        "opened_by": _("Hör till larmväg"),
        "done": _("Klart"),
        "role": _("Vem"),
        "within": _("Inom"),
    }
