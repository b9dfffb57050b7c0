"""Read the secrets of the settings: from the setting itself, or from a file that it names."""

import os
import re
import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config import regular
from config.errors import ConfigError
from config.fields import WEBHOOK_SECRET
from config.logs import redacted
from config.settings import Settings

if TYPE_CHECKING:
    from pydantic import SecretStr

# What stands in a header as it is, and in no password twice.
_HERE = frozenset(("127.0.0.1", "::1", "localhost"))
_SENDABLE = re.compile(r"[!-~]+")


def telegram_token(settings: Settings) -> str | None:
    """Return the bot's token, from the setting itself or else from the file it names; None when neither is given.

    Raises ConfigError when the file is missing, others can read or change it, or it holds anything but one word.
    """
    return _secret_of(settings.telegram_token, settings.telegram_token_file, "telegram_token_file", "token")


def serve_token(settings: Settings) -> str | None:
    """Return the token of the HTTP channel, from the setting itself or else from the file it names; None without one.

    Raises ConfigError when the file is missing, readable by everybody, or holds anything but one word; also for a token
    that HTTP cannot carry.
    """
    token = _secret_of(settings.serve_token, settings.serve_token_file, "serve_token_file", "token")
    if token is not None and not _SENDABLE.fullmatch(token):
        raise ConfigError("serve_token: HTTP cannot carry this token; use letters and digits of ASCII")
    return token


def cluster_secrets(settings: Settings) -> tuple[str, str]:
    """Return the password and the API key of the cluster, each from the setting itself or the file it names; or "".

    Raises ConfigError as `telegram_token` does, and where they would travel in the open to another machine.
    """
    password = _secret_of(
        settings.cluster_password, settings.cluster_password_file, "cluster_password_file", "password"
    )
    key = _secret_of(settings.cluster_api_key, settings.cluster_api_key_file, "cluster_api_key_file", "key")
    for host in settings.cluster if password or key else ():
        parts = urlsplit(host)
        if parts.scheme != "https" and parts.hostname not in _HERE:
            raise ConfigError(f"cluster: {host}: a password or key goes to another machine by https:// alone")
    return password or "", key or ""


def webhook_secret(settings: Settings) -> str:
    """Return the secret of the webhook, from the setting itself or else from the file it names.

    Raises ConfigError when there is none, or one that Telegram does not accept: without it anybody could pretend to be
    Telegram.
    """
    file = settings.telegram_webhook_secret_file
    secret = _secret_of(settings.telegram_webhook_secret, file, "telegram_webhook_secret_file", "secret")
    if secret is None:
        raise ConfigError(
            "telegram_webhook_url: a webhook needs a secret; set QUOTH_TELEGRAM_WEBHOOK_SECRET, e.g. to the output of "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"`'
        )
    if not WEBHOOK_SECRET.fullmatch(secret):
        raise ConfigError(f"{file}: Telegram does not accept this secret; write 1 to 256 of A-Z a-z 0-9 _ - into it")
    return secret


def _secret_of(value: "SecretStr | None", file: Path | None, setting: str, what: str) -> str | None:
    """Return the secret, or the only word of a file that nobody else can read; None when neither is given."""
    if value is not None:
        return value.get_secret_value().strip() or None
    if file is None:
        return None
    # A token mistaken for a file name must not be shown either.
    place = redacted(str(file))
    try:
        content, state = regular.read(file)
        words = content.decode("utf-8").split()
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "not a text file"
        raise ConfigError(f"{place}: {cause}; set {setting} to a file that contains the {what}") from None
    if os.name == "posix" and (fault := _fault(state)):
        raise ConfigError(f"{place}: {fault} the {what}; run `chmod 600 {shlex.quote(place)}`")
    if len(words) != 1:
        raise ConfigError(f"{place}: contains {len(words)} words instead of one {what}; write only the {what} into it")
    return words[0]


def _fault(state: os.stat_result) -> str:
    """Return who else can read or change a secret, in words."""
    own = os.geteuid()
    if state.st_uid not in (own, 0):
        return "another account owns, and can change,"
    if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others can change"
    if state.st_mode & stat.S_IROTH:
        return "everybody can read"
    # What root owns can be given to this account by way of its group alone.
    return "its group can read" if state.st_mode & stat.S_IRGRP and state.st_uid == own else ""
