"""English words that oppose each other: a table to be read and added to. Knows nothing of labels or texts."""

from __future__ import annotations

OPPOSITES = """
on | off
checkin | checkout
clockin | clockout
zoomin | zoomout
optin signup subscribe/subscription | optout
cashin | cashout
up increase raise rise high/higher/highest | down decrease reduce/reduction drop fall/fell/fallen low/lower/lowest
big/bigger/biggest large/larger/largest | small/smaller/smallest
enable | disable off
open/opening reopen | close/closure/closing shut
open submit/submitted | resolve
open create/creation add establish | close/closure delete/deletion remove/removal cancel/cancellation
add insert/insertion include | remove/removal delete/deletion exclude subtract
create/creation make/made build | delete/deletion remove/removal destroy cancel/cancellation
attach mount | detach unmount
accept/acceptance approve/approval allow/allowance grant permit authorize/authorization confirm/confirmation \
agree/agreement succeed/success/successful/successfully/succeeded complete/completion/completed \
pass/passes/passed | decline deny/denial/denied/denies reject/rejection refuse/refusal/refused block \
forbid/forbidden/forbade prohibit/prohibition disapprove fail/failure/failed revoke/revocation bounce
request/requested apply/application/applied ask claim | deny/denial/denied/denies reject/rejection \
refuse/refusal/refused decline
receive give/gave/given deliver obtain =issued | deny/denial/denied/denies refuse/refusal/refused\
 reject/rejection revoke/revocation
pay/paid/payment_ | refuse/refusal/refused bounce
succeed/success/successful/successfully/succeeded complete/completion/completed confirm/confirmation \
approve/approval place book renew/renewal schedule reserve/reservation ship | cancel/cancellation
succeed/success/successful/successfully/succeeded complete/completion/completed confirm/confirmation | \
reverse/reversal return abort
complete/completion/completed finish succeed/success/successful/successfully/succeeded settle clear | \
pending/pend outstanding
clear | bounce
finish complete/completion/completed | fail/failure/failed abort
suspend/suspension ban | reinstate/reinstatement restore/restoration approve/approval
submit/submitted | withdraw/withdrawal/withdrew/withdrawn
start begin/began/begun launch | stop end/ended quit finish stall
start begin/began/begun subscribe/subscription join enroll/enrollment activate/activation | cancel/cancellation \
stop end/ended terminate/termination
subscribe/subscription | unsubscribe/unsubscription cancel/cancellation
pause suspend/suspension | resume/resumption continue
buy/bought purchase | sell/sold sale
buy/bought purchase | return refund_
buyer purchaser | seller vendor
send/sent | receive
sender | recipient receiver
incoming inbound | outgoing outbound
deposit | withdraw/withdrawal/withdrew/withdrawn
earn/earned | spend/spent redeem/redemption
save | spend/spent discard
save keep/kept | discard delete/deletion
lose/lost/loss misplace | found
win/won winning | lose/lost/loss losing
deliver arrive receive/receipt | lose/lost/loss missing/miss return
gain profit | lose/lost/loss
profit | loss
lock | unlock
login/signin log_in | logout/signout/logoff
upload | download
import | export
encrypt/encryption | decrypt/decryption
encode | decode
compress/compression | decompress/decompression
upgrade | downgrade
promote/promotion | demote/demotion
mute | unmute
show/shown display reveal | hide/hidden
connect/connection | disconnect/disconnection
install/installation | uninstall
expand/expansion maximize | collapse minimize contract shrink
inflate | deflate
push | pull
lift raise | low/lower/lowest
hire/hired | fire/fired dismiss
join/joined enter/entrance/entered | leave/leaving quit exit
entrance entry | exit
arrival | departure
arrive | depart leave/leaving
before pre prior | after post following
early/earlier/earliest | late/later/latest
first | last
next | previous
new/newer/newest | old/older/oldest
ascending ascend | descending descend
forward | rewind backward/backwards
undo | redo
minimum/min | maximum/max
least | most
cheap/cheaper/cheapest inexpensive | expensive
overcharge | undercharge
overpay/overpaid | underpay/underpaid
overdue late/later/latest | due early/earlier/earliest
over above | under below
credit | debit
lend/lent lender loan_ | borrow borrower
landlord | tenant
employer | employee
parent | child/children
public | private
manual/manually | automatic/automatically
internal | external
domestic national | international foreign abroad
online | offline
win accept/acceptance | decline
answer | ignore
left | right
front | back rear
top | bottom
inside indoor/indoors | outside outdoor/outdoors
morning | evening night
day | night
weekday | weekend
summer | winter
male man_ | female
mother mom mum | father dad
husband | wife
brother | sister
positive | negative
good/better/best great excellent | bad/worse/worst poor terrible awful
happy glad | sad angry upset
love/like enjoy | hate/dislike
hot/hotter/hottest warm/warmer heat | cold/colder/coldest cool/cooling
dry | wet
dark | light bright
brighten | dim darken
fast/faster/fastest quick/quicker | slow/slower/slowest
strong/stronger | weak/weaker
long/longer/longest | short/shorter/shortest
lengthen | shorten
near/nearer/nearest close_ | far/farther
full | empty partial
full | partial/partially
rich | poor
easy/easier | hard_ difficult
hyperthyroidism hypertension_ | hypothyroidism
hypertension | hypotension
hyperglycemia | hypoglycemia
asset | liability/liabilities
advantage/advantages | disadvantage/disadvantages
pros pro | cons con
support favor | oppose against
guilty | innocent
include/inclusion/included | exclude/exclusion/excluded
correct correctly accurate | wrong wrongly mistaken
strengthen | weaken
attack | defend
import | export
teach/taught | learn
remember | forget/forgot/forgotten
true | false
same | different
single | double multiple
solve fix repair | break/broke/broken
"""
"""A line: words of one pole | words of the other, each word with its irregular forms after "/". Every word of \
one pole
opposes every word of the other; a word may stand in many lines. A word with "_" at its end has other meanings
too often
and is left out, one with "=" before it is taken to the letter."""

