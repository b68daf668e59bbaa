"""The sentences of one shape each, as data: see `forms.py` for how they are read."""

from __future__ import annotations

from bot.distilling.forms import WE, Form
from bot.distilling.naming import ANY_NAME, KIND, NAME, PERSON_NAME
from bot.facts import About

_DATE = (
    r"(?:(?:on|from|in|at|by|around|until|till|before|after|next|this|tomorrow|today|the|mid|early|"
    r"late|end)\b.*(?:\d|day\b|week|month|year|tomorrow|today|january|february|march|april|\bmay\b|"
    r"june|july|august|september|october|november|december).*|(?:tomorrow|today|mon|tues|wednes|"
    r"thurs|fri|satur|sun)(?:day)?)"
)
_CREW = (
    r"(?:director|producer|line producer|executive producer|client|agency|dop|cinematographer|"
    r"casting director|casting associate|casting assistant|assistant director|ad|writer|editor|"
    r"choreographer|production house|production company|production|studio|broadcaster|channel|"
    r"showrunner|point person|contact person|coordinator)"
)
_EVENT = (
    r"(?:auditions?|callbacks?|call-?backs?|shoot(?:ing)?|filming|rehearsals?|readings?|"
    r"table reads?|"
    r"look tests?|screen tests?|chemistry reads?|fittings?|workshops?|recces?|submissions?|"
    r"self-?tapes?|tapes?|shortlists?|selects|deadline|start date|wrap date|first day|last day|"
    r"release|premiere|lock date|call ?time)"
)
_THING = (
    r"(?:script|working title|title|brand|language|genre|tone|lead|budget owner|format|dress code|"
    r"code name|codename|tagline|logline|dialect|accent|location|set|office|studio|base)"
)
_DO = (
    r"(?:do|send|hold|shortlist|book|shoot|audition|test|pay|meet|share|use|work|start|run|"
    r"rehearse|"
    r"record|upload|tape|review|decide|submit|brief|call|negotiate|present|take|give|offer|cast|"
    r"hire|"
    r"consider|accept|look|keep|ask|see|insist|travel|check|sign|lock|approve|finali[sz]e|post)"
)
_OFTEN = (
    r"(?:always|never|usually|generally|normally|mostly|typically|only|tend to|try to|rarely|"
    r"seldom|no longer)"
)
_KIND = (
    r"(?:film|movie|series|show|serial|soap|drama|comedy|thriller|musical|commercial|ad|campaign|"
    r"pilot|play|short|feature|music video|documentary|romance|biopic|remake|sequel|anthology|"
    r"sitcom|cartoon|animation|audio drama|podcast|project|story)"
)
_STARTS = (
    r"(?:(?:now|will|are|is|to)\s+)*(?:starts?|begins?|starting|beginning|"
    r"go(?:es)? on (?:the )?floors?|go(?:es)? into production)\s+"
    r"(?:(?:shooting|filming|the shoot|principal photography)\s+)?{}"
)
_WRAPS = (
    r"(?:(?:now|will|are|is|to)\s+)*(?:wraps?|wrapping|finish(?:es)?)\s+"
    r"(?:(?:shooting|filming)\s+)?{}"
)
_OWN_NAME = rf"(?!(?:{_CREW}|{_EVENT}|{_THING})\b){NAME}"


_END = r"\s*[.!]*$"
_ALREADY = r"(?:(?:now|just|already|finally|officially|also|still|currently)\s+)*"

