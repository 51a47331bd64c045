"""Passwords: hashed by argon2, one at a time, for each hash takes 64 MiB while it is made."""

import functools
import secrets
import threading
from typing import TYPE_CHECKING

from knowledge import KnowledgeError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 12  # characters (NIST SP 800-63B asks for 8, and for 15 where a password stands alone)
LONGEST_PASSWORD = 256
_one_at_a_time = threading.Lock()


@functools.cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # only who signs in needs it

    return PasswordHasher()


@functools.cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex())


def hash_password(password: str) -> str:
    """The argon2 hash of a new password; KnowledgeError where it is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise KnowledgeError(f"パスワードは {SHORTEST_PASSWORD} 文字以上、{LONGEST_PASSWORD} 文字までにしてください。")
    with _one_at_a_time:
        return _hasher().hash(password)


def password_fits(hashed: str, password: str) -> bool:
    """Whether a password is the hashed one. An empty hash, as of an account nobody has, takes just as long."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _one_at_a_time:
        nobodys = _nobodys()  # made for whoever comes first, or only an unknown name would wait for it
        try:
            return _hasher().verify(hashed or nobodys, password[: LONGEST_PASSWORD + 1]) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False


def hash_is_outdated(hashed: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(hashed)
