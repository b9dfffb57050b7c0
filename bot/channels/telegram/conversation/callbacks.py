"""What a press of a button does: Telegram is told first, always; then at most one message changes or comes."""

from dataclasses import replace
from typing import Literal, TypeVar

from telegram import CallbackQuery

from bot.answer import Answer
from bot.channels.telegram.access.door import Asker, Door, administers, asker
from bot.channels.telegram.conversation.browse import Lists
from bot.channels.telegram.conversation.callback import Outcome, Place, handled
from bot.channels.telegram.conversation.presenter import Presenter, Reader, keys_of
from bot.channels.telegram.conversation.questions import LONGEST_QUESTION
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.incoming import asked_in
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press, Seal
from bot.channels.telegram.messages.cards import page_before, page_card, page_from
from bot.channels.telegram.messages.keyboards import View, page_keyboard
from bot.channels.telegram.messages.sender import Sender

T = TypeVar("T")

_VOTES: dict[str, Literal[1, -1]] = {callback_data.HELPFUL: 1, callback_data.NOT_IT: -1}


class Callbacks:
    """Handles the buttons of answers; those of articles and lists are handed to browse.py."""

    def __init__(
        self,
        door: Door,
        memory: Memory,
        searches: Searches,
        presenter: Presenter,
        sender: Sender,
        seal: Seal,
        lists: Lists,
    ) -> None:
        self._door = door
        self._memory = memory
        self._searches = searches
        self._presenter = presenter
        self._sender = sender
        self._seal = seal
        self._lists = lists

    async def pressed(self, query: CallbackQuery) -> None:
        """Does what the button says, for whoever may press it."""
        await handled(query, self._memory, self._outcome)

    async def _outcome(self, query: CallbackQuery, place: Place) -> Outcome:
        press = self._seal.read(query.data or "", place.chat)
        private = place.chat > 0
        if not self._door.admits(Asker(place.presser.id, place.chat, private)):
            return place.alert("inline_private")
        if press is None:
            return place.alert("expired")
        kept = self._memory.answers.find(press.subject) if callback_data.about_answer(press) else None
        if press.op in _VOTES:
            return await self._voted(place, press, kept)
        if not private and not await self._may_turn(query, place, kept):
            return place.alert("ask_your_own")
        if kept is not None:
            return await self._turned(place, press, kept)
        return await (
            self._asked_again(place) if callback_data.about_answer(press) else self._lists.pressed(place, press)
        )

    async def _may_turn(self, query: CallbackQuery, place: Place, kept: StoredAnswer | None) -> bool:
        """Only whoever asked, and the group's administrators, change a message that all see."""
        asked = place.asked_by
        owner = kept.user if kept else asker(asked).user if asked else None
        if owner == place.presser.id:
            return True
        return await administers(query.get_bot(), place.chat, place.presser.id)

    async def _turned(self, place: Place, press: Press, kept: StoredAnswer) -> Outcome:
        view = View.of(press.argument)
        if press.op in (callback_data.BEFORE, callback_data.AFTER):
            return await self._page(place, press, kept, view)
        if press.op == callback_data.LIKE:
            return await self._more(place, kept, view)
        asked = SearchedQuestion.of(kept)
        if press.op == callback_data.EXACT:
            return await self._another_way(place, kept, asked.exactly())
        if press.op == callback_data.ALONE:
            return await self._another_way(place, kept, asked.alone())
        if press.op == callback_data.DROP:
            answer = await self._searches.answer(asked)
            narrowing = _nth(answer.narrowed, callback_data.number(press.argument))
            return await self._another_way(place, kept, asked.dropping(narrowing.key) if narrowing else asked)
        return await self._shown(place, kept, view)

    async def _shown(self, place: Place, kept: StoredAnswer, view: View) -> Outcome:
        """Another passage of the answer, or all its buttons; what the articles say now, when they have changed."""
        answer = await self._searches.answer(SearchedQuestion.of(kept))
        fresh = await self._presenter.renew(kept, SearchedQuestion.of(kept), answer)
        wanted = _nth(kept.passages, view.passage)
        if fresh.passages == kept.passages and wanted is not None:
            return self._with(place, fresh, answer, view)
        if wanted is None or wanted not in fresh.passages:
            return self._with(place, fresh, answer, replace(view, passage=0), "passage_gone", alert=True)
        view = replace(view, passage=keys_of(answer).index(wanted))
        return self._with(place, fresh, answer, view, "articles_changed")

    def _with(
        self, place: Place, kept: StoredAnswer, answer: Answer, view: View, key: str = "", *, alert: bool = False
    ) -> Outcome:
        said = place.say.text(key) if key else ""
        mine = self._memory.answers.votes(kept.id, place.presser.id).mine if place.chat > 0 else None

        async def then() -> None:
            if place.message is None:
                reader = Reader(place.presser.id, place.say)
                await self._presenter.present(place.target, reader, SearchedQuestion.of(kept), answer)
            else:
                await self._presenter.show(place.message_id, kept, answer, place.say, view, mine=mine)

        return Outcome(said, alert, then)

    async def _another_way(self, place: Place, kept: StoredAnswer, asked: SearchedQuestion) -> Outcome:
        """The same question searched differently, in the place of its answer."""
        answer = await self._searches.answer(asked)
        fresh = await self._presenter.renew(kept, asked, answer)
        return self._with(place, fresh, answer, View())

    async def _page(self, place: Place, press: Press, kept: StoredAnswer, view: View) -> Outcome:
        key = _nth(kept.passages, view.passage)
        opened = await self._searches.opened(key.article) if key else None
        if key is None or opened is None or view.place is None:
            return place.alert("passage_gone")
        at = min(view.place, len(opened.passages))
        forward = press.op == callback_data.AFTER and at < len(opened.passages)
        pages = page_from(opened.passages, at) if forward else page_before(opened.passages, max(at, 1))
        board = self._presenter.board(place.chat, place.say)
        blocks = page_card(opened, pages, place.say, key.position)
        markup = page_keyboard(board, opened, pages, kept.id, view)
        return Outcome(then=lambda: self._sender.put(place.target, place.editable, blocks, markup))

    async def _more(self, place: Place, kept: StoredAnswer, view: View) -> Outcome:
        key = _nth(kept.passages, view.passage)
        asked = await self._searches.like(key) if key else None
        if asked is None:
            return place.alert("passage_gone")
        answer = await self._searches.answer(asked)
        if not answer.passages:
            return place.alert("no_more_like_this")
        reader = Reader(place.presser.id, place.say)
        return Outcome(then=lambda: self._presenter.present(place.target, reader, asked, answer))

    async def _voted(self, place: Place, press: Press, kept: StoredAnswer | None) -> Outcome:
        view = View.of(press.argument)
        key = _nth(kept.passages, view.passage) if kept else None
        if kept is None or key is None:
            return place.alert("expired")
        votes = await self._memory.answers.vote(kept, place.presser.id, _VOTES[press.op], key)
        if votes is None:
            return place.alert("vote_not_kept")
        said = {1: "voted_up", -1: "voted_down", None: "vote_taken_back"}[votes.mine]
        if place.chat < 0:
            # Everyone's thumb counts here; a mark of one would be seen by all.
            return Outcome(place.say.text(said))
        shown = await self._shown(place, kept, view)
        return Outcome(shown.said or place.say.text(said), shown.alert, shown.then)

    async def _asked_again(self, place: Place) -> Outcome:
        """An answer that is no longer remembered is made anew from the question that its message replies to."""
        asking = place.asked_by
        question = asked_in(asking, self._presenter.mentions) if asking is not None else ""
        if asking is None or not question or len(question) > LONGEST_QUESTION:
            return place.alert("expired")
        asked = SearchedQuestion(question)
        answer = await self._searches.answer(asked)
        kept = StoredAnswer(place.chat, asker(asking).user, question, answer.state)
        kept = replace(kept, thread=place.target.thread, asked_in=asking.message_id, sent_as=place.message_id)
        fresh = await self._presenter.renew(kept, asked, answer)
        return self._with(place, fresh, answer, View())


def _nth(those: tuple[T, ...], number: int) -> T | None:
    return those[number] if number < len(those) else None
