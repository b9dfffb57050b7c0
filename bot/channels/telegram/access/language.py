"""In which language the channel speaks, and what it says on the terminal of its owner."""

from telegram import Chat, User

from bot.catalogue import Catalogue
from bot.channels.telegram.memory.memory import Memory

READY = "Telegram: @{name} is listening."
READY_PAIRING = (
    "To make it yours, send it /pair {code} in a private chat, or open https://t.me/{name}?start=pair_{code}"
)
READY_PRIVATE = "Only its owners, and whom they let in, may ask; QUOTH_TELEGRAM_ACCESS=open lets everybody."


def catalogue_for(memory: Memory, chat: Chat | int, user: User | None) -> Catalogue:
    """Return the catalogue of the language to speak: the one chosen in that chat, else that of the person's app."""
    chosen = memory.language(chat if isinstance(chat, int) else chat.id)
    return Catalogue(chosen or (user.language_code if user else None))
