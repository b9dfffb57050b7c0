"""Everything the channel says in its own words. Plain text: nothing here is parsed as HTML."""

from telegram import Chat, User

from bot.catalogue import Catalogue
from bot.channels.telegram.memory import Memory

LONGEST_QUESTION = 500

HELP_PRIVATE = (
    "Send me a question in a message of its own, or write /ask and the question. "
    "I answer with the passages of my articles that fit best, word for word."
)
HELP_GROUP = "Ask me with /ask and your question, by mentioning {name}, or by replying to one of my messages."
EXPLAIN_ASK = "Write your question after the command, like this:\n/ask Who built the lighthouse?"
UNKNOWN = "I do not know this command. " + HELP_PRIVATE
ONLY_TEXT = "I can only read text questions."
TOO_LONG = f"Please ask in one or two sentences ({LONGEST_QUESTION} characters at most)."
PRIVATE_BOT = "This bot is private. Your id is {user}."
HOW_TO_PAIR = "If it is yours: send /pair and the code that its terminal shows."
PREPARING = "My library is being prepared. Try in a minute."
BROKEN = "Something went wrong on my side (ref {ref}). Please try again."
INTERRUPTED = "I was stopped while I answered this. If you see no answer, please ask again."
AWAY = "I was away when you asked. Please ask again."

PAIR_EXPLAIN = "Send /pair and the code that the terminal of this bot shows, like this:\n/pair ABCD2345"
PAIR_IN_PRIVATE = "Send the code to me in a private chat; here everyone can read it."
PAIRED = "Paired: this bot is yours now. " + HELP_PRIVATE + " In a group, /pair lets everyone there ask."
PAIRED_NOT_KEPT = "Paired until I restart: I cannot write it down at the moment (see my log)."
PAIRED_ALREADY = "You are paired already. " + HELP_PRIVATE
PAIR_WRONG = "That is not the code. Look at the terminal of this bot and try again."
PAIR_CLOSED = "Pairing is closed. Restart this bot to get a new code."
GROUP_OPENED = "Everyone in this group may ask me now. " + HELP_GROUP

MENU_PRIVATE = (("ask", "Ask a question"), ("help", "How to ask"))

READY = "Telegram: @{name} is listening."
READY_PAIRING = (
    "To make it yours, send it /pair {code} in a private chat, or open https://t.me/{name}?start=pair_{code}"
)

# First strong isolate and its end: a title in another direction does not turn the line around.
_ISOLATE = "\u2068{}\u2069"


def spoken(memory: Memory, chat: Chat | int, user: User | None) -> Catalogue:
    """The catalogue of the language to speak: the one chosen in that chat, else that of the person's app."""
    chosen = memory.language(chat if isinstance(chat, int) else chat.id)
    return Catalogue(chosen or (user.language_code if user else None))


def welcome(titles: list[str]) -> str:
    """The first message: how to ask, and what there is to ask about.

    `welcome(["The lighthouse"])` ends with `For example, I know these articles:` and one line `• The lighthouse`.
    """
    if not titles:
        return "Hello! " + HELP_PRIVATE
    lines = [f"• {_ISOLATE.format(shortened(' '.join(title.split()), 100))}" for title in titles]
    return f"Hello! {HELP_PRIVATE}\n\nFor example, I know these articles:\n" + "\n".join(lines)


def shortened(text: str, units: int) -> str:
    """`text`, cut to at most `units` UTF-16 units with `…` at its end if it was longer.

    `shortened("a long story", 7)` -> `"a long…"`
    """
    if len(text.encode("utf-16-le", "replace")) // 2 <= units:
        return text
    kept = text.encode("utf-16-le", "replace")[: 2 * (units - 1)].decode("utf-16-le", "ignore")
    return kept.rstrip() + "…"
