"""The words of a card: what its sections and states are called."""

from core.language import gettext as _
from playbooks.cards.document import Section
from playbooks.cards.models import Happening


def section_words() -> dict[Section, str]:
    return {
        Section.TRIGGERS: _("Utlösare"),
        Section.FIRST_MINUTES: _("De första 15 minuterna"),
        Section.FIRST_HOUR: _("Första timmen"),
        Section.DECISIONS: _("Beslut att pröva"),
        Section.COMMUNICATION: _("Kommunikation"),
        Section.COOPERATION: _("Samverkan"),
        Section.LOG: _("Logga särskilt"),
        Section.END: _("Avveckla när"),
        Section.LEARNING: _("Lärande"),
    }


def happening_words() -> dict[Happening, str]:
    return {
        Happening.TICKED: _("bockade av"),
        Happening.UNTICKED: _("öppnade raden igen"),
        Happening.NOT_APPLICABLE: _("satte ”gäller inte”"),
        Happening.REMARKED: _("skrev"),
    }
