"""In which language the channel speaks, and what it says on the terminal of its owner."""

from telegram import User

from bot.catalogue import Catalogue

READY = "Telegram: @{name} is listening."
READY_PAIRING = (
    "To make it yours, send it /pair {code} in a private chat, or open https://t.me/{name}?start=pair_{code}"
)
ANOTHERS = (
    "{folder} was the folder of bot {before}: its owners and answers are set aside and come back with its token. "
    "To give its owners to this bot, run `quoth telegram --take-over` once."
)
TAKEN_OVER = "The owners of the bot before are the owners of this one ({owners})."
READY_PRIVATE = "Only its owners, and whom they let in, may ask; QUOTH_TELEGRAM_ACCESS=open lets everybody."


def catalogue_for(chosen: str | None, user: User | None) -> Catalogue:
    """Return the catalogue of the language to speak: the one `chosen` in the chat, else that of the person's app."""
    return Catalogue(chosen or (user.language_code if user else None))
