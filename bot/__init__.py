"""The front door: whole answers, as every channel shows them.

    from bot import Answerer

    with Answerer.open("news.index") as answerer:
        answer = answerer.answer("When does the bridge close?")
        print(answer.state, [shown.passage.text for shown in answer.passages])

A name is loaded when it is first asked for. What is asked of the index alone stands in the package `index`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.answer import Answer, Answerer, AnswerPassage, AskOptions, Explanation
    from bot.conversation import FollowUp, follow_up
    from bot.policy import Policy

__all__ = ["Answer", "AnswerPassage", "Answerer", "AskOptions", "Explanation", "FollowUp", "Policy", "follow_up"]

_ELSEWHERE: Final = {"Policy": "bot.policy", "FollowUp": "bot.conversation", "follow_up": "bot.conversation"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, "bot.answer")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
