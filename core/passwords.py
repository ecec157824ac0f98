"""Passwords: argon2, worked out in threads and few at a time, for each takes 64 MB and 0.1 s."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash

from core.errors import Refused
from core.language import gettext as _

SHORTEST, LONGEST = 12, 200
_argon2 = PasswordHash.recommended()
# Sign-in attempts queue here, apart from other work: a flood of guesses delays only guesses.
_attempts = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sign-in")


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_argon2.hash, password)


async def is_right(password: str, hash_or_none: str | None) -> bool:
    """False for an unknown account too, after the same time as for a known one."""
    loop = asyncio.get_running_loop()
    right = await loop.run_in_executor(_attempts, _verify, password[:LONGEST], hash_or_none)
    return right and hash_or_none is not None


def refuse_weak(password: str, *, username: str) -> None:
    if len(password) < SHORTEST:
        sentence = _("Lösenordet behöver minst {count} tecken.").format(count=SHORTEST)
        raise Refused(sentence, field="password")
    if len(password) > LONGEST:
        sentence = _("Lösenordet får ha högst {count} tecken.").format(count=LONGEST)
        raise Refused(sentence, field="password")
    if username in password.lower() or len(set(password)) < 5:
        raise Refused(_("Lösenordet är för lätt att gissa."), field="password")


def _verify(password: str, hash_or_none: str | None) -> bool:
    return _argon2.verify(password, hash_or_none or _dummy_hash())


@cache
def _dummy_hash() -> str:
    return _argon2.hash("nobody has this password")
