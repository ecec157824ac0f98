"""How somebody stands to their part of a path: read, changed since, or never asked."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from playbooks.receipts.models import Receipt
from playbooks.receipts.parts import Part


def present(receipts: Iterable[Receipt], part: Part) -> Receipt | None:
    """Of one person's receipts for one path, that of the part as it is now."""
    return next((each for each in receipts if each.mark == part.mark), None)


def read_at(receipts: Sequence[Receipt], part: Part) -> datetime | None:
    """When the part as it is now was read, whole or piece by piece; None when some of it was not.

    Who is called by fewer steps than before has nothing new to read.
    """
    own = present(receipts, part)
    if own and own.confirmed_at:
        return own.confirmed_at
    read = [
        min(
            (each.confirmed_at for each in receipts if each.confirmed_at and piece in each.pieces),
            default=None,
        )
        for piece in part.pieces
    ]
    known = [each for each in read if each]
    return max(known) if len(known) == len(read) else None


def asked_anew(receipts: Sequence[Receipt], part: Part, number: int) -> bool:
    """The version in force, `number`, says something else in a step the person was asked about."""
    own = present(receipts, part)
    if own and own.version_number != number:
        return False
    before = {piece for each in receipts if each is not own for piece in each.pieces}
    names = {_step(piece) for piece in before}
    return any(_step(piece) in names for piece in part.pieces - before)


def _step(piece: str) -> str:
    return piece.rpartition(":")[0]
