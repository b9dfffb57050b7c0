"""Greetings, thanks, farewells and thumbs: what people say to a program that answers, and no article has to.

They get a friendly line instead of a search. Only a message that says nothing else counts, whatever its marks and
capitals: one phrase or several ("Hi, thank you!"), in any language of the interface and the commonest of others, or
emoji alone.
"""

import re
import unicodedata
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from index import fold_text

SmallTalk = Literal["greeting", "you_are_welcome", "goodbye", "regret", "no_words"]

# Phrases are set apart by bars.
_PHRASES: Final[MappingProxyType[SmallTalk, str]] = MappingProxyType(
    {
        "greeting": "hi|hello|hey|hiya|yo|hi there|hello there|hey there|hey bot|hi bot|hello bot|hi all|"
        "good morning|good afternoon|good evening|good day|greetings|howdy|how are you|how are you doing|"
        "how are you today|how do you do|how is it going|how's it going|what's up|whats up|sup|"
        "who are you|what are you|what is this|are you a bot|are you there|what can you do|what do you do|help|help me|"
        "test|testing|quién eres|qué eres|qué puedes hacer|qué haces|ayuda|prueba|кто ты|кто вы|что ты умеешь|"
        "что ты можешь|что умеешь|что это|помощь|помоги|помогите|тест|من أنت|من انت|ما أنت|ماذا تفعل|"
        "ماذا يمكنك أن تفعل|ما هذا|مساعدة|ساعدني|تجربة|کی هستی|تو کی هستی|شما کی هستید|این چیست|چه کار می‌کنی|"
        "چکار می‌کنی|چه کاری بلدی|کمک|راهنما|تست|"
        "hello how are you|hi how are you|hola|buenas|buenos días|buenas tardes|buenas noches|hola bot|"
        "hola a todos|qué tal|hola qué tal|cómo estás|cómo está|qué pasa|saludos|привет|приветик|"
        "здравствуй|здравствуйте|добрый день|добрый вечер|доброе утро|доброго дня|доброго времени суток|"
        "привет бот|хай|как дела|как ты|как вы|как поживаешь|привет как дела|салют|مرحبا|مرحبًا|مرحبا بك|"
        "أهلا|أهلا وسهلا|اهلا وسهلا|أهلا بك|السلام عليكم|السلام عليكم ورحمة الله|"
        "السلام عليكم ورحمة الله وبركاته|سلام|سلام عليكم|صباح الخير|مساء الخير|صباح النور|هاي|كيف حالك|"
        "كيف الحال|كيفك|سلام علیکم|درود|درود بر شما|صبح بخیر|ظهر بخیر|عصر بخیر|شب بخیر|وقت بخیر|روز بخیر|"
        "خوبی|خوبید|حالت چطوره|چطوری|چطورید|حال شما چطور است|سلام خوبی|سلام خوبید|"
        "bonjour|bonsoir|salut|coucou|hallo|guten tag|guten morgen|guten abend|moin|servus|ciao|salve|buongiorno|"
        "buonasera|olá|oi|bom dia|boa tarde|boa noite|hoi|goedemorgen|goedemiddag|hej|god morgon|cześć|dzień dobry|"
        "merhaba|selam|günaydın|iyi akşamlar|вітаю|добрий день|доброго ранку|привіт|selamat pagi|selamat siang|"
        "xin chào|γεια σου|γεια σας|καλημέρα|שלום|היי|בוקר טוב|नमस्ते|नमस्कार|你好|您好|早上好|こんにちは|"
        "おはようございます|안녕하세요|안녕|سلام دوستان|اهلا|هلا|مساء النور|السلام عليكم جميعا|آداب",
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
        "فهمیدم|عالی|خوبه|very helpful|that was helpful|this helped|that helps|awesome|cool|brilliant|excellent|"
        "wonderful|amazing|"
        "merci|merci beaucoup|danke|danke schön|vielen dank|danke sehr|grazie|grazie mille|obrigado|obrigada|"
        "nice|wow|"
        "muito obrigado|muito obrigada|dank je|dank je wel|dank u|bedankt|tack så mycket|tak|takk|kiitos|dziękuję|"
        "dzięki|děkuji|ďakujem|köszönöm|mulțumesc|teşekkürler|teşekkür ederim|sağ ol|дякую|щиро дякую|дзякуй|hvala|"
        "благодаря|ευχαριστώ|terima kasih|makasih|cảm ơn|תודה|תודה רבה|धन्यवाद|शुक्रिया|ধন্যবাদ|شکریہ|谢谢|谢谢你|多谢|謝謝|"
        "ありがとう|ありがとうございます|감사합니다|고마워요|شكرا جزيلا لك|يعطيك العافية|بارك الله فيك|مرسی ممنون|"
        "دستت طلا|очень помогло|это помогло|класс|здорово|estupendo|excelente|muy amable",
        "goodbye": "bye|goodbye|good bye|bye bye|see you|see you later|see ya|good night|farewell|take care|"
        "have a nice day|until next time|thanks bye|adiós|chao|hasta luego|hasta pronto|hasta mañana|"
        "nos vemos|hasta la vista|que descanses|пока|до свидания|до встречи|до завтра|всего доброго|"
        "всего хорошего|спокойной ночи|прощай|прощайте|удачи|وداعا|مع السلامة|إلى اللقاء|الى اللقاء|"
        "تصبح على خير|في أمان الله|باي|خداحافظ|خدانگهدار|خدا حافظ|بدرود|فعلا|تا بعد|به امید دیدار|"
        "شبت بخیر|au revoir|à bientôt|bonne journée|bonne nuit|tschüss|auf wiedersehen|bis bald|gute nacht|arrivederci|"
        "tchau|até logo|tot ziens|hej då|do widzenia|görüşürüz|hoşça kal|iyi geceler|до побачення|бувай|להתראות|再见|"
        "さようなら|안녕히 계세요",
        "no_words": "yes|no|yep|yeah|nope|sure|maybe|lol|haha|hahaha|hmm|hm|sí|si|tal vez|jaja|jajaja|да|нет|ага|неа|"
        "хаха|ха|нет нет|نعم|لا|أجل|ههه|هههه|بله|آره|نه|خب|خخخ",
    }
)
# What a message of emoji alone says, by the first that says something.
_EMOJI: Final[MappingProxyType[SmallTalk, str]] = MappingProxyType(
    {
        "you_are_welcome": "👍👌🙏❤♥🧡💛💚💙💜🤍👏🤝💯🔥🎉😊🙂😀😃😄😁😍🥰😘☺✅✔🆗💪🫶🤩🙌🌹💐🌷⭐🌟",
        "greeting": "👋🙋🤗🫡",
        "regret": "👎😡😠🤬😞😢😭😕🙁☹💩🤦😤",
    }
)
_LONGEST: Final = 100
_AGAIN: Final = re.compile(r"(\w)\1{2,}")
# To fold these loads a table of 7 MB, which most people never need.
_HAN: Final = re.compile("[\u3400-\u9fff]")


