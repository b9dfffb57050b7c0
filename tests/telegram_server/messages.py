"""The methods that send, edit and delete messages and files."""

from collections import defaultdict
from typing import Any

from tests.telegram_server.html import EntityError, parse_html, tidy, utf16
from tests.telegram_server.keyboard import reply_markup
from tests.telegram_server.updates import Updates
from tests.telegram_server.wire import JSON, ApiError, Arguments, Sent, as_sent, bad
from tests.telegram_server.world import BOT_ID

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_RAW = 32768
LARGEST_DOWNLOAD = 20 * 1024 * 1024
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
ACTIONS = {"typing", "upload_photo", "upload_document", "find_location", "choose_sticker", "record_voice"}
REACTIONS = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🙏👌🕊🤡🥱🥴😍🐳💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀"
    "🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
)


class Messages(Updates):
    """What the bot wrote: `messages` in the order of sending, as sent; `_edits` every later state of each."""

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.messages: list[Sent] = []
        self.drafts: list[Arguments] = []
        self.deleted: list[tuple[int, int]] = []
        self._edits: dict[tuple[int, int], list[Sent]] = defaultdict(list)

    def sent(self, chat: int | None = None) -> list[Sent]:
        """What the bot sent (to that chat), in order, delivered messages only."""
        return [message for message in self.messages if chat is None or message.chat == chat]

    def edits_of(self, message: Sent) -> list[Sent]:
        """Each state that an edit gave to a message of the bot, in order."""
        return list(self._edits[message.chat, message.id])

    def now(self, message: Sent) -> Sent:
        """A message of the bot as it is now; LookupError when it was deleted."""
        return as_sent(self.world.messages[message.chat, message.id], message.arguments)

    async def sendMessage(self, arguments: Arguments) -> JSON:  # noqa: N802
        text, entities = formatted(arguments)
        markup = reply_markup(arguments)
        chat = self.world.writable(arguments)
        return self._send(chat, arguments, markup, text=text, entities=entities)

    async def sendDocument(self, arguments: Arguments) -> JSON:  # noqa: N802
        chat = self.world.writable(arguments)
        upload = arguments.files.get("document") or self._attached(arguments)
        if upload is None:
            raise bad("there is no document in the request")
        if not upload.content:
            raise bad("file must be non-empty")
        caption: str = ""
        entities: list[JSON] = []
        if arguments.get("caption"):
            caption, entities = formatted(arguments, "caption")
        markup = reply_markup(arguments)
        extra: JSON = {"document": self.world.document(upload)}
        if caption:
            extra |= {"caption": caption} | ({"caption_entities": entities} if entities else {})
        return self._send(chat, arguments, markup, **extra)

    def _attached(self, arguments: Arguments) -> Any:
        wanted = arguments.get("document", "")
        if wanted.startswith("attach://"):
            return arguments.files.get(wanted.removeprefix("attach://"))
        if wanted and wanted not in self.world.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return self.world.files.get(wanted)

    def _send(self, chat: int, arguments: Arguments, markup: JSON | None, **content: Any) -> JSON:
        self.world.hurried(chat)
        reply_to = self.world.replied(chat, arguments)
        thread = self.world.topic(chat, arguments, reply_to)
        self.world.open_to_bot(chat, thread)
        extra = {key: value for key, value in content.items() if key not in {"text", "entities"}}
        if markup:
            extra["reply_markup"] = markup
        direct = self.world.direct(chat, arguments)
        if direct:
            extra["direct_messages_topic"] = {"topic_id": direct}
        sender = self.world.itself()
        text, entities = content.get("text"), content.get("entities", [])
        made = self.world.message(chat, text, entities, sender=sender, reply_to=reply_to, thread=thread, **extra)
        self.messages.append(as_sent(made, arguments))
        self._notify()
        return made

    async def editMessageText(self, arguments: Arguments) -> Any:  # noqa: N802
        text, entities = formatted(arguments)
        markup = reply_markup(arguments)
        if arguments.get("inline_message_id"):
            return self._inline_edited(arguments)
        message = self._editable(arguments)
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        fields: JSON = {"text": text, "entities": entities or None, "reply_markup": markup}
        return self._edited(message, arguments, fields)

    async def editMessageReplyMarkup(self, arguments: Arguments) -> Any:  # noqa: N802
        markup = reply_markup(arguments)
        if arguments.get("inline_message_id"):
            return self._inline_edited(arguments)
        return self._edited(self._editable(arguments), arguments, {"reply_markup": markup})

    def _inline_edited(self, arguments: Arguments) -> bool:
        """A message that was sent through inline mode: it is in no chat that the bot sees."""
        raise bad(f"MESSAGE_ID_INVALID: no message {arguments['inline_message_id']}")

    def _editable(self, arguments: Arguments) -> JSON:
        chat = self.world.writable(arguments)
        self.world.hurried(chat)
        if not arguments.number("message_id"):
            raise bad("message identifier is not specified")
        message = self.world.named(chat, arguments, "edit")
        if message.get("from", {}).get("id") != BOT_ID:
            raise bad("message can't be edited")
        return message

    def _edited(self, message: JSON, arguments: Arguments, fields: JSON) -> JSON:
        if all(message.get(name) == value for name, value in fields.items()):
            raise bad(NOT_MODIFIED)
        made = self.world.changed(message, **fields)
        self._edits[made["chat"]["id"], made["message_id"]].append(as_sent(made, arguments))
        self._notify()
        return made

    async def deleteMessage(self, arguments: Arguments) -> bool:  # noqa: N802
        chat = self.world.writable(arguments)
        message = self.world.named(chat, arguments, "delete")
        theirs = message.get("from", {}).get("id") != BOT_ID
        if theirs and chat < 0 and self.world.status(chat, BOT_ID) != "administrator":
            raise bad("message can't be deleted")
        del self.world.messages[chat, message["message_id"]]
        self.deleted.append((chat, message["message_id"]))
        self._notify()
        return True

    async def sendChatAction(self, arguments: Arguments) -> bool:  # noqa: N802
        self.world.topic(self.world.writable(arguments), arguments)
        if arguments.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    async def sendMessageDraft(self, arguments: Arguments) -> bool:  # noqa: N802
        chat = self.world.writable(arguments)
        if chat < 0:
            raise bad("TEXTDRAFT_PEER_INVALID")
        if not arguments.number("draft_id"):
            raise bad("draft identifier must be non-zero")
        if arguments.get("text"):
            formatted(arguments)
        self.drafts.append(arguments)
        self._notify()
        return True

    async def setMessageReaction(self, arguments: Arguments) -> bool:  # noqa: N802
        chat = self.world.writable(arguments)
        self.world.named(chat, arguments, "react")
        reactions = arguments.json("reaction", "reaction") or []
        if len(reactions) > 1:
            raise bad("REACTIONS_TOO_MANY")
        for reaction in reactions:
            if reaction.get("type") != "emoji" or reaction.get("emoji", "").rstrip("\ufe0f") not in REACTIONS:
                raise bad("REACTION_INVALID")
        return True

    async def getFile(self, arguments: Arguments) -> JSON:  # noqa: N802
        name = arguments.get("file_id", "")
        upload = self.world.files.get(name)
        if upload is None:
            raise bad("invalid file_id" if not name else "wrong file_id or the file is temporarily unavailable")
        if len(upload.content) > LARGEST_DOWNLOAD:
            raise bad("file is too big")
        size = len(upload.content)
        return {
            "file_id": name,
            "file_unique_id": f"AgAD{name[-6:]}",
            "file_size": size,
            "file_path": f"documents/{name}",
        }

    def downloaded(self, path: str) -> bytes:
        """The file under a path that getFile gave."""
        upload = self.world.files.get(path.removeprefix("documents/"))
        if upload is None:
            raise ApiError(404, "Not Found")
        return upload.content


def formatted(arguments: Arguments, field: str = "text") -> tuple[str, list[JSON]]:
    """The text of a call and its entities, checked in the real server's order."""
    caption = field == "caption"
    raw = arguments.get(field, "")
    if not raw:
        raise bad("message text is empty")
    if len(raw.encode("utf-8", "surrogatepass")) > LONGEST_RAW:
        raise bad("text is too long")
    entities = arguments.json("caption_entities" if caption else "entities", "entities") or []
    text, entities = marked(raw, arguments.get("parse_mode", ""), entities)
    if not text and not caption:
        raise bad("message text is empty")
    if utf16(text) > (LONGEST_CAPTION if caption else LONGEST_TEXT):
        raise bad("message caption is too long" if caption else "message is too long")
    return text, entities


def marked(raw: str, mode: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    """A text and its entities after the parse mode, or else the entities given, tidied as the server does."""
    text = raw
    if mode.lower() == "html":
        try:
            text, entities = parse_html(raw)
        except EntityError as error:
            raise bad(f"can't parse entities: {error}") from None
    elif mode:
        raise bad("unsupported parse_mode")
    return tidy(text, entities)