WHOLE = (
    Form(
        rf"^{KIND}{NAME}\s+(?:now\s+)?has\s+(?:got\s+)?a\s+new\s+(?P<noun>{_CREW}),?\s+"
        rf"(?P<value>{ANY_NAME}){_END}",
        "{noun}",
        "{subject} has a new {noun}, {value}.",
        needs_project=True,
    ),
    Form(
        rf"^(?P<value>{PERSON_NAME})\s*(?:is|'s|’s|has been|was)\s+{_ALREADY}(?:cast|locked|signed|"
        rf"finali[sz]ed|confirmed|booked|on board|in)\s+(?:for|in|on)\s+{KIND}{NAME}{_END}",
        "cast",
        "{value} is cast for {subject}.",
        single=False,
        needs_project=True,
    ),
    Form(
        rf"^{KIND}{NAME}\s+is\s+(?:being made\s+)?for\s+(?P<value>{PERSON_NAME}){_END}",
        "client",
        "{subject} is for {value}.",
        needs_project=True,
    ),
    Form(
        rf"^{KIND}{NAME}\s+(?:is|was|has been|have been|got|gets|is being)\s+{_ALREADY}(?:put\s+)?"
        r"(?P<value>cancell?ed|on hold|postponed|wrapped|called off|greenlit|shelved|delayed|pushed"
        rf"|locked|axed|paused|picked up|back on)\b(?P<more>.*?){_END}",
        "status",
        "{subject} is {value}{more}.",
        confidence=0.85,
        needs_project=True,
    ),
    Form(
        rf"^(?P<who>{PERSON_NAME})\s+(?P<value>(?:is|are|isn['’]?t|aren['’]?t)\s+(?:not |"
        rf"no longer |now |un)?"
        r"\s*(?:available|free|booked|busy|travelling|shooting elsewhere|on leave)\b"
        rf".*?){_END}",
        "availability",
        "{who} {value}.",
        about=About.TALENT,
        confidence=0.75,
    ),
    Form(
        rf"^(?P<who>{PERSON_NAME})\s+(?P<value>(?:is|are)\s+(?:not |no longer |now )?\s*"
        r"(?:confirmed|interested|represented by|signed|repped by|locked|on board|(?:out|"
        r"in)(?=\s*(?:$|[.!,]|for\b|on\b)))"
        r"\b.*?|(?:can'?t|cannot|won'?t|doesn'?t|does not|will not|refuses to|only)\s+(?:do|does|"
        r"travels?|works?|shoots?|make|takes?|kiss|sing|dance|ride)\b.*?"
        r"|(?:has )?(?:declined|passed|confirmed|accepted|moved to|agreed)\b.*?|said (?:yes|"
        r"no)\b.*?)"
        rf"{_END}",
        "answer",
        "{who} {value}.",
        about=About.TALENT,
        confidence=0.75,
    ),
    Form(
        rf"^{KIND}{NAME}\s+(?:is|was|will be|is being)\s+{_ALREADY}(?P<noun>directed|produced|"
        rf"written|shot|edited|cast|choreographed)\s+by\s+(?P<value>{PERSON_NAME}.*?){_END}",
        "{noun}",
        "{subject} is {noun} by {value}.",
        needs_project=True,
    ),
    Form(
        rf"^(?P<value>{ANY_NAME}?)(?:\s+is|'s|’s|\s+will be)\s+{_ALREADY}"
        rf"(?P<noun>directing|producing|writing|shooting|editing|casting|choreographing)\s+"
        rf"{KIND}{NAME}{_END}",
        "{noun}",
        "{value} is {noun} {subject}.",
        needs_project=True,
    ),
)
"""Read of the sentence as it stands."""

