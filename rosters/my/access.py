"""Who stands behind a personal page: the one who is signed in, or whoever has the link."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy import select

from core.audit import By
from core.errors import NotFound
from core.language import gettext as _
from core.language import set_language
from core.models import User
from core.permissions import PERMISSION, SignInNeeded, find_user
from core.web import Config, Now, Peer, Session
from rosters.duty.resolver import in_service
from rosters.models import Person
from rosters.my.links import BY_LINK, person_with

SIGNED_IN = "me"  # in the place of a token: the person of the account


@dataclass(frozen=True, slots=True)
class Myself:
    person: Person
    token: str  # of the address: "me", or that of a link
    by: By

    @property
    def url(self) -> str:
        return f"/my/{self.token}"


async def myself(
    token: str,
    session: Session,
    config: Config,
    now: Now,
    peer: Peer,
    user: Annotated[User | None, Depends(find_user, scope="function")],
) -> Myself:
    """The person of the account, or of the link. Refused with 404 for a link that does not hold."""
    if token == SIGNED_IN:
        if user is None:
            raise SignInNeeded
        person = await session.scalar(select(Person).where(Person.user_id == user.id))
        if person is None:
            raise NotFound(_("Ditt konto hör inte till någon person. Be en planerare koppla det."))
        return Myself(person, token, By(user.username, peer))
    secret = config.secret_key.get_secret_value()
    person = await person_with(session, token, secret=secret, now=now)
    if person is None or not in_service(person, at=now, zone=config.zone):
        raise NotFound(_("Länken gäller inte längre. Be om en ny, eller logga in."))
    if user is None:
        set_language(person.language)
    return Myself(person, token, By(f"{person.ref}{BY_LINK}", peer))


setattr(myself, PERMISSION, "oneself")  # whoever is signed in as the person, or has the link

Me = Annotated[Myself, Depends(myself, scope="function")]
