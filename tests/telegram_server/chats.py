"""The methods about chats, their members, and how the bot presents itself."""

import re
from typing import Any

from tests.telegram_server.queries import Queries
from tests.telegram_server.wire import JSON, ApiError, Arguments, bad
from tests.telegram_server.world import BOT_ID

_SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}


class Chats(Queries):
    """`commands`: the menus by (type of scope, its chat or 0, language or ""); `profile`: what the rest was told."""

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.commands: dict[tuple[str, int, str], list[JSON]] = {}
        self.profile: dict[tuple[str, str], Any] = {}

    async def getMe(self, _arguments: Arguments) -> JSON:  # noqa: N802
        return self.world.bot

    async def setMyCommands(self, arguments: Arguments) -> bool:  # noqa: N802
        commands = arguments.json("commands", "commands") or []
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command.get("description", "")) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[self._menu(arguments)] = commands
        self._notify()
        return True

    async def getMyCommands(self, arguments: Arguments) -> Any:  # noqa: N802
        return self.commands.get(self._menu(arguments), [])

    async def deleteMyCommands(self, arguments: Arguments) -> bool:  # noqa: N802
        self.commands.pop(self._menu(arguments), None)
        return True

    def _menu(self, arguments: Arguments) -> tuple[str, int, str]:
        scope = arguments.json("scope", "bot command scope") or {"type": "default"}
        if scope.get("type") not in _SCOPES:
            raise bad("can't parse BotCommandScope: Unsupported type specified")
        chat = int(scope.get("chat_id", 0))
        if chat and chat not in self.world.chats:
            raise bad("chat not found")
        return scope["type"], chat, _language(arguments)

    async def setMyDescription(self, arguments: Arguments) -> bool:  # noqa: N802
        return self._described("description", arguments, 512)

    async def setMyShortDescription(self, arguments: Arguments) -> bool:  # noqa: N802
        return self._described("short_description", arguments, 120)

    def _described(self, field: str, arguments: Arguments, longest: int) -> bool:
        if len(arguments.get(field, "")) > longest:
            raise bad(f"bot {field.replace('_', ' ')} is too long")
        self.profile[field, _language(arguments)] = arguments.get(field, "")
        return True

    async def setChatMenuButton(self, arguments: Arguments) -> bool:  # noqa: N802
        button = arguments.json("menu_button", "menu button") or {"type": "default"}
        if button.get("type") not in {"commands", "web_app", "default"}:
            raise bad("MenuButton has unsupported type")
        self.profile["menu_button", arguments.get("chat_id", "")] = button
        return True

    async def getChat(self, arguments: Arguments) -> JSON:  # noqa: N802
        chat = self.world.writable(arguments)
        return self.world.chats[chat] | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}

    async def getChatMember(self, arguments: Arguments) -> JSON:  # noqa: N802
        chat, user = self.world.writable(arguments), arguments.number("user_id")
        if user <= 0:
            raise bad("invalid user_id specified")
        return self._member(chat, user)

    async def getChatAdministrators(self, arguments: Arguments) -> list[JSON]:  # noqa: N802
        chat = self.world.writable(arguments)
        if chat > 0:
            raise bad("there are no administrators in the private chat")
        return [self._member(chat, user) for user in self.world.admins.get(chat, {})]

    def _member(self, chat: int, user: int) -> JSON:
        status = self.world.status(chat, user)
        shown = self.world.itself() if user == BOT_ID else self.world.person(user)
        member: JSON = {"status": status, "user": shown}
        if status == "creator":
            member["is_anonymous"] = False
        elif status == "administrator":
            member |= dict.fromkeys(RIGHTS, True) | {"is_anonymous": False}
        elif status == "kicked":
            member["until_date"] = 0
        return member

    async def leaveChat(self, arguments: Arguments) -> bool:  # noqa: N802
        chat = self.world.writable(arguments)
        if chat > 0:
            raise bad("chat member status can't be changed in private chats")
        self.world.shut[chat] = f"bot is not a member of the {self.world.chats[chat]['type']} chat"
        self._notify()
        return True


_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def _language(arguments: Arguments) -> str:
    language = arguments.get("language_code", "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise ApiError(400, "Bad Request: BOT_LANG_CODE_INVALID")
    return language