LIFTED = (
    Form(
        rf"^(?P<who>i'm|i am|i’m|i'll be|i will be)\s+{_ALREADY}(?:the|your|their|its)\s+"
        rf"(?P<noun>{_CREW}){_END}",
        "{noun}",
        "{author} is the {noun} of {subject}.",
        value="{author}",
        needs_project=True,
    ),
    Form(
        rf"^(?P<who>i'm|i am|i’m)\s+{_ALREADY}(?P<value>(?:the|a|an)\s+{_CREW}){_END}",
        "role",
        "{author} is {value}.",
        about=About.PERSON,
        single=False,
    ),
    Form(
        r"^(?P<who>i)\s+(?P<value>(?:handle|look after|run|manage|take care of|cover|am responsible"
        rf" for|oversee|lead|head|represent)\s+.+?){_END}",
        "role",
        "{author} {value}.",
        is_done=True,
        about=About.PERSON,
        single=False,
    ),
    Form(
        r"^(?P<who>i'm|i am|i’m|i'll be|i will be|i’ll be)\s+(?P<value>(?:away|out|off|on leave|"
        rf"travelling|unavailable|out of office|not available|free|back)\s+{_DATE}){_END}",
        "availability",
        "{author} is {value}.",
        about=About.PERSON,
    ),
    Form(
        r"^this channel\s+(?:is\s+(?:only\s+)?(?:for|about)|handles|covers|deals with|"
        r"looks after)\s+(?P<value>.+?)"
        rf"{_END}",
        "purpose",
        "This channel is for {value}.",
        about=About.CHANNEL,
    ),
    Form(
        r"^(?:our|the|my)\s+(?P<noun>next|new|current|upcoming)\s+(?:project|film|movie|show|"
        r"series|"
        rf"campaign|pilot|play|ad)\s+is\s+(?:called\s+|titled\s+)?{NAME}{_END}",
        "{noun} project",
        "The {noun} project is {value}.",
        value="{named}",
    ),
    Form(
        rf"^(?P<value>{ANY_NAME})\s+(?P<verb>decides|(?:has|gets|makes)\s+the\s+"
        r"(?:final|last)\s+(?:say|call|word|decision)|has final say|makes the call|signs off|"
        rf"approves)\b(?P<more>.*?){_END}",
        "decider",
        "{value} {verb}{more}{of}.",
    ),
    Form(
        rf"^(?:only\s+)?(?P<value>{ANY_NAME})\s+(?P<verb>(?:has to|must|needs to|will|should|can|"
        rf"may|"
        r"gets to|wants to)\s+(?:approve|sign off|okay|ok|clear|green-?light|decide|lock|confirm|"
        rf"finali[sz]e|see))\b(?P<more>.*?){_END}",
        "decider",
        "{value} {verb}{more}{of}.",
    ),
    Form(
        r"^(?P<verb>ask|check with|clear (?:it|them|names|everyone) with|run (?:it|them|names|"
        r"everyone|"
        rf"everything) (?:by|past)|go through|confirm with)\s+(?P<value>{ANY_NAME})\s+(?:before|"
        rf"first)\b.*?{_END}",
        "decider",
        "{value} is to be asked first{of}.",
    ),
    Form(
        r"^(?:the\s+)?(?P<noun>(?:final|last)\s+(?:call|say|word|decision)|sign-?off|approval)\s+"
        rf"(?:is|lies|rests|sits|stays)\s+with\s+(?P<value>.+?){_END}",
        "decider",
        "The {noun}{of} is with {value}.",
    ),
    Form(
        rf"^(?P<value>{ANY_NAME})\s+is\s+{_ALREADY}(?:the|our)\s+"
        rf"(?P<noun>{_CREW}){_END}",
        "{noun}",
        "The {noun}{of} is {value}.",
    ),
    Form(
        r"^(?:we've|we’ve|we have|we)\s+(?:already\s+|just\s+|finally\s+|now\s+)*(?:cast|locked|"
        r"signed|finali[sz]ed|booked|confirmed)\s+"
        rf"(?P<value>{PERSON_NAME})(?:\s+(?:as|to play)\s+[\w' ]+)?{_END}",
        "cast",
        "{value} is cast{of}.",
        single=False,
    ),
    *(
        Form(rf"^{whose}{does}(?P<value>{_DATE}){_END}", attribute, says, needs_project=True)
        for does, attribute, says in (
            (_STARTS, "shoot start", "The shoot{of} starts {value}."),
            (_WRAPS, "wrap", "The wrap{of} is {value}."),
        )
        for whose, does in (
            (rf"{KIND}{NAME}\s+", does.format("")),
            (r"(?:we|it)\s+", does.format(rf"(?:{KIND}{NAME}\s+)?")),
        )
    ),
    Form(
        rf"^{WE}\s+(?:(?:will|are|is)\s+)?(?:locks?|locking|finali[sz]es?|finali[sz]ing|close|"
        rf"closing)"
        rf"\s+(?:the\s+|our\s+)?(?:final\s+)?(?P<noun>cast(?:ing)?|script|schedule|shortlist|"
        rf"budget)"
        rf"\s+(?P<value>{_DATE}){_END}",
        "lock",
        "The {noun}{of} is to lock {value}.",
    ),
    Form(
        rf"^{WE}\s+(?:needs?|wants?|expects?|must have)\s+(?:(?:the|our|a|final|first|"
        rf"all)\s+)*(?P<noun>"
        r"shortlists?|lists?|self-?tapes|tapes|options|names|submissions|selects|final cast|"
        r"profiles"
        r"|reels|casting|first picks|look tests)\s+(?P<value>by\s+.+?)"
        rf"{_END}",
        "{noun} due",
        "The {noun}{of} {be} due {value}.",
    ),
    Form(
        rf"^(?:(?:our|the|my|all|all our|all the)\s+)?(?:{NAME}(?:'s|’s)?\s+)?(?P<noun>{_EVENT})\s+"
        r"(?:is|are|was|were)\s+(?:all\s+)?due\s+(?:in\s+)?(?P<value>(?:by|on|before|next|this|"
        rf"tomorrow|at)\b.*?){_END}",
        "{noun} due",
        "The {noun}{of} {be} due {value}.",
    ),
    Form(
        rf"^(?:(?:our|the|my|all|all our|all the)\s+)?(?:{_OWN_NAME}(?:'s|’s)?\s+)?"
        rf"(?P<noun>{_CREW}|{_EVENT}|{_THING})(?:\s+{_EVENT})?\s*"
        r"(?P<verb>'s|’s|\bis|\bare|\b(?:was|were)(?=\s+(?:on|yesterday|last|today))|"
        r"\bwas moved to|\bhas moved to|\bhave moved to|\bmoved to|"
        r"\bmoves to|\bslipped to|\bslips to|\b(?:got |was )?pushed to|\bextended to"
        r"|\bstarts?|\bbegins?|\bruns?|\bwraps?|\bends?|\bwill be|\bhappens?|\bgoe?s? to|\bcloses?|"
        r"\bopens?|\btakes? place|\bfalls? on)\s+(?:now\s+)?(?P<value>.+?)"
        rf"{_END}",
        "{noun}",
        "The {noun}{of} {verb} {value}.",
    ),
)
"""Read of a sentence without its project."""

