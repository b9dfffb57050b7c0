"""The words of a news site around its articles: labels of buttons, menus and lists, in the languages people paste from.

Compared case-folded, without the signs around them. A label alone proves nothing: "Print" may be a line of a list.
"""

from typing import Final


def _listed(text: str) -> frozenset[str]:
    return frozenset(label.strip() for label in text.replace("\n", "|").split("|") if label.strip())


SHARE: Final = _listed(
    """like this|loading|print this page|分享到|分享至|扫一扫|微信扫一扫|व्हाट्सएप|फेसबुक|ट्विटर|फॉलो करें|ไลน์|แชร์เรื่องนี้
    share|share this|share this article|share this story|share on facebook|share on twitter|share on x
    share on whatsapp|share via email|copy link|link copied|copied|print|print this|print article|tweet|email
    e-mail|mail|whatsapp|facebook|twitter|x|telegram|linkedin|reddit|pinterest|messenger|flipboard|bluesky
    threads|instagram|youtube|save|save article|bookmark|gift this article|listen|listen to this article
    font size|text size|follow|follow us|comment|comments|like|post|teilen|merken|drucken|kopieren|link kopieren
    artikel anhören|anhören|vorlesen|speichern|artikel teilen|per mail teilen|partager|enregistrer|imprimer
    copier le lien|écouter|envoyer par e-mail|envoyer par mail|sauvegarder|offrir l'article|compartir|guardar
    imprimir|copiar enlace|copiar el enlace|escuchar|enviar por correo|correo|compartilhar|partilhar|salvar
    ouvir|copiar link|copiar o link|enviar por e-mail|condividi|salva|stampa|ascolta|copia link|copia il link
    delen|opslaan|afdrukken|kopieer link|luister|dela|spara|skriv ut|del|udskriv|kopiér link|jaa|tulosta
    udostępnij|zapisz|drukuj|skopiuj link|sdílet|tisk|uložit|megosztás|nyomtatás|distribuie|salvează|paylaş
    kaydet|yazdır|linki kopyala|bağlantıyı kopyala|dinle|bagikan|simpan|cetak|salin tautan|поделиться|сохранить
    распечатать|печать|скопировать ссылку|телеграм|вконтакте|одноклассники|слушать|твитнуть|поділитися|зберегти
    друк|споделяне|κοινοποίηση|εκτύπωση|שתף|שיתוף|הדפסה|مشاركة|شارك|شارك المقال|شارك الخبر|طباعة|اطبع|نسخ الرابط
    تم نسخ الرابط|حجم الخط|استمع|استمع للمقال|حفظ|واتساب|فيسبوك|تويتر|تيليغرام|تلغرام|لينكد إن|بريد إلكتروني
    إرسال|تغريد|اشتراک گذاری|اشتراک‌گذاری|به اشتراک بگذارید|چاپ|نسخه چاپی|کپی لینک|لینک کوتاه|اندازه متن|ارسال
    ذخیره|تلگرام|توییتر|分享|转发|收藏|打印|复制链接|微信|微博|朋友圈|收聽|列印|シェア|シェアする|印刷|保存
    ツイート|공유|공유하기|인쇄|저장|शेयर करें|शेयर|प्रिंट|แชร์|พิมพ์|chia sẻ|lưu|in trang"""
)
ADVERTISEMENT: Final = _listed(
    """ad feedback|video ad feedback
    advertisement|advertising|skip advertisement|sponsored|sponsored content|story continues below
    article continues below|story continues below advertisement|article continues after advertisement|promoted
    paid content|ad|anzeige|werbung|publicité|publicidad|publicidade|anuncio|pubblicità|advertentie|annons
    annonse|reklame|mainos|reklama|reklám|publicitate|reklam|iklan|реклама|διαφήμιση|פרסומת|إعلان|اعلان|آگهی
    تبلیغات|广告|廣告|広告|광고|विज्ञापन|โฆษณา|quảng cáo"""
)
ACCOUNT: Final = _listed(
    """enter your email|your email address|email address|open app
    skip to content|skip to main content|skip to navigation|sign in|log in|login|sign up|register|subscribe
    subscribe now|search|menu|my account|back to top|load more|show more|open menu|close menu|accessibility help
    your account|newsletters|zum inhalt springen|anmelden|abonnieren|suche|suchen|menü|jetzt abonnieren
    registrieren|zum seitenanfang|mehr laden|aller au contenu|se connecter|s'abonner|s'identifier|rechercher
    connexion|mon compte|je m'abonne|retour en haut|saltar al contenido|ir al contenido|iniciar sesión
    suscríbete|suscribirse|buscar|menú|regístrate|cargar más|mi cuenta|ir para o conteúdo|entrar|assine|assinar
    pesquisar|accedi|abbonati|cerca|inloggen|abonneren|zoeken|logga in|sök|prenumerera|zaloguj|szukaj|giriş yap
    abone ol|ara|masuk|cari|войти|подписаться|поиск|меню|перейти к содержанию|регистрация|تسجيل الدخول|اشترك|بحث
    القائمة|انتقل إلى المحتوى|تخطي إلى المحتوى|تسجيل|ورود|ثبت نام|جستجو|عضویت|منو|登录|注册|搜索|菜单|登入|搜尋
    ログイン|検索|メニュー|로그인|검색|메뉴"""
)
RELATED: Final = _listed(
    """related article|related video|see all topics|इसे भी पढ़ें|ये भी पढ़ें|संबंधित खबरें|ข่าวแนะนำ
    related|related stories|related articles|related news|related content|more on this story|more on this
    more from us|most read|most viewed|most popular|popular|trending|trending now|you may also like
    you might also like|recommended|recommended for you|read next|up next|more stories|latest news
    latest stories|top stories|editor's picks|editors' picks|read more|read also|see also|also read|more in news
    what to read next|around the web|from our partners|don't miss|mehr zum thema|meistgelesen
    das könnte sie auch interessieren|lesen sie auch|verwandte artikel|ähnliche artikel|auch interessant
    weitere artikel|weitere meldungen|top-themen|mehr dazu|à lire aussi|lire aussi|à lire également
    sur le même sujet|les plus lus|articles liés|à la une|lire la suite|en savoir plus|noticias relacionadas
    artículos relacionados|más leídas|lo más leído|te puede interesar|lea también|lee también|le puede interesar
    más noticias|últimas noticias|leer más|notícias relacionadas|leia também|mais lidas|saiba mais|leia mais
    leggi anche|articoli correlati|i più letti|lees ook|meest gelezen|läs mer|läs också|læs også|les også
    lue myös|czytaj także|czytaj też|najczęściej czytane|čtěte také|související články|olvasta már|citește și
    ilgili haberler|en çok okunanlar|baca juga|berita terkait|terpopuler|читайте также|самое читаемое|по теме
    материалы по теме|популярное|читайте ще|читать далее|διαβάστε επίσης|קראו גם|مواضيع ذات صلة|أخبار ذات صلة
    الأكثر قراءة|اقرأ أيضا|اقرأ أيضاً|إقرأ أيضا|إقرأ أيضاً|اقرأ المزيد|المزيد|قد يهمك|قد يهمك أيضا|موضوعات متعلقة
    مقالات ذات صلة|الأكثر مشاهدة|آخر الأخبار|شاهد أيضا|بیشتر بخوانید|ادامه مطلب|بیشتر|مطالب مرتبط|اخبار مرتبط
    پربازدیدها|پربیننده‌ترین‌ها|همچنین بخوانید|相关新闻|相关阅读|相关文章|推荐阅读|热门文章|延伸阅读|相關新聞
    延伸閱讀|関連記事|あわせて読みたい|おすすめ記事|人気記事|관련기사|관련 기사|많이 본 뉴스|यह भी पढ़ें
    ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม|tin liên quan|đọc thêm"""
)
TAGS: Final = _listed(
    """related topics|topics|tags|tagged|filed under|more about|themen|schlagwörter|stichworte|mots-clés
    sujets associés|thèmes|temas|etiquetas|más sobre|tópicos|argomenti|tag|onderwerpen|ämnen|emner|tagi|štítky
    címkék|etiketler|topik|теги|темы|мітки|الوسوم|كلمات مفتاحية|الكلمات المفتاحية|المواضيع|وسوم|برچسب‌ها
    برچسب ها|کلیدواژه‌ها|标签|关键词|標籤|關鍵字|タグ|キーワード|태그"""
)
COMMENTS: Final = _listed(
    """leave a reply|टिप्पणियाँ|टिप्पणी करें|ความคิดเห็น|bình luận
    view comments|show comments|hide comments|join the conversation|leave a comment|post a comment|add a comment
    comments|join the discussion|read the comments|kommentare|kommentieren|kommentar schreiben
    diskutieren sie mit|commentaires|laisser un commentaire|réagir|comentarios|deja un comentario|comentar
    comentários|commenti|lascia un commento|reacties|kommentarer|kommentit|komentarze|komentáře|hozzászólások
    comentarii|yorumlar|yorum yap|komentar|комментарии|комментировать|коментарі|σχόλια|תגובות|التعليقات|تعليقات
    أضف تعليقا|اترك تعليقا|شارك برأيك|نظرات|دیدگاه‌ها|نظر شما|评论|留言|コメント|댓글"""
)
REPLY: Final = _listed(
    """reply|report|like|likes|flag|upvote|downvote|show replies|view replies|hide replies|recommend|antworten
    melden|gefällt mir|répondre|signaler|j'aime|responder|reportar|me gusta|denunciar|curtir|rispondi|segnala
    mi piace|reageren|svara|svar|odpowiedz|odpovědět|válasz|răspunde|yanıtla|cevapla|beğen|balas|ответить
    пожаловаться|нравится|відповісти|رد|أعجبني|إبلاغ|پاسخ|پسندیدن|گزارش|回复|举报|点赞|回覆|返信|いいね|답글
    신고|좋아요"""
)
LIVE: Final = _listed(
    "breaking news|breaking|just in|developing story|exclusive|eilmeldung|dernière minute|última hora|ultim'ora"
    "|son dakika|срочно|молния|عاجل|خبر عاجل|فوری|快讯|突发|速報|ब्रेकिंग न्यूज़|ब्रेकिंग न्यूज|ข่าวด่วน|ด่วน|breaking-news"
    "|live|live reporting|live updates|live blog|key events|liveticker|ticker|en direct|le direct|en vivo|en directo"
    "|ao vivo|in diretta|прямой эфир|онлайн|مباشر|بث مباشر|زنده|直播|ライブ|속보"
)
FOOTER: Final = _listed(
    """about us|contact us|privacy policy|privacy|terms of use|terms of service|terms and conditions|cookies
    cookie policy|advertise with us|help|accessibility|site map|sitemap|careers|faq|impressum|datenschutz|agb
    kontakt|über uns|nutzungsbedingungen|mentions légales|nous contacter|qui sommes-nous|plan du site
    confidentialité|cgu|aviso legal|contacto|política de privacidad|quiénes somos|fale conosco|termos de uso
    chi siamo|contatti|note legali|privacybeleid|over ons|om oss|kontakta oss|om os|polityka prywatności|o nas
    regulamin|gizlilik|hakkımızda|iletişim|tentang kami|kebijakan privasi|о нас|контакты|реклама на сайте
    пользовательское соглашение|من نحن|اتصل بنا|سياسة الخصوصية|شروط الاستخدام|أعلن معنا|خريطة الموقع|درباره ما
    تماس با ما|关于我们|联系我们|隐私政策|使用条款|關於我們|お問い合わせ|利用規約|회사소개|개인정보처리방침"""
)
NAVIGATION: Final = _listed(
    """home|news|sport|americas|australia|india|china|features|latest|हिंदी|खबरें|ख़बरें|ताजा खबर|देश|विदेश|मनोरंजन
    व्यापार|राज्य|क्रिकेट|शिक्षा|ต่างประเทศ|เศรษฐกิจ|บันเทิง|อาชญากรรม|ภูมิภาค|ไลฟ์สไตล์|หน้าหลัก|صفحه اصلی|خبرها|حوادث
    روزنامه|происшествия|регионы|в стране|авто|здоровье|технологии|房产|军事|地方|港澳|台湾|财经新闻
    kinh tế|pháp luật|giáo dục
    sport|sports|business|world|politics|opinion|culture|travel|weather|video|videos|science|health
    entertainment|tech|technology|lifestyle|more|money|arts|local|uk|us|europe|asia|africa|middle east|climate
    markets|economy|podcasts|startseite|nachrichten|politik|wirtschaft|kultur|wissen|wissenschaft|reise|wetter
    panorama|meinung|ausland|inland|gesundheit|accueil|actualités|politique|économie|culture|monde|météo|vidéos
    opinions|société|international|france|santé|sciences|inicio|portada|noticias|política|economía|deportes
    cultura|mundo|el tiempo|vídeos|opinión|sociedad|internacional|salud|ciencia|início|notícias|economia
    esportes|desporto|opinião|saúde|ciência|tempo|brasil|cronaca|politica|esteri|scienza|salute|meteo|thuis
    nieuws|politiek|economie|cultuur|buitenland|binnenland|hem|nyheter|ekonomi|kultur|väder|hjem|nyheder|økonomi
    etusivu|uutiset|talous|urheilu|kulttuuri|strona główna|wiadomości|polityka|gospodarka|świat|kultura|pogoda
    domů|zprávy|ekonomika|címlap|hírek|politika|gazdaság|acasă|știri|vreme|anasayfa|ana sayfa|haberler|gündem
    siyaset|ekonomi|spor|dünya|sağlık|kültür|beranda|berita|olahraga|dunia|главная|новости|политика|экономика
    спорт|культура|мир|в мире|погода|видео|мнения|общество|наука|головна|новини|політика|економіка|світ
    суспільство|αρχική|ειδήσεις|πολιτική|οικονομία|κόσμος|αθλητισμός|ראשי|חדשות|ספורט|الرئيسية|أخبار|الأخبار
    العالم|سياسة|اقتصاد|رياضة|ثقافة|فيديو|الطقس|آراء|رأي|تكنولوجيا|منوعات|صحة|علوم|عربي|العالم العربي|مجتمع
    محليات|خانه|صفحه نخست|اخبار|سیاسی|سیاست|اقتصاد|اقتصادی|ورزش|ورزشی|فرهنگ|فرهنگی|جهان|بین‌الملل|علمی|جامعه
    اجتماعی|ویدئو|首页|新闻|时政|国际|国内|财经|体育|娱乐|科技|文化|社会|健康|天气|视频|评论员|首頁|新聞|國際
    財經|體育|娛樂|ホーム|ニュース|政治|経済|スポーツ|国際|社会|文化|天気|動画|홈|뉴스|정치|경제|사회|스포츠
    세계|문화|연예|होम|समाचार|राजनीति|खेल|หน้าแรก|ข่าว|การเมือง|กีฬา|trang chủ|thời sự|thế giới|thể thao"""
)
# What a site asks its readers; a line with one of these in it is of no article.
APPEALS: Final = _listed(
    """sign up for|sign up to|subscribe to our|our newsletter|in your inbox|to your inbox|download our app
    follow us on|unlock this article|newsletter bestellen|in ihrem postfach|unser newsletter|unseren newsletter
    ins postfach|inscrivez-vous à|notre newsletter|abonnez-vous|dans votre boîte|l'essentiel de l'actualité
    suscríbete a|nuestro boletín|en tu correo|en su correo|inscreva-se|nossa newsletter|no seu e-mail
    iscriviti all|nella tua casella|meld je aan voor|onze nieuwsbrief|zapisz się|na newsletter|bültenimize
    подпишитесь на|на рассылку|главное за день|наш телеграм|نشرتنا البريدية|النشرة البريدية|اشترك في|في بريدك
    تابعونا على|تابعنا على|عضو خبرنامه|خبرنامه ما|订阅我们|關注我們|关注我们"""
)
COOKIES: Final = _listed(
    """we use cookies|this site uses cookies|this website uses cookies|accept all cookies|accept cookies
    wir verwenden cookies|diese website verwendet cookies|cookies akzeptieren
    nous utilisons des cookies|ce site utilise des cookies|accepter les cookies|utilizamos cookies
    este sitio utiliza cookies|aceptar cookies|utilizziamo i cookie|questo sito utilizza cookie|accetta i cookie
    usamos cookies|este site utiliza cookies
    wij gebruiken cookies|vi använder cookies|vi bruger cookies|używamy plików cookie|мы используем cookie
    мы используем файлы cookie|çerezleri kullan|نستخدم ملفات تعريف الارتباط|ملفات تعريف الارتباط|استفاده از کوکی
    使用 cookie|使用cookie|クッキーを使用"""
)
RIGHTS: Final = _listed(
    """all rights reserved|alle rechte vorbehalten|tous droits réservés|derechos reservados|direitos reservados
    diritti riservati|rechten voorbehouden|hakları saklıdır|права защищены|حقوق محفوظة|الحقوق محفوظة|تمامی حقوق
    版权所有"""
)
