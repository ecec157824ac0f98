"""How an alarm is raised by telephone and on paper: the routine, with the names of tonight in it."""

from collections.abc import Sequence

from core.language import gettext as _
from playbooks.paper.contents import Contents, Duty, Reachable
from rosters.numbers import as_read


def routine(contents: Contents) -> Sequence[tuple[str, str]]:
    """Titles and what to do, in order."""
    return (
        (
            _("Välj larmväg"),
            _(
                "Läs ”Börjar när” på larmvägarnas sidor. Är du osäker: välj den större. Skriv i loggen vilken du valde och klockslag."
            ),
        ),
        (_("Ring den som har jour"), _whom_to_ring(contents)),
        (
            _("Följ stegen"),
            _(
                "Larmvägens steg säger vem som rings, hur många som behövs och när nästa steg börjar. Dela upp listorna mellan er om ni är flera."
            ),
        ),
        (
            _("Ring listan uppifrån"),
            _(
                "Säg texten på larmvägens sida, och vad som har hänt och var. Fråga: kommer du, och om hur många minuter? Skriv klockslag och kryssa för svaret."
            ),
        ),
        *_when_it_is_hard(),
        (_("Telefon och mobilnät är nere"), _without_phones(contents)),
        (
            _("När systemet är uppe igen"),
            _(
                "Larma inte en gång till. För in loggen och svaren, och tala om för alla som har larmats om något har ändrats."
            ),
        ),
    )


def _when_it_is_hard() -> Sequence[tuple[str, str]]:
    return (
        (
            _("Ingen svarar"),
            _(
                "Låt gå fram minst sex signaler. Skicka texten som sms från din egen telefon. Ring nästa på listan, och börja om från början när listan är slut. Efter två varv: ta nästa steg."
            ),
        ),
        (
            _("Kedja av sms"),
            _(
                "Är listan lång: den som säger ja får de tre nästa namnen, ringer dem och sms:ar svaren till dig. Räkna bara dem som du har fått svar från."
            ),
        ),
        (
            _("Räkna"),
            _(
                "Sluta ringa när så många som behövs har sagt ja. Räcker det inte inom tiden: gå vidare till det steg som larmvägen säger, och till sista utvägen."
            ),
        ),
    )


def _whom_to_ring(contents: Contents) -> str:
    said = [_on_duty(duty) for duty in contents.duties[:3] if duty.now or duty.phone]
    chain = " ".join(said)
    rule = _(
        "Svarar ingen inom tre minuter: ring nästa. Vem som har jour de närmaste veckorna står under ”Vem har jour”."
    )
    return f"{chain} {rule}".strip()


def _on_duty(duty: Duty) -> str:
    who = ", ".join(_said(person) for person in duty.now)
    if duty.phone:
        number = as_read(duty.phone)
        who = _("{number} ({who})").format(number=number, who=who) if who else number
    return _("{role}, när utgåvan gjordes: {who}.").format(role=duty.code, who=who)


def _said(person: Reachable) -> str:
    way = as_read(person.numbers[0]) if person.numbers else person.way
    return f"{person.name} {way}".strip()


def _without_phones(contents: Contents) -> str:
    if contents.reserve:
        codes = ", ".join(path.code for path in contents.reserve)
        return _(
            "Följ {codes}: Rakel, självgående inställelse och ordonnans. Vänta inte på att näten ska komma tillbaka."
        ).format(codes=codes)
    return _(
        "Skicka bud till dem som står först på listorna, och till räddningstjänsten som har Rakel. Vänta inte på att näten ska komma tillbaka."
    )