HABITS = (
    Form(
        rf"^(?P<who>{WE})\s+(?P<value>{_OFTEN}\s+{_DO}(?:e?s)?\b.+?){_END}",
        "habit",
        "{subject} {value}.",
        is_done=True,
        of_the_trade=True,
        single=False,
        confidence=0.75,
    ),
    Form(
        rf"^(?P<who>{WE})\s+(?P<value>(?:don['’]?t|do not|doesn['’]?t|does not)"
        rf"\s+{_DO}\b.+?){_END}",
        "habit",
        "{subject} {value}.",
        is_done=True,
        of_the_trade=True,
        single=False,
        confidence=0.7,
    ),
    Form(
        rf"^(?P<who>{WE})\s+(?P<value>{_DO}(?:e?s)?\s+(?:all|every|each|most of|"
        rf"none of)\b.+?){_END}",
        "habit",
        "{subject} {value}.",
        is_done=True,
        of_the_trade=True,
        single=False,
        confidence=0.75,
    ),
    Form(
        r"^(?:from now on|going forward|as a rule|by default|in general|as usual),?\s+"
        rf"(?P<who>{WE})\s+(?P<value>{_DO}s?\b.+?){_END}",
        "habit",
        "{subject} {value}.",
        is_done=True,
        of_the_trade=True,
        single=False,
        confidence=0.85,
    ),
    Form(
        rf"^{KIND}{NAME}\s+(?P<verb>is|will be)\s+(?:now\s+)?(?P<value>(?:about|set in|set at)\b"
        rf".{{2,120}}?|(?:a|an)\b(?:\s+[\w'-]+){{0,5}}?\s+{_KIND}\b.{{0,80}}?){_END}",
        "kind",
        "{subject} {verb} {value}.",
        single=False,
        confidence=0.7,
        needs_project=True,
    ),
)
"""Read of the same, once it is known to be no wish."""
