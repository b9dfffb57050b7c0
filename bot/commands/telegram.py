"""Run `quoth telegram`: make the channel from the settings."""

from typing import TYPE_CHECKING

from bot.commands import exit_codes, parts, renewal, watching
from bot.printing import out

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramOptions
    from config.settings import Settings


def run(settings: "Settings", *, take_over: bool, new_code: bool) -> int:
    """Answer in Telegram until stopped. Raises TokenError, ConfigError, MissingExtraError or ChannelError."""
    import asyncio

    from bot.channels.telegram import serve

    channel = options(settings, take_over=take_over, new_code=new_code)
    renewal.renew(settings)
    with parts.answerer(settings, lives_long=True) as answerer:
        return asyncio.run(serve(channel, answerer, on_ready=_tell))


def _tell(text: str) -> None:
    """Print what the owner is told; a bot answers on where nobody can read that, as on a full disk."""
    try:
        out(text, flush=True)
    except OSError:
        exit_codes.discard_output()


def options(settings: "Settings", *, take_over: bool = False, new_code: bool = False) -> "TelegramOptions":
    """Return the channel's options. Raises TokenError without a token, ConfigError for bad secrets."""
    from bot.channels.telegram import FloodLimits, TelegramOptions, WebhookOptions
    from bot.commands.library import ProcessLibrary
    from bot.errors import TokenError
    from config.fields import host_and_port
    from config.secrets import telegram_token, webhook_secret

    token = telegram_token(settings)
    if token is None:
        raise TokenError(
            "Telegram: no token; get one from @BotFather and set QUOTH_TELEGRAM_TOKEN, "
            "or set QUOTH_TELEGRAM_TOKEN_FILE to a file that contains it"
        )
    webhook, metrics = None, settings.telegram_metrics_listen
    if settings.telegram_webhook_url is not None:
        host, port = host_and_port(settings.telegram_webhook_listen)
        webhook = WebhookOptions(settings.telegram_webhook_url, webhook_secret(settings), host, port)
    return TelegramOptions(
        token,
        settings.telegram_base_url,
        settings.telegram_access,
        frozenset(settings.telegram_allowed),
        settings.data_dir,
        settings.passages,
        leave_groups=settings.telegram_leave_groups,
        webhook=webhook,
        metrics=host_and_port(metrics) if metrics is not None else None,
        library=ProcessLibrary(settings),
        watcher=watching.watcher(settings, posts_only=not settings.watch),
        flood=FloodLimits(hourly=settings.telegram_hourly),
        proxy=settings.telegram_proxy.get_secret_value() if settings.telegram_proxy is not None else None,
        take_over=take_over,
        new_code=new_code,
    )
