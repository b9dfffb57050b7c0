"""Words that stand for what was named before, and the words of a question that are left without them.

"When does it leave?" says no more than "leave": the rest asks, or points back. In languages that leave a pronoun out,
or join it to the verb, a question is as short as that by itself.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from bot.interrogatives import question_words
from index import QuestionTerm, is_function_word

_PRONOUNS: Final = MappingProxyType(
    {
        "en": "he him his himself she her hers herself it its itself they them their theirs themselves this that these "
        "those there then",
        "de": "er ihn ihm sein seine seinen seinem seiner seines sie ihr ihre ihren ihrem ihrer ihnen es dessen deren "
        "dieser diese dieses diesen diesem dort damals davon dafür dazu darüber",
        "es": "él ella ello ellos ellas lo le les su sus suyo suya eso esto ese esa esos esas aquel aquella allí allá "
        "ahí entonces",
        "fr": "il elle ils elles lui leur leurs son sa ses celui celle ceux celles cela ça ceci ce cet cette y "
        "là alors",
        "it": "lui lei loro esso essa essi esse egli suo sua suoi sue questo questa quello quella ciò lì là allora",
        "pt": "ele ela eles elas lhe lhes seu sua seus suas dele dela deles delas isso isto esse essa este esta aquilo "
        "lá ali então",
        "nl": "hij hem zijn zij ze haar hun hen het dit dat deze die daar er toen",
        "ca": "ell ella ells elles li els seu seva seus seves això allò aquest aquesta allà hi llavors",
        "ro": "el ea ei ele lui lor îl îi său sa săi sale acesta aceasta aceștia acestea acela aceea asta acolo atunci",
        "sv": "han honom hans hon henne hennes den det dess de dem deras denna detta dessa där då",
        "da": "han ham hans hun hende hendes den det dens dets de dem deres denne dette disse der da",
        "no": "han ham hans hun henne hennes den det dens dets de dem deres denne dette disse der da",
        "pl": "on ona ono oni one jego jej ich go jemu mu nim nią nimi niej nich to ten ta te tam wtedy",
        "cs": "on ona ono oni jeho její jejich ho mu ji jim jimi něm ní nich to ten ta ty tam tehdy",
        "ru": "он она оно они его него ему им ём нём ней её ее ей них ими ним ними нему неё нее это этот эта эти этом "
        "этого этой этих тот та те там тогда туда",
        "uk": "він вона воно вони його йому ним ньому нею неї її їй них їх їм ними це цей ця ці там тоді туди",
        "tr": "o onu ona onun onda ondan onlar onları onlara onların bu bunu buna bunun bunlar şu orada oraya burada",
        "el": "αυτός αυτή αυτό αυτοί αυτές αυτά τον την το τους τις τα του της εκεί τότε",
        "ar": "هو هي هم هن هما هذا هذه ذلك تلك هؤلاء هناك به بها بهم له لها لهم فيه فيها فيهم عنه عنها عنهم منه منها "
        "منهم عليه عليها عليهم إليه إليها إليهم معه معها معهم",
        "fa": "او آن این آنها آن‌ها اینها این‌ها ایشان وی آنجا اینجا آنان همان همین",
        "he": "הוא היא הם הן זה זו זאת אלה שלו שלה שלהם בו בה שם",
        "hi": "वह वे यह ये उस उसे उसका उसकी उसके उन उन्हें उनका उनकी उनके इस इसे इसका इसकी इसके इन वहाँ वहां तब",
        "vi": "nó họ ông_ấy bà_ấy anh_ấy cô_ấy đó này ấy đấy",
        "id": "dia ia mereka itu ini beliau sana",
        "zh": "它 他 她 它们 他们 她们 它們 他們 她們 这 那 這",
        "ja": "それ これ あれ 彼 彼女 彼ら そこ",
        "ko": "그것 이것 그 그녀 그들 거기",
    }
)
_UNSPACED: Final = frozenset({"zh", "ja"})


def has_pronoun(question: str, language: str) -> bool:
    """Return whether a word of the question stands for something that was named before.

    >>> has_pronoun("When does it leave?", "en"), has_pronoun("When does the ferry leave?", "en")
    (True, False)
    """
    return bool(_spans(question, language))


def own_terms(question: str, terms: Sequence[QuestionTerm], language: str) -> list[QuestionTerm]:
    """Return the terms that say what the question is about; `terms` may be those of a longer question it begins.

    Function words, pronouns and question words say nothing of that.
    """
    spans = [*_spans(question, language), *question_words(question, language)]
    return [
        term
        for term in terms
        if term.end <= len(question)
        and not is_function_word(question[term.start : term.end], language)
        and not any(start < term.end and term.start < end for start, end in spans)
    ]


def _spans(question: str, language: str) -> list[tuple[int, int]]:
    """Return where the pronouns of a question stand."""
    pattern = _pattern(language)
    return [match.span() for match in pattern.finditer(question)] if pattern is not None else []


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    words = [word.replace("_", " ") for word in _PRONOUNS.get(language, "").split()]
    if not words:
        return None
    forms = {form for word in words for form in (word, unicodedata.normalize("NFD", word))}
    either = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    # Joiners and vowel signs belong to a word, though they are no letters to `\w`.
    letter = r"[\w\u0300-\u036f\u0900-\u0dff\u200c]"
    return re.compile(either if language in _UNSPACED else rf"(?<!{letter})(?:{either})(?!{letter})", re.IGNORECASE)
