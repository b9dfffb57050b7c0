"""A message that is about to leave, and what can be left out of it when Telegram refuses a part."""

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from telegram import ForceReply, InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ParseMode

Markup = InlineKeyboardMarkup | ForceReply | None
Part = Literal["topic", "quote", "reply", "buttons", "formatting", "all but its text"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)

# What Telegram says when it refuses a part: words of the description of a 400, in small letters.
_REFUSALS: Final[dict[Part, tuple[str, ...]]] = {
    "topic": ("thread not found", "topic_deleted", "topic_id_invalid", "topic not found", "message_thread_id"),
    "quote": ("quote",),
    "reply": ("replied not found", "reply not found", "reply_message_id", "reply_to", "message_id_invalid"),
    "formatting": ("can't parse entities", "entit", "too long"),
    "buttons": ("button", "keyboard", "markup", "query_too_long", "copy_text"),
}
_UNCHANGED: Final = "message is not modified"
# Nothing that is left out changes these.
_NOT_TAKEN: Final = (
    _UNCHANGED,
    "topic_closed",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "write_forbidden",
    "send_plain_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_is_blocked",
    "deactivated",
)


def is_unchanged(description: str) -> bool:
    """Return whether an edit was refused because the message shows that already."""
    return _UNCHANGED in description.lower()


def refused_part(description: str) -> Part | None:
    """Return which part of a message Telegram refuses; None when it takes no message there at all.

    >>> refused_part("Bad Request: BUTTON_URL_INVALID"), refused_part("Bad Request: TOPIC_CLOSED")
    ('buttons', None)
    """
    said = description.lower()
    if any(words in said for words in _NOT_TAKEN):
        return None
    return next((part for part, words in _REFUSALS.items() if any(word in said for word in words)), "all but its text")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is sent: `text` in the form that `mode` names, `plain` the same without formatting, a part of a topic
    (`thread`) and a reply or neither, and what stands under it."""

    text: str
    mode: ParseMode | None
    plain: str
    markup: Markup = None
    thread: int | None = None
    reply: ReplyParameters | None = None

    def without(self, part: Part) -> "Draft | None":
        """Return the message without a part that was refused; None when it has none that could be left out."""
        bare = Draft(self.plain, None, self.plain)
        thinner = {
            # A reply leads into its topic, too.
            "topic": replace(self, thread=None, reply=self.reply if self.thread is not None else None),
            "quote": replace(self, reply=_unquoted(self.reply)),
            "reply": replace(self, reply=None),
            "buttons": replace(self, markup=_fewer(self.markup)),
            "formatting": replace(self, text=self.plain, mode=None),
            "all but its text": bare,
        }[part]
        if thinner != self:
            return thinner
        return bare if bare != self else None


def _unquoted(reply: ReplyParameters | None) -> ReplyParameters | None:
    if reply is None or reply.quote is None:
        return None
    return ReplyParameters(reply.message_id, allow_sending_without_reply=True)


def _fewer(markup: Markup) -> Markup:
    """Return the buttons that only the bot hears of, which Telegram has no reason to refuse; then none."""
    if not isinstance(markup, InlineKeyboardMarkup):
        return None
    rows = [[button for button in row if button.callback_data is not None] for row in markup.inline_keyboard]
    kept = InlineKeyboardMarkup([row for row in rows if row])
    return kept if kept.inline_keyboard and kept != markup else None