def small_talk(text: str) -> SmallTalk | None:
    """Return the key of the line that answers a message, when it is nothing but small talk.

    >>> small_talk("Thanks a lot!"), small_talk("¡Buenos días!"), small_talk("Thanks for the ferry")
    ('you_are_welcome', 'greeting', None)
    >>> small_talk("Hi! Thaaanks, bye"), small_talk("👍"), small_talk("🤔")
    ('you_are_welcome', 'you_are_welcome', 'no_words')
    """
    if len(text) > _LONGEST:
        return None
    words = fold_text(text).split()
    if not words:
        return _of_emoji(text)
    kinds = _kinds_of(words) or _kinds_of(fold_text(_AGAIN.sub(r"\1", text)).split())
    # Whoever thanks and greets is thanked for; whoever greets and leaves, leaves.
    return next((kind for kind in ("you_are_welcome", "goodbye", "greeting", "no_words") if kind in kinds), None)


def _kinds_of(words: list[str]) -> frozenset[SmallTalk]:
    """Return which kinds of small talk the words are, phrase by phrase; none when something else is among them."""
    phrases, longest = _phrases(any(map(_HAN.search, words)))
    reached: list[frozenset[SmallTalk] | None] = [frozenset(), *[None] * len(words)]
    for start in range(len(words)):
        before = reached[start]
        if before is None:
            continue
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            kind = phrases.get(" ".join(words[start:end]))
            if kind is not None:
                reached[end] = before | {kind}
    return reached[-1] or frozenset()


def _of_emoji(text: str) -> SmallTalk | None:
    """Return what a message without a letter says, None when it has no emoji."""
    for letter in text:
        for kind, emoji in _EMOJI.items():
            if letter in emoji:
                return kind
    return "no_words" if any(unicodedata.category(letter) == "So" for letter in text) else None


@cache
def _phrases(han: bool) -> tuple[dict[str, SmallTalk], int]:
    """Return the kind of each phrase, of those with Han characters or without, and how many words the longest has."""
    kinds: dict[str, SmallTalk] = {}
    for kind, phrases in _PHRASES.items():
        chosen = (phrase for phrase in phrases.split("|") if bool(_HAN.search(phrase)) is han)
        kinds.update((" ".join(fold_text(phrase).split()), kind) for phrase in chosen)
    return kinds, max(len(phrase.split()) for phrase in kinds)
