"""What lights, runs and their rules are called on pages and in files."""

from core.language import gettext as _
from core.language import ngettext
from core.moments import span
from playbooks.document import Document
from playbooks.lights.models import LightKind, RunKind


def kind_word(kind: LightKind) -> str:
    return {
        LightKind.DOCUMENTED: _("Dokumenterad"),
        LightKind.KNOWN: _("Känd"),
        LightKind.EXERCISED: _("Övad"),
    }[kind]


def question_word(kind: LightKind) -> str:
    """Of many paths: "6 av 9 övade"."""
    return {
        LightKind.DOCUMENTED: _("Dokumenterade"),
        LightKind.KNOWN: _("Kända"),
        LightKind.EXERCISED: _("Övade"),
    }[kind]


def run_word(kind: RunKind) -> str:
    return {
        RunKind.ALARM: _("Skarpt larm"),
        RunKind.EXERCISE: _("Övning"),
        RunKind.TEST: _("Test"),
        RunKind.COMMUNICATION: _("Prov av larmvägen"),
        RunKind.OUTSIDE: _("Utanför systemet"),
    }[kind]


def rules_in_words(document: Document, *, calls_nobody: bool) -> dict[LightKind, list[str]]:
    """The rules of this path, as its file sets them."""
    return {
        LightKind.DOCUMENTED: _documented(document),
        LightKind.KNOWN: _by_owner() if calls_nobody else _known(document),
        LightKind.EXERCISED: _exercised(document),
    }


def _notice(months: int) -> str:
    if not months:
        return _("Gult föregår inte rött.")
    words = ngettext(
        "Gul från {count} månad innan tiden är ute.",
        "Gul från {count} månader innan tiden är ute.",
        months,
    )
    return words.format(count=months)


def _documented(document: Document) -> list[str]:
    reviewed = ngettext(
        "Godkänd eller sedd över den senaste månaden.",
        "Godkänd eller sedd över de senaste {count} månaderna.",
        document.review_months,
    )
    return [
        _("En version som ägaren har godkänt gäller."),
        _("Någon finns på posten som äger larmvägen."),
        _("Styrdokumentet och dess datum är angivna."),
        reviewed.format(count=document.review_months),
        _notice(document.lights.notice_months),
    ]


def _known(document: Document) -> list[str]:
    rules = document.lights
    words = [
        _("Grön när minst {share} % av dem som larmvägen kallar känner till den.").format(
            share=rules.known
        ),
        _("Gul från {share} %.").format(share=rules.nearly_known),
        _("Känner till den gör den som har bekräftat sin del i den version som gäller."),
    ]
    if rules.saved_number:
        words.append(_("Numret som larmen kommer från ska vara sparat."))
    if rules.introduced:
        words.append(_("Var och en ska ha fått en genomgång."))
    return words


def _by_owner() -> list[str]:
    return [
        _("Larmvägen ringer ingen, så ingen har en del att läsa."),
        _("Den som har posten ska själv ha godkänt eller sett över versionen som gäller."),
    ]


def _exercised(document: Document) -> list[str]:
    within = ngettext(
        "Körd den senaste månaden med samma steg som i dag.",
        "Körd de senaste {count} månaderna med samma steg som i dag.",
        document.exercise_months,
    )
    words = [within.format(count=document.exercise_months)]
    if document.lights.both_hours:
        words.append(_("Både på kontorstid, vardagar 07–17, och utanför den."))
    if document.goal_within:
        goal = _("Målet är nått inom {length}.")
        words.append(goal.format(length=span(document.goal_within)))
    failed = _("En körning som missar målet gör den röd tills en ny lyckas.")
    if document.lights.both_hours:
        failed = _(
            "En körning som missar målet gör den röd tills en ny lyckas: på kontorstid om den var "
            "det, annars utanför."
        )
    words += [
        failed,
        _("En brist gör den röd tills den är omtestad."),
        _notice(document.lights.notice_months),
    ]
    return words
