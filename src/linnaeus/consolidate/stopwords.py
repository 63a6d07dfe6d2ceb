"""Words that say little of what a text is about, by language. Knows nothing of texts."""

from __future__ import annotations

_ENGLISH_WORDS = """
a an the this that these those some any all each every both either neither other another such same own few
much many more most very too so but just only also even still already yet again now then today here there
ever really actually currently maybe perhaps quite i im ive me my mine myself you youre your yours we us our
ours he him his she her it its they them their who whom whose which what whats when where why how hows if
whether because since while than be am is are was were been being do does did done doing have has had having
can could will would shall should may might must let lets about onto over under between after before during
against until through above below per via like want wants wanted need needs needed know knew tell told help
helps please hey ok okay yeah oh well think thought say says said see seems seem understand sure wondering
wonder believe guess able going gonna wanna trying try tried rt com www http https something anything
someone anyone thing things way ways bit lot lots kind sort take takes took taking taken
"""
_OTHER_WORDS = (
    """
    der die das den dem des ein eine einen einem einer eines und oder aber ich du er sie es wir ihr mich mir
    dich dir uns mein meine meinen meinem meiner dein deine ist sind war waren bin bist hat habe haben hatte
    wird werden wurde kann können muss soll will zu zum zur im in an am auf aus bei mit nach von vor für
    über um als wie was wer wo wann warum wenn dass ob so auch nur noch schon sehr mehr man sich bitte gibt
    """,
    """
    le la les un une des du de et ou mais je tu il elle on nous vous ils elles me te se mon ma mes ton ta
    tes son sa ses notre votre nos vos ce cet cette ces que qui quoi dont où quand comment pourquoi si est
    sont était suis es êtes être ai as avons avez ont avoir à au aux en dans par pour sur avec chez plus
    très aussi bien ne qu
    """,
    """
    el la los las un una unos unas y o pero yo tú él ella nosotros ellos me te se mi mis tu tus su sus
    nuestro este esta esto estos estas ese esa que qué quien cuál cómo cuándo dónde por porque para si es
    son era soy está están estoy ser he ha han haber hay a al de del en con sobre más muy también lo le les
    ya puedo puede favor
    """,
    """
    il lo la i gli le un uno una e o ma io tu lui lei noi voi loro mi ti si ci vi mio mia miei tuo suo
    questo questa quello quella che chi cosa come quando dove perché se è sono era sei siamo essere ho hai
    ha abbiamo hanno avere a al alla ai di del della dei delle da dal in nel nella con su sul per più molto
    anche già posso può
    """,
    """
    o a os as um uma uns umas e ou mas eu tu ele ela nós eles elas me te se meu minha meus minhas seu sua
    seus suas este esta isto esse essa que quem qual como quando onde porque por para se é são era sou está
    estão estou ser tenho tem ter há ao à aos de do da dos das em no na nos nas com sobre mais muito também
    já posso pode
    """,
    """
    de het een en of maar ik jij je u hij zij ze wij we mij me mijn jouw uw zijn haar ons onze dit dat deze
    die wat wie waar wanneer waarom hoe als is was waren ben bent heb hebt heeft hebben had word wordt
    worden kan kunnen moet zal wil te in op aan bij met naar van voor over om uit er ook nog al zeer meer
    dan dus
    """,
    """
    и в во на с со к ко у о об от до из за по для при без над под через а но или да я ты он она оно мы вы
    они мне меня мой моя мое мои мою моей его ее их это этот эта эти тот та то что как где когда почему кто
    какой какая какие чей ли же бы если чтобы уже еще ещё только так там тут есть был была было были быть
    можно надо нужно могу может
    """,
)
ENGLISH = frozenset(_ENGLISH_WORDS.split())
OTHERS = tuple(frozenset(words.split()) for words in _OTHER_WORDS)
"""German, French, Spanish, Italian, Portuguese, Dutch, Russian."""
