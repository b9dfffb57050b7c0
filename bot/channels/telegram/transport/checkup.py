"""What Telegram itself says about the bot: does the token work, and which of BotFather's switches stand wrong."""

from typing import Literal

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.transport.log_filter import redact_logs
from bot.channels.telegram.transport.proxies import Way, proxy_to
from bot.channels.telegram.transport.troubles import cause_of
from bot.printing import counted

Verdict = Literal["ok", "hint", "fail"]
Line = tuple[Verdict, str]


async def examined(options: TelegramOptions) -> list[Line]:
    """Return what Telegram says, as (verdict, line): "fail" keeps the bot from answering, a "hint" is a choice.

    Asks and changes nothing. No line holds the token. Raises `NetworkSettingsError` for a proxy or certificates that
    are named wrongly, `MissingExtraError` for a SOCKS proxy without the extra, `TokenError` for what can be no token.
    """
    options.check()
    with redact_logs(options.token):
        return await _asked(options)


async def _asked(options: TelegramOptions) -> list[Line]:
    way = Way(options.root, proxy_to(options.root, options.proxy))
    wire = HTTPXRequest(read_timeout=10, connect_timeout=5, httpx_kwargs=way.httpx)
    bot = Bot(options.token, base_url=f"{options.root}/bot", request=wire)
    try:
        await bot.initialize()
        return _proxy(way) + _switches(bot, await bot.get_webhook_info(), options)
    except InvalidToken:
        return [("fail", "the token is rejected; copy the current one from @BotFather")]
    except TelegramError as error:
        return [*_proxy(way), ("fail", f"{way.root} cannot be reached: {cause_of(error, way)}")]
    finally:
        await bot.shutdown()
        await wire.shutdown()


def _proxy(way: Way) -> list[Line]:
    return [] if way.proxy is None else [("ok", f"through the proxy {way.proxy.place}, from {way.proxy.named_by}")]


def _switches(bot: Bot, webhook: WebhookInfo, options: TelegramOptions) -> list[Line]:
    me = bot.bot
    lines: list[Line] = [("ok", f"the token is that of @{me.username}")]
    if me.supports_inline_queries:
        lines.append(("ok", f"inline mode is on: @{me.username} words"))
    else:
        lines.append(("hint", "inline mode is off; to ask from any chat, send /setinline to @BotFather"))
    if not me.can_join_groups:
        lines.append(("hint", "the bot cannot be added to groups; /setjoingroups changes that"))
    elif me.can_read_all_group_messages:
        lines.append(("hint", "privacy mode is off: Telegram sends every message of a group, and only those meant for "
                              "the bot are used; /setprivacy changes that"))  # fmt: skip
    else:
        lines.append(("ok", "privacy mode is on: in groups it sees commands, mentions and replies to it"))
    return lines + _webhook(webhook, options)


def _webhook(info: WebhookInfo, options: TelegramOptions) -> list[Line]:
    wanted = options.webhook.url if options.webhook is not None else ""
    if info.url == wanted:
        lines: list[Line] = [("ok", f"the webhook is set, {wanted}" if wanted else "no webhook is set")]
    elif not wanted:
        lines = [("hint", "a webhook is set, so another program may be taking the questions; "
                          "`quoth telegram` removes it and polls")]  # fmt: skip
    else:
        lines = [("hint", f"the webhook is not set to {wanted} yet; `quoth telegram` sets it")]
    if waiting := info.pending_update_count:
        wait = "waits; the next start takes it" if waiting == 1 else "wait; the next start takes them"
        lines.append(("hint", f"{counted(waiting, 'update')} {wait}"))
    if info.url and info.last_error_message:
        lines.append(("fail", f"Telegram could not reach the webhook: {info.last_error_message}"))
    return lines
