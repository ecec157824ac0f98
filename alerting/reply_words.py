"""The words people answer with, in Swedish and English, and the words that take an answer back."""


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


NEW_LINE = frozenset({"\n"})

# Carriers act on these when they are the whole text: never ours, never swallowed.
OPT_OUT = _words("stop stopp stopall end cancel quit unsubscribe optout revoke")
OPT_IN = _words("start unstop")

YES = _words(
    "ja j jaa japp jepp jajamen jajamän jadå javisst jo absolut självklart givetvis",
    "ok okej okay oki y yep yeah yup sure 👍",
)
COMING = _words("kommer coming omw framme")
RECEIVED = _words(
    "mottaget mottagit kvitterar kvitterat kvitteras uppfattat förstått noterat läst",
    "received roger ack acknowledged understood",
)
# Said instead of "kommer"; a question ("kan jag komma") has another order.
PHRASES = ("på väg", "på plats", "kan komma", "can come", "will come", "on my way", "on site")

NO = _words("nej n nä nää näe nix nope no nei nay 👎")
NOT = _words("inte ej icke int ite itne inet ikke aldrig knappast not never dont doesnt isnt arent")
ABLE = _words(
    "kan kommer komma hinner orkar möjlighet möjligt tillgänglig medverka delta",
    "can come coming able available",
)
CANNOT = _words("cannot cant wont unable förhinder förhindrad hindrad")
AGAINST = _words(  # no answer by themselves, but a yes beside them is not plain
    "inga ingen inget utan without fel wrong",
    "sjuk sjukskriven vab vabbar bortrest utomlands utlandet semester sick abroad",
)
NEGATIONS = NO | NOT | CANNOT | AGAINST

# "Yes" alone belongs to the carriers, so it answers nothing; with more text it is a filler.
CONTRADICTS_NO = YES | COMING | _words("yes 1 problem worries")
DOUBT = (
    OPT_OUT
    | OPT_IN
    | _words(
        "? kanske eventuellt ev evt möjligen osäker osäkert försöker försöka beror hoppas eller",
        "maybe perhaps possibly might try trying if hope or unsure",
    )
)

ABOUT = _words(
    "om ca cirka circa ungefär typ inom max högst senast eta först tidigast",
    "in about within approx around",
)
LEADING = (
    ABOUT
    | NEW_LINE
    | _words(
        "jag vi hej hejsan hallå tjena god morgon kväll natt svar svara svarar tack då så är men att",
        "i im am ill will we well hi hello yes reply",
    )
)
SOFT = _words("jag vi tyvärr nog absolut alls i we im am be unfortunately sorry really")
CLOCK = _words("kl klockan at")
MINUTES = _words("min mins minut minuter m minute minutes")
HOURS = _words("h tim timme timma timmar hour hours hr hrs")
SIGNATURE = NEW_LINE | _words("mvh vh hälsningar hälsn skickat sent regards")
AFTER_NUMBER = (
    MINUTES
    | HOURS
    | SIGNATURE
    | YES
    | COMING
    | _words(
        "jag är där här nu tack kvar bort bara så då med bil cykel buss tåg cyklar kör går",
        "hemifrån och ungefär cirka thanks there now by car away",
    )
)
# "Kommer du", "kommer att bli sen": somebody else comes, or something else will be.
AFTER_COMING = _words(
    "du ni det den han hon de dom någon nån man att bli vara behöva ha få ta dröja",
    "you they he she it",
)
AFTER_IF = ABOUT | _words("en ett några någon halv halvtimme kvart timme strax")