NEGATIONS = """
not no never without none nobody nothing neither nor non cannot cant unable hardly
dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt wont wouldnt couldnt shouldnt shouldn mustn needn aint
"""
PREFIXED = {
    "dis": """connect connected agree like trust approve honest appear qualify qualified continue continued obey
    satisfied satisfaction respect comfort assemble mount engage""",
    "de": "activate activated activation",
    "in": """valid correct correctly complete compatible eligible accurate active appropriate ability sufficient
    secure visible
    convenient consistent dependent direct flexible capable effective efficient adequate accessible""",
    "im": "polite possible proper properly patient perfect mature mobile",
    "il": "legal legible logical literate",
    "ir": "regular relevant reversible responsible rational",
}
"""A prefix -> words that it turns round. "un" and "non" turn round every word but NO_PREFIX."""
NO_PREFIX = """
under until unless unit unite union unique unified uniform universal universe university unicorn uncle unto
understand understood understanding underpay underpaid undercharge undercharged unveil unsubscribe
unsubscription unmute unlock unzip
undo uninstall united units unions undergo underway underwear underwrite nonsense nonetheless none unanimous unmount
"""
SILENT = """
inquiry enquiry issue problem question query help concern matter trouble assistance info
information detail
status case topic general related regarding request please kindly thanks thank hi hello hey sorry
always
about the a an my your me us our get got do does did make made want need like would id wish wanna can able could
of with for by at as and or go went gone come came possible everything everyone everybody somebody anybody one bit properly
yesterday today anymore
"""
"""Words that say nothing, beside the stop words."""
TURNING = "turn switch set put"
"""Verbs that say nothing beside on, off, up or down."""
BOTH_WAYS = "on off up down before after over under least most"
"""Words of a pole that are prepositions or adverbs too: one that has no counterpart says nothing."""
REQUESTS = "request apply ask claim"
"""A request is what was asked for, unless the wording says how it ended."""
TROUBLE = "issue problem trouble error difficulty"
NUMBERS = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
UNSURE = r"""
\b(?:not\ (?:sure|certain|clear)|(?:don't|do not|dont|can't|cannot)\ (?:know|understand|see|remember|figure\ out)
    |no\ idea)\ (?=why|how|what|if|whether|when|where|which|who)
| \b(?:can't|cant|cannot|can\ not|couldn't|could\ not)\ (?=find\b|locate\b)
| \boh\ no\b | \A\s*no\b(?=[,.!]) | \bwhy\ not\b | \bno\ idea\b | \bif\ not\b | \bor\ not?\b
| \b(?:don't|dont|do\ not|never)\ forget\ to\b
| \b(?:can|could|would|will|do|did|is|are|should)n'?t\ (?=you|there) | \bcould\ you\ (?=not\ )not\b
"""
"""A pattern of negations that negate nothing that counts: doubts before a question, polite questions."""
