"""Tell the words of a question that carry its topic from those that carry none.

A function word ("the", "can") says nothing about a topic, nor do words for who talks to whom ("you", "me") and of
courtesy ("thanks"). A light word ("work", "time") may, and does when it stands alone; beside others it is how people
talk to a program ("How does this work?").
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final, Literal

from index.analysis.languages import FUNCTION_WORDS, KEEPS_MARKS, QUESTION_WORDS
from index.analysis.literal import fold_text

# In these a pronoun is joined to its verb: est-ce, qu'a-t-elle, peut-être, foi-se.
_JOINING: Final = ("fr", "pt", "ca")
_JOINTS: Final = re.compile("[-‐‑'’]")
# Bounded, because questions come from strangers.
_REMEMBERED: Final = 4096

Weight = Literal["function", "person", "courtesy", "light", "content"]

# Beside `FUNCTION_WORDS`, `QUESTION_WORDS` and those below.
_FUNCTION: Final = MappingProxyType(
    {
        "en": "ourselves yourselves himself hers herself its itself their theirs themselves these those whatever "
        "whoever whichever but nor if because while although though unless until than so since whether into "
        "onto upon about over under after before between through during without within against among across "
        "behind beyond near off out up down around along toward towards per via been being doing done had "
        "having shall may might must ought cannot not no none yes all any both each every either neither few "
        "many much more most less least several some such other others another same own only just also too "
        "very quite rather really even still yet already again ever never always often sometimes usually now "
        "then here there everywhere anywhere somewhere else perhaps maybe almost enough however therefore "
        "thus like lot lots dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt "
        "havent hasnt hadnt theyre thats whats whos wheres hows lets gonna wanna something anything nothing "
        "everything someone anyone nobody everybody everyone somebody anybody one ones",
        "es": "mis mío mía nosotras nuestros nuestras tuyo tuya os vuestro vuestra ella ello ellos ellas le les sus "
        "suyo suya este esta esto estos ese esa eso esos esas aquel aquella aquello adónde sin sobre entre "
        "desde hasta hacia contra según durante ante bajo tras e o u ni pero sino aunque porque pues si unos "
        "unas somos eran ser sido están estoy estaba estar estado hay he has ha hemos han había haber hace "
        "puedo puede podemos pueden poder debo debe deben deber no ya muy menos mucho mucha muchos muchas "
        "poco poca todo toda todos todas algo alguien nada nadie alguno alguna algún ningún ninguna otro otra "
        "otros otras mismo misma tan tanto también tampoco solo siempre nunca ahora aquí ahí allí allá "
        "entonces luego antes después casi así cada",
        "fr": "mien on lui soi sa ses ils elles leur leurs eux cet cette ces cela ça ceci celui celle ceux celles "
        "dont lequel laquelle l d mais donc or ni car si aux sans sous entre vers chez depuis pendant contre "
        "suis es sommes êtes étaient être ai as avons avez avait avoir peux peut pouvez peuvent pouvoir dois "
        "doit devoir non oui moins très trop peu beaucoup tout toute tous toutes rien personne quelque quelqu "
        "chose aucun aucune autre autres même aussi encore déjà jamais toujours ici y alors puis ainsi chaque "
        "c n s qu",
        "de": "meinen meinem meiner unsere eure sie ihnen ihre ihren ihrem er ihn ihm sein seine seinen seinem man "
        "dieser diese dieses diesen diesem jener jene wohin woher weshalb oder aber denn sondern wenn weil "
        "dass ob am bei beim nach vom vor zum zur über unter zwischen durch gegen ohne um bis seit seid "
        "gewesen habe hast hatten werde wird worden kann kannst können könnte muss müssen soll sollen darf "
        "dürfen will wollen mag kein keine keinen ja nein nur noch schon sehr mehr weniger viel viele wenig "
        "wenige alle alles etwas nichts jemand niemand immer nie oft hier da dort jetzt dann so doch mal eben "
        "während ab laut beiden beide meisten wofür wozu woran wobei neben andere anderen sollte solche "
        "solchen einige einiger wegen trotz innerhalb außerhalb",
        "it": "miei mie nostra vostra lui lei egli ella esso loro li suo sua suoi sue questo questa questi queste "
        "quello quella quelli quanta delle alla nella su sul sulla tra fra dal dalla ed o ma se siamo siete "
        "erano essere stato ho hai abbiamo hanno avere può posso puoi possono potere devo deve no meno molto "
        "poco tutto tutti niente nulla qualcosa qualcuno nessuno altro altri stesso anche ancora già mai "
        "sempre qui ora poi così",
        "pt": "meus minhas nosso nossa vos ela eles elas lhe seu sua seus suas este esta isto esse essa isso aquele "
        "aquela aquilo nas sem sobre entre até ou mas sou somos ser estão estar tenho tem ter há pode posso "
        "podem poder deve sim menos muito pouco tudo todos nada ninguém algo alguém outro outra mesmo também "
        "ainda já nunca sempre aqui ali agora então",
        "ru": "нами наша наше наши ваша ваше ваши он ему им её ей оно их ними них свой своя себя себе этот эта эти "
        "этого этой этом тот та то те того той том кому кем ком чего чему каким которая которое которые чья "
        "зачем отчего во а но или если чтобы потому так же ли бы ни да нет ко об под при про со до без над "
        "между через перед после быть есть будет будут будешь буду может могу можешь можете могут можно нужно "
        "надо все всех весь вся каждый другой другие сам сама само сами тоже также ещё уже только очень много "
        "мало более больше меньше здесь там тут тогда сейчас теперь всегда никогда что-то кто-то ничего никто "
        "нибудь вот во-первых кроме вместо около среди чтоб",
        "ar": "هم هن هما هؤلاء ذلك تلك ذاك الذين لم لن ليس ليست نعم كلا بين تحت فوق قبل بعد عند عندما منذ حتى لدى "
        "خلال حول دون بدون ضد و أو ثم لكن إذا لو لأن يكون تكون هناك هنا الآن قد لقد كل جميع بعض أيضا فقط جدا "
        "أكثر أقل كثير قليل غير نفس مثل بل له لها لهم به بها فيه فيها عليه عليها منه منها عنه عنها إليه لديه "
        "لديها يمكن يمكنك يمكنني أستطيع تستطيع شيء شيئا أحد تم يتم تمت قام قامت بماذا أنه أنها معظم فيم ومن "
        "وما وهل",
        "fa": "او ایشان آنها اینها همین همان خود کجاست چطور چندم بر تا یا اما ولی اگر چون زیرا هم نیز نه بله آری "
        "هست نیست هستم هستند نبود بودند بوده باشد شده می‌شود نمی‌شود دارد دارم دارند داشت می‌توان می‌توانم "
        "می‌تواند باید شاید خیلی بسیار بیشتر کمتر همه هر هیچ چیزی کسی دیگر فقط هنوز همیشه هرگز اینجا آنجا "
        "الان اکنون حالا پس روی زیر بین درباره بدون ای توسط یکی شدند کردند شده‌است شده‌اند بوده‌است بوده‌اند "
        "کرده‌است بعد قبل چقدر می‌کنند می‌شوند می‌باشد بودن شدن کردن",
        "tr": "bizi o onu ona onun onlar onları onların bunu buna bunun şu şunu kimi kime kimin neyi neye nereden "
        "neresi zaman niye veya ki ama fakat ancak çünkü eğer göre her hiç bazı tüm bütün az var yok değil "
        "evet hayır oldu olur olmak idi ise şey burada orada şimdi önce hep hâlâ neydi nelerdir kimdi "
        "kimlerdir vardır vardı yoktur edildi edilmiştir edilmişti edilir etti eder ettiği denir hangisi "
        "hangisidir nasıldır olduğu olmuştur oluyor olabilir tarafından arasında üzerinde içinde sahip",
    }
)
# Who talks, and who is talked to.
_PERSON: Final = MappingProxyType(
    {
        "en": "i me my mine myself we us our ours you your yours yourself im ive id ill youre youve youd u ur",
        "es": "yo me mi mí conmigo nos nosotros nuestro nuestra tú tu tus te ti contigo usted ustedes vos "
        "vosotros eres estás soy puedes tienes sabes hablas vives",
        "fr": "je me moi mon ma mes nous notre nos tu te toi ton ta tes vous votre vos j m t",
        "de": "ich mich mir mein meine wir uns unser du dich dir dein deine deinen ihr euch euer bin bist",
        "it": "io mi me mio mia noi ci nostro tu ti te tuo tua voi vi vostro sei sono",
        "pt": "eu me mim meu minha nós nos tu te teu tua você vocês",
        "ru": "я меня мне мной мой моя моё мое мы нас нам наш ты тебя тебе тобой твой твоя твоё твое вы вас вам "
        "вами ваш",
        "ar": "أنا انا نحن أنت انت أنتم انتم كنت لك لي لنا لديك عليك إليك منك عنك بك اسمك عمرك حالك",
        "fa": "من ما تو شما خودت خودم هستی هستید داری دارید می‌توانی می‌توانید می‌کنی می‌کنید می‌دانی می‌دانید",
        "tr": "ben beni bana benim biz bize bizim sen seni sana senin siz sizi size sizin misin mısın musun müsün",
    }
)
_COURTESY: Final = MappingProxyType(
    {
        "en": "thanks thank thx welcome hello hi hey yo ok okay sorry pardon bye goodbye cheers wow lol haha "
        "hmm huh please chatbot",
        "es": "gracias hola adiós chao perdón vale ok favor",
        "ru": "спасибо привет здравствуй здравствуйте пожалуйста извини извините пока ок окей ладно",
        "ar": "شكرا شكراً مرحبا مرحباً أهلا اهلا عفوا آسف اسف وداعا حسنا حسناً",
        "fa": "ممنون مرسی متشکرم تشکر سپاس سلام درود خداحافظ ببخشید لطفا لطفاً باشه",
        "fr": "merci bonjour salut bonsoir revoir pardon désolé ok",
        "de": "danke hallo tschüss moin bitte entschuldigung sorry ok",
        "it": "grazie ciao buongiorno buonasera arrivederci scusa ok",
        "pt": "obrigado obrigada olá oi tchau desculpe ok",
        "tr": "teşekkürler teşekkür merhaba selam sağol lütfen pardon tamam",
    }
)
_LIGHT: Final = MappingProxyType(
    {
        "en": "ask asked asking answer answers answered question questions tell told say said says speak talk "
        "talking chat know knows knew known think thought mean means meant understand understood want wanted "
        "need needed help helps helped get gets got getting give gives gave go goes going gone went come "
        "comes came make makes made take takes took let see seen saw look looks show find found try tried use "
        "used work works working happen happens happened call called feel seem keep put good great nice cool "
        "fine bad right wrong sure well true funny stupid dumb love hate joke time day today tonight tomorrow "
        "morning afternoon evening thing things stuff way name old bot robot human real person alive mind "
        "matter later soon exactly kind sort bored happy sad smart year years",
        "es": "preguntar pregunta preguntas pregunté respuesta respuestas responder respondes decir dime dices dijo "
        "hablar habla saber pensar piensas significa entender entiendo entiendes querer quiero quieres "
        "necesito ayuda ayudar ayudarme dar dame hacer haces hago hecho ir voy vas va ven venir ver mira "
        "mostrar buscar usar funciona funcionas trabajar pasar pasa pasó llamar llamas llamo buenas buenos "
        "buen bueno bien mal genial claro verdad gusta amo chiste hora tiempo día hoy mañana tarde noche cosa "
        "cosas manera nombre bot robot humano persona real viejo años tiene tengo tener año vez",
        "ru": "спросить спрашивать спросил вопрос вопросы ответ ответы ответить отвечаешь сказать скажи скажите "
        "говорить говоришь знать знаешь знаю знаете думать думаешь думаете значит понимать понимаю понимаешь "
        "понял поняла хотеть хочу хочешь хотите помощь помочь помоги помогите дать дай делать делаешь делаете "
        "сделать идти иди видеть смотри покажи найти найди работать работает работаешь происходит случилось "
        "звать зовут свидания хорошо плохо отлично круто правда люблю шутка шутку анекдот расскажи время час "
        "день дела сегодня завтра утро вечер доброе добрый вещь имя бот робот человек умеешь лет добрая ночи "
        "год году раз",
        "ar": "سأل اسأل سؤال أسئلة جواب إجابة أجب قل قال أخبرني تكلم تتكلم تتحدث تعرف أعرف تظن يعني تعني فهمت أفهم "
        "تفهم أريد تريد أحتاج مساعدة ساعدني تساعدني أعطني تفعل أفعل فعل تعمل يعمل حدث يحدث اسم سلام السلام "
        "عليكم صباح مساء الخير جيد رائع سيئ صحيح خطأ أحبك نكتة وقت الوقت الساعة يوم اليوم غدا شخص روبوت بوت "
        "إنسان حقيقي مرة نوع سنة عام",
        "fa": "بپرس بپرسم پرسیدم پرسیدن سوال سوالی جواب پاسخ بگو گفت گفتن بگویید صحبت حرف می‌دانم فکر یعنی معنی "
        "فهمیدم می‌فهمی می‌فهمم می‌خواهم می‌خواهی کمک کمکم بده بدهید کن کنم کنی کنید کرد می‌کند کار می‌کنم "
        "اتفاق افتاد نام اسم اسمت خوب خوبی بد عالی درست غلط دوستت جوک وقت ساعت زمان روز امروز فردا صبح بخیر "
        "شب چیز ربات بات انسان آدم واقعی سالته سن قرار داد گرفت انجام مورد بار وجود سال سالی استفاده زمانی "
        "کسانی دلیل",
        "tr": "yıl yılında yılda adı ad isim ismi tür çeşit verilen kullanılan bilinen",
    }
)


@lru_cache(_REMEMBERED)
def topic_weight(word: str, language: str) -> Weight:
    """Return what a word of a question says about its topic, by its language.

    One in capitals is a name (IT, WHO); `weighing` knows the questions where capitals tell nothing.

    >>> [topic_weight(word, "en") for word in ("Can", "you", "thanks", "work", "ferry")]
    ['function', 'person', 'courtesy', 'light', 'content']
    >>> [topic_weight(word, "fr") for word in ("qu'est-ce", "peut-être", "rendez-vous")]
    ['function', 'function', 'content']
    """
    if len(word) > 1 and word.isupper():
        return "content"
    weights = _weights(language)
    weight = weights.get(_plain(word, language), "content")
    if weight == "content" and language in _JOINING:
        parts = [_plain(part, language) for part in _JOINTS.split(word) if part]
        if len(parts) > 1 and all(weights.get(part) in ("function", "person") for part in parts):
            return "function"
    return weight


def weighing(question: str, language: str) -> Callable[[str], Weight]:
    """Return what tells the weight of each word of a question; capitals are no names where all of it is in capitals.

    One word alone is a name where it would be a function word ("US", "WHO").

    >>> [weighing(question, "en")("IT") for question in ("Who runs IT?", "IT RAINS", "IT")]
    ['content', 'function', 'content']
    """
    if not question.isupper():
        return lambda word: topic_weight(word, language)
    is_alone = len(question.split()) == 1

    def weight(word: str) -> Weight:
        said = topic_weight(word.casefold(), language)
        return "content" if is_alone and said in ("function", "person") else said

    return weight


def _plain(word: str, language: str) -> str:
    """Return a word without case, apostrophes, and the marks that people leave out where they tell no words apart."""
    return word.casefold() if language in KEEPS_MARKS else "".join(fold_text(word).split())


def is_function_word(word: str, language: str) -> bool:
    """Return whether a word says nothing about the topic, however few articles hold it: "the" or "you" in English."""
    return topic_weight(word, language) in ("function", "person")


@cache
def _weights(language: str) -> dict[str, Weight]:
    """Return the weight of every plain word of a language that is no content word; of several the first stands."""
    more = [*FUNCTION_WORDS.get(language, ()), *QUESTION_WORDS.get(language, ())]
    tables: tuple[tuple[Weight, list[str]], ...] = (
        ("person", _PERSON.get(language, "").split()),
        ("courtesy", _COURTESY.get(language, "").split()),
        ("function", [*_FUNCTION.get(language, "").split(), *more]),
        ("light", _LIGHT.get(language, "").split()),
    )
    return {_plain(word, language): weight for weight, words in reversed(tables) for word in words}
