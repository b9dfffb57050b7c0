"""Greetings, thanks and farewells: what people say to a program that answers, and no article has to.

They get a friendly line instead of a search. Only a message that says nothing else counts, in any language of the
interface and whatever its marks and capitals.
"""

from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from index import fold_text

SmallTalk = Literal["greeting", "you_are_welcome", "goodbye"]

# Phrases are set apart by bars.
_PHRASES: Final[MappingProxyType[SmallTalk, str]] = MappingProxyType(
    {
        "greeting": "hi|hello|hey|hiya|yo|hi there|hello there|hey there|hey bot|hi bot|hello bot|hi all|"
        "good morning|good afternoon|good evening|good day|greetings|howdy|how are you|how are you doing|"
        "how are you today|how do you do|how is it going|how's it going|what's up|whats up|sup|"
        "hello how are you|hi how are you|hola|buenas|buenos días|buenas tardes|buenas noches|hola bot|"
        "hola a todos|qué tal|hola qué tal|cómo estás|cómo está|qué pasa|saludos|привет|приветик|"
        "здравствуй|здравствуйте|добрый день|добрый вечер|доброе утро|доброго дня|доброго времени суток|"
        "привет бот|хай|как дела|как ты|как вы|как поживаешь|привет как дела|салют|مرحبا|مرحبًا|مرحبا بك|"
        "أهلا|أهلا وسهلا|اهلا وسهلا|أهلا بك|السلام عليكم|السلام عليكم ورحمة الله|"
        "السلام عليكم ورحمة الله وبركاته|سلام|سلام عليكم|صباح الخير|مساء الخير|صباح النور|هاي|كيف حالك|"
        "كيف الحال|كيفك|سلام علیکم|درود|درود بر شما|صبح بخیر|ظهر بخیر|عصر بخیر|شب بخیر|وقت بخیر|روز بخیر|"
        "خوبی|خوبید|حالت چطوره|چطوری|چطورید|حال شما چطور است|سلام خوبی|سلام خوبید",
        "you_are_welcome": "thanks|thank you|thanks a lot|thanks so much|thank you so much|thank you very much|"
        "many thanks|thx|ty|tnx|thank u|cheers|much appreciated|thanks bot|thank you bot|great thanks|ok thanks|"
        "okay thanks|ok thank you|thanks that helped|thanks a lot that helped|that helped thanks|"
        "thank you that helped|perfect thanks|good bot|ok|okay|got it|great|perfect|okay cool|well done|"
        "gracias|muchas gracias|mil gracias|muchísimas gracias|gracias bot|vale gracias|ok gracias|"
        "perfecto gracias|te lo agradezco|se lo agradezco|vale|perfecto|genial|entendido|спасибо|"
        "спасибо большое|большое спасибо|спасибо огромное|огромное спасибо|благодарю|благодарю вас|спс|"
        "пасиб|спасибо бот|хорошо спасибо|ок спасибо|спасибо вам|ок|окей|хорошо|понятно|понял|поняла|"
        "ясно|отлично|супер|شكرا|شكرًا|شكرا لك|شكرا جزيلا|شكرا كثيرا|ألف شكر|مشكور|أشكرك|جزاك الله خيرا|"
        "تمام شكرا|شكرا لكم|تمام|حسنا|فهمت|ممتاز|رائع|ممنون|ممنونم|مرسی|مرسي|متشکرم|متشکر|تشکر|سپاس|"
        "سپاسگزارم|خیلی ممنون|خیلی ممنونم|با تشکر|دستت درد نکند|دمت گرم|دست شما درد نکند|باشه ممنون|باشه|"
        "فهمیدم|عالی|خوبه",
        "goodbye": "bye|goodbye|good bye|bye bye|see you|see you later|see ya|good night|farewell|take care|"
        "have a nice day|until next time|thanks bye|adiós|chao|hasta luego|hasta pronto|hasta mañana|"
        "nos vemos|hasta la vista|que descanses|пока|до свидания|до встречи|до завтра|всего доброго|"
        "всего хорошего|спокойной ночи|прощай|прощайте|удачи|وداعا|مع السلامة|إلى اللقاء|الى اللقاء|"
        "تصبح على خير|في أمان الله|باي|خداحافظ|خدانگهدار|خدا حافظ|بدرود|فعلا|تا بعد|به امید دیدار|"
        "شبت بخیر",
    }
)


def small_talk(text: str) -> SmallTalk | None:
    """Return the key of the line that answers a message, when it is nothing but small talk.

    >>> small_talk("Thanks a lot!"), small_talk("¡Buenos días!"), small_talk("Thanks for the ferry")
    ('you_are_welcome', 'greeting', None)
    """
    return _kinds().get(fold_text(text).strip())


@cache
def _kinds() -> dict[str, SmallTalk]:
    return {fold_text(phrase).strip(): kind for kind, phrases in _PHRASES.items() for phrase in phrases.split("|")}
