"""What texts may be about, in general: names beside which those of a very small label set are judged. Knows no label set.

Of 78,000 labels some are near whatever a text is about, so that they say of each other whether one is near enough. Of ten
none may be, and the nearest of them looks near beside the others: so it is held against names of general subjects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.trust import LEAST
from linnaeus.index.exact import cosines
from linnaeus.logistic import log_odds, sigmoid
from linnaeus.types import Codes

Floats = NDArray[np.float64]
FEW = 20  # labels, up to which this is needed: LOG.md, "Very small label sets"
WEIGHTS = (1.7, 0.57, -0.84)
"""Of 1, the log-odds of the likeliest label, the log of how many names are nearer and 1; by research/background.py."""
_NAMES = """
mathematics; physics; chemistry; biology; astronomy; geology; medicine; psychology; sociology; history; archaeology;
philosophy; religion; linguistics; economics; law; politics; education; engineering; computer science; statistics;
agriculture; forestry; fishing; mining; manufacturing; construction; architecture; energy; electricity; oil and gas;
nuclear power; solar energy; water supply; waste and recycling; climate change; pollution; nature conservation;
animals; birds; insects; pets; plants; gardening; weather; oceans; rivers and lakes; mountains; space exploration;
robots; artificial intelligence; software; programming; databases; computer networks; internet; websites; mobile
phones; telecommunications; electronics; video games; computer hardware; cybersecurity; privacy; social media;
television; film; radio; newspapers; books; poetry; novels; theatre; dance; music; songs and playlists; opera;
painting; sculpture; photography; design; fashion; clothing; jewellery; cosmetics; hairdressing; food; cooking
recipes; restaurants; bread; meat; fruit and vegetables; dairy products; coffee and tea; wine and beer; diets;
fitness; football; basketball; baseball; tennis; golf; cycling; running; swimming; winter sports; horse riding;
martial arts; hunting; camping; chess; gambling; toys; board games; crafts; knitting; collecting; holidays and travel;
hotels; flights; trains; buses; cars; motorcycles; bicycles; ships; roads and traffic; parking; maps and directions;
shipping and delivery; post; shopping; prices; discounts; refunds and returns; invoices; payments; credit cards; bank
accounts; loans; mortgages; insurance; investments; stock markets; currency exchange; taxes; pensions; salaries; jobs
and careers; job interviews; working hours; trade unions; management; marketing; advertising; sales; customer service;
accounting; startups; international trade; customs duties; real estate; renting a flat; furniture; house cleaning;
home repair; kitchen appliances; heating; plumbing; neighbours; family; marriage; divorce; children; pregnancy and
birth; schools; universities; exams; scholarships; libraries; museums; languages and translation; spelling and
grammar; names; calendars and dates; alarms and reminders; time zones; measuring and units; calculations; jokes;
greetings and small talk; thanks; apologies; complaints; opinions; advice; love and friendship; emotions; dreams;
death and funerals; sleep; health; doctors; hospitals; nursing; dentistry; pharmacy and drugs; vaccination; cancer;
heart disease; infections; injuries; mental illness; addiction; disability; old age; sexuality; gender; race and
ethnicity; migration; refugees; human rights; poverty; charity; housing policy; police; crime; courts; prisons; fraud;
contracts; copyright and patents; elections; government; parliament; foreign policy; war; armed forces; weapons;
terrorism; disasters; fires; earthquakes; rescue services; royal families; celebrities; astrology; myths; magic;
Christianity; Islam; Judaism; Buddhism; churches; ceremonies; festivals; public transport; cities; villages; tourism;
countries; Africa; Asia; Europe; North America; South America; Australia; factories; machines; tools; metals;
plastics; glass; textiles; paper; wood; chemicals; optics; acoustics; lasers; sensors; batteries; vehicles; aviation;
railways; logistics; packaging; quality control; safety at work; standards; research; experiments; surveys; scientific
publishing; passwords and logins; user accounts; software errors; installation and updates; files and folders;
printing; email; calls and messages; appointments; meetings; reservations; orders; subscriptions; membership; identity
documents; visas
"""
BACKGROUND = tuple(" ".join(name.split()) for name in _NAMES.split(";"))
"""Our own list: subjects, everyday affairs, what people write for; no two of one meaning."""


class Background:
    """Says how likely any label fits: where general names are nearer to a text than its best label, mostly none does."""

    def __init__(self, codes: Codes) -> None:
        """`codes` (n, d) are the quantised vectors of BACKGROUND."""
        self._codes = codes

    def fits(self, codes: Codes, nearest: Floats, chances: Floats) -> Floats:
        """The probability (n,) that any label fits texts with these vectors (n, d).

        `nearest` (n,): the highest cosine of a text with a label; `chances` (n,): how likely its likeliest label fits, by
        what labels say of each other.
        """
        nearer = (cosines(codes, self._codes) > nearest[:, None]).sum(axis=1)
        constant, odds, others = WEIGHTS
        return sigmoid(constant + odds * log_odds(chances, LEAST) + others * np.log1p(nearer))
