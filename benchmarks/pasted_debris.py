"""What news sites put around an article, in the words of several languages: the material of `benchmarks.pasted`.

All of it is written for this benchmark, after the habits of real sites. None of the lists is read by the program.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """The furniture of the sites of one language; `{n}` is a number, `{name}` a person, `{title}` a headline."""

    menu: tuple[str, ...]
    skip: tuple[str, ...]
    crumbs: tuple[str, ...]
    byline: tuple[str, ...]
    names: tuple[str, ...]
    roles: tuple[str, ...]
    stamps: tuple[str, ...]
    share: tuple[str, ...]
    captions: tuple[str, ...]
    box: tuple[tuple[str, ...], ...]
    see_also: tuple[str, ...]
    related: tuple[str, ...]
    links: tuple[str, ...]
    tags: tuple[str, ...]
    topics: tuple[str, ...]
    comments: tuple[str, ...]
    remarks: tuple[str, ...]
    reply: tuple[str, ...]
    footer: tuple[str, ...]
    live: tuple[str, ...] = field(default=())


EN = Words(
    menu=tuple(
        "Home|News|Sport|Business|World|Politics|Opinion|Culture|Travel|Weather|Video|Podcasts|Science|Health|"
        "Entertainment|Tech|Lifestyle|More".split("|")
    ),
    skip=("Skip to content", "Skip to main content", "Sign in", "Subscribe", "Search", "Menu", "Log in", "My account"),
    crumbs=("Home", "News", "World", "Europe"),
    byline=("By {name}", "By {name}, Correspondent", "{name}", "Written by {name}", "By {name} and Jo Hill"),
    names=("Ana Reyes", "Tom Ashdown", "Priya Raman", "Lena Fischer", "Samuel O'Keefe"),
    roles=("Harbour correspondent", "Political editor", "BBX News", "Staff writer", "Reporting from Leeds"),
    stamps=(
        "{n} hours ago",
        "Published {n} March 2024",
        "Last updated {n} hours ago",
        "{n} min read",
        "Wed {n} Nov 2024 10.14 GMT",
        "Updated: 14:{n} GMT, {n} May 2023",
        "March {n}, 2024 at 9:{n} a.m. EDT",
        "Published on {n}/03/2024",
    ),
    share=(
        "Share",
        "Save",
        "Facebook",
        "Twitter",
        "X",
        "WhatsApp",
        "Email",
        "Print",
        "Copy link",
        "Share this article",
    ),
    captions=("The scene near the town hall on Sunday. (AFP)", "Image: A view of the river last winter / Reuters"),
    box=(
        ("Advertisement",),
        ("Sign up for our newsletter", "Get the day's headlines in your inbox every morning"),
        ("Story continues below advertisement",),
        ("Listen to this article", "00:00 / 03:2{n}"),
    ),
    see_also=("Read more: {title}", "READ MORE: {title}", "Related: {title}", "Also read: {title}"),
    related=("Related stories", "More on this story", "Most read", "You may also like", "Recommended", "Read next"),
    links=(
        "Ferry tickets to cost more from May",
        "Museum of tools finds a roof at last",
        "Why the old crane will not be missed",
        "Council votes on parking, again",
        "In pictures: a week on the river",
        "Is this the oldest oak in the county?",
    ),
    tags=("Related topics", "Topics", "Tags"),
    topics=("Transport", "Local government", "Harbours", "Weather", "United Kingdom"),
    comments=("Comments ({n})", "{n} Comments", "View comments", "Join the conversation"),
    remarks=(
        "I have lived here for forty years and never seen anything like it.",
        "About time too! My uncle wrote to them in spring and got no answer.",
        "lol ok",
        "They should ask the people who live there, shouldn't they?",
    ),
    reply=("Reply", "Like ({n})", "Report", "{n} hours ago"),
    footer=(
        "© 2024 Coast Post. All rights reserved.",
        "About us",
        "Contact us",
        "Privacy policy",
        "Terms of use",
        "Cookies",
    ),
    live=("LIVE", "Live reporting", "Last updated at 16:{n} GMT", "Key events"),
)

DE = Words(
    menu=tuple(
        "Startseite|Nachrichten|Politik|Wirtschaft|Sport|Kultur|Wissen|Reise|Wetter|Panorama|Meinung".split("|")
    ),
    skip=("Zum Inhalt springen", "Anmelden", "Abonnieren", "Suche", "Menü"),
    crumbs=("Startseite", "Nachrichten", "Ausland"),
    byline=("Von {name}", "{name}", "Von {name} und Jo Hill"),
    names=("Lena Fischer", "Karl Brandt", "Ana Reyes"),
    roles=("Korrespondentin in Kiel", "Redakteur Politik"),
    stamps=(
        "vor {n} Stunden",
        "Stand: 1{n}.03.2024, 14:00 Uhr",
        "Veröffentlicht am {n}. März 2024",
        "Lesezeit: {n} Min.",
    ),
    share=("Teilen", "Merken", "Drucken", "Facebook", "WhatsApp", "E-Mail", "Link kopieren"),
    captions=("Der Platz vor dem Rathaus am Sonntag. Foto: dpa",),
    box=(("Anzeige",), ("Newsletter bestellen", "Jeden Morgen das Wichtigste in Ihrem Postfach"), ("Artikel anhören",)),
    see_also=("Lesen Sie auch: {title}", "Mehr zum Thema: {title}"),
    related=("Mehr zum Thema", "Meistgelesen", "Das könnte Sie auch interessieren"),
    links=("Fähre wird im Mai teurer", "Werkzeugmuseum findet ein Dach", "Wer vermisst schon den alten Kran?"),
    tags=("Themen", "Schlagwörter"),
    topics=("Verkehr", "Hafen", "Kommunalpolitik"),
    comments=("{n} Kommentare", "Kommentare ({n})"),
    remarks=("Das hätte man schon vor Jahren machen müssen.", "Typisch, und wer bezahlt das alles wieder?"),
    reply=("Antworten", "Melden", "vor {n} Stunden"),
    footer=("© 2024 Küstenpost. Alle Rechte vorbehalten.", "Impressum", "Datenschutz", "AGB", "Kontakt"),
)

FR = Words(
    menu=tuple("Accueil|Actualités|Politique|Économie|Sports|Culture|Monde|Météo|Vidéos|Opinions|Société".split("|")),
    skip=("Aller au contenu", "Se connecter", "S'abonner", "Rechercher", "Menu"),
    crumbs=("Accueil", "Actualités", "Monde"),
    byline=("Par {name}", "{name}"),
    names=("Claire Aubin", "Ana Reyes", "Paul Lemoine"),
    roles=("Correspondante à Brest", "Journaliste au service monde"),
    stamps=(
        "il y a {n} heures",
        "Publié le {n} mars 2024 à 10h14",
        "Temps de lecture : {n} min",
        "Mis à jour à 14h3{n}",
    ),
    share=("Partager", "Enregistrer", "Imprimer", "Facebook", "Copier le lien", "Envoyer par e-mail"),
    captions=("La place de la mairie, dimanche. (AFP)",),
    box=(
        ("Publicité",),
        ("Inscrivez-vous à notre newsletter", "L'essentiel de l'actualité chaque matin"),
    ),
    see_also=("À lire aussi : {title}", "Lire aussi : {title}"),
    related=("À lire aussi", "Sur le même sujet", "Les plus lus"),
    links=(
        "Le bac coûtera plus cher en mai",
        "Le musée des outils trouve un toit",
        "Faut-il regretter la vieille grue ?",
    ),
    tags=("Mots-clés", "Sujets associés"),
    topics=("Transports", "Port", "Vie locale"),
    comments=("Commentaires ({n})", "{n} commentaires"),
    remarks=("Il était temps, cela fait des années qu'on attend.", "Et qui va payer encore une fois ?"),
    reply=("Répondre", "Signaler", "il y a {n} heures"),
    footer=("© 2024 Le Courrier de la côte. Tous droits réservés.", "Mentions légales", "Nous contacter", "Cookies"),
)

ES = Words(
    menu=tuple("Inicio|Noticias|Política|Economía|Deportes|Cultura|Mundo|El tiempo|Vídeos|Opinión|Sociedad".split("|")),
    skip=("Saltar al contenido", "Iniciar sesión", "Suscríbete", "Buscar", "Menú"),
    crumbs=("Inicio", "Noticias", "Internacional"),
    byline=("Por {name}", "{name}"),
    names=("Lucía Ortega", "Ana Reyes", "Javier Montes"),
    roles=("Corresponsal en Vigo", "Redactora jefa"),
    stamps=("hace {n} horas", "Publicado el {n} de marzo de 2024", "Actualizado a las 14:3{n}", "{n} min de lectura"),
    share=("Compartir", "Guardar", "Imprimir", "Facebook", "Copiar enlace", "WhatsApp"),
    captions=("La plaza del ayuntamiento el domingo. (EFE)",),
    box=(("Publicidad",), ("Suscríbete a nuestro boletín", "Las noticias del día en tu correo cada mañana")),
    see_also=("Lea también: {title}", "Te puede interesar: {title}"),
    related=("Noticias relacionadas", "Más leídas", "Te puede interesar"),
    links=("El ferri será más caro desde mayo", "El museo de herramientas ya tiene techo"),
    tags=("Temas", "Etiquetas"),
    topics=("Transporte", "Puerto", "Ayuntamiento"),
    comments=("Comentarios ({n})", "{n} comentarios"),
    remarks=("Ya era hora, llevamos años esperando esta obra.", "¿Y quién lo paga? Nosotros, como siempre."),
    reply=("Responder", "Me gusta ({n})", "hace {n} horas"),
    footer=("© 2024 El Correo de la Costa. Todos los derechos reservados.", "Aviso legal", "Contacto", "Cookies"),
)

AR = Words(
    menu=tuple("الرئيسية|أخبار|العالم|سياسة|اقتصاد|رياضة|ثقافة|فيديو|الطقس|آراء|تكنولوجيا|منوعات".split("|")),
    skip=("تسجيل الدخول", "اشترك", "بحث", "القائمة", "انتقل إلى المحتوى"),
    crumbs=("الرئيسية", "أخبار", "العالم العربي"),
    byline=("بقلم: {name}", "كتب: {name}", "{name}", "كتبت: {name}"),
    names=("سامي الحداد", "ليلى منصور", "نور الدين عزام"),
    roles=("مراسل الشؤون البحرية", "الرياض - المراسل"),
    stamps=("منذ {n} ساعات", "نشر في: {n} مارس 2024", "آخر تحديث: 1{n}:30", "مدة القراءة: {n} دقائق", "قبل {n} ساعات"),
    share=("مشاركة", "حفظ", "طباعة", "فيسبوك", "واتساب", "نسخ الرابط", "تويتر"),
    captions=("الساحة أمام مبنى البلدية يوم الأحد (أ ف ب)",),
    box=(("إعلان",), ("اشترك في نشرتنا البريدية", "أهم الأخبار في بريدك كل صباح"), ("استمع",)),
    see_also=("اقرأ أيضا: {title}", "اقرأ المزيد: {title}"),
    related=("مواضيع ذات صلة", "الأكثر قراءة", "أخبار ذات صلة"),
    links=("تذاكر العبارة ترتفع في مايو", "متحف الأدوات يجد سقفا أخيرا", "هل يفتقد أحد الرافعة القديمة؟"),
    tags=("الوسوم", "كلمات مفتاحية"),
    topics=("النقل", "الموانئ", "البلديات"),
    comments=("التعليقات ({n})", "{n} تعليقات"),
    remarks=("كان يجب أن يحدث هذا قبل سنوات طويلة.", "ومن سيدفع ثمن كل ذلك؟"),
    reply=("رد", "أعجبني ({n})", "منذ {n} ساعات"),
    footer=("© 2024 بريد الساحل. جميع الحقوق محفوظة.", "من نحن", "اتصل بنا", "سياسة الخصوصية"),
)

RU = Words(
    menu=tuple("Главная|Новости|Политика|Экономика|Спорт|Культура|Мир|Погода|Видео|Мнения|Общество".split("|")),
    skip=("Войти", "Подписаться", "Поиск", "Меню", "Перейти к содержанию"),
    crumbs=("Главная", "Новости", "В мире"),
    byline=("Автор: {name}", "{name}"),
    names=("Анна Ветрова", "Пётр Соболев"),
    roles=("Корреспондент в Мурманске",),
    stamps=("{n} часов назад", "Опубликовано: {n} марта 2024", "Обновлено в 14:3{n}", "{n} мин. чтения"),
    share=("Поделиться", "Сохранить", "Распечатать", "Телеграм", "ВКонтакте", "Скопировать ссылку"),
    captions=("Площадь у ратуши в воскресенье. (AFP)",),
    box=(("Реклама",), ("Подпишитесь на рассылку", "Главное за день каждое утро")),
    see_also=("Читайте также: {title}",),
    related=("Читайте также", "Самое читаемое", "По теме"),
    links=("Паром подорожает с мая", "Музей инструментов нашёл крышу"),
    tags=("Теги", "Темы"),
    topics=("Транспорт", "Порт"),
    comments=("Комментарии ({n})", "{n} комментариев"),
    remarks=("Давно пора было это сделать.", "А кто за всё это заплатит?"),
    reply=("Ответить", "Пожаловаться", "{n} часов назад"),
    footer=("© 2024 Береговая почта. Все права защищены.", "О нас", "Контакты", "Реклама на сайте"),
)

BY_LANGUAGE = {"en": EN, "de": DE, "fr": FR, "es": ES, "ar": AR, "ru": RU}
