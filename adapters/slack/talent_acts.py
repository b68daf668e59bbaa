"""What the buttons of a talent's card do: shortlist it and take it off, more like it, its profile.

A card in a channel that people of other organisations read is about what they may see.
"""

from __future__ import annotations

import structlog

from adapters.acts import ShortlistTalent, ShowTalent, SimilarTalents, UnlistTalent
from adapters.lines import Lines
from adapters.recent import DOUBLE_CLICK_SECONDS
from adapters.searches import today
from adapters.slack import card, command_views
from adapters.slack.answers import Answers, Look
from adapters.slack.asker import Asker
from adapters.slack.edges import Parts
from adapters.slack.interaction import Interaction
from adapters.slack.origins import OnPage, OnProfile, OnShortlist, listed_talents, origin_of
from adapters.slack.reply_acts import OWN_PEOPLE, check_turn
from adapters.slack.reply_view import Shown
from adapters.slack.searching import Searching
from bot.injection import note_injection
from bot.stores import TalentGoneError
from bot.talent import Talent, TalentQuery

log = structlog.get_logger(__name__)

GONE = "This talent is not in the roster any more, or not shown to everybody here."


class TalentActs:
    def __init__(self, parts: Parts, answers: Answers) -> None:
        self._ports = parts.ports
        self._answers = answers
        self._searching = Searching(parts.ports)
        self._lines = Lines()

    async def do(
        self,
        did: Interaction,
        asker: Asker,
        act: ShortlistTalent | UnlistTalent | SimilarTalents | ShowTalent,
        block_id: str,
    ) -> None:
        """`SomebodyElsesError` where the card's reply is of another conversation."""
        if isinstance(act, ShortlistTalent | UnlistTalent):
            await self._list(did, asker, act, block_id)
            return
        click = f"slack {act.name} {act.value} {did.team} {did.user} {did.message_ts}"
        if await self._ports.repeats.is_repeat(click, within=DOUBLE_CLICK_SECONDS):
            return
        found = await self._ports.talents.get(asker.there, [act.talent_id])
        if not found:
            await self._gone(did, act.name)
        elif isinstance(act, SimilarTalents):
            # The search goes on as one of the channel's, also on its next pages.
            query = TalentQuery(similar_to=act.talent_id)
            look = await self._searching.begin(asker, did.conversation, query, of_all=True)
            await self._answers.privately(did, look)
        else:
            await self._answers.privately(did, await self._profile(did, asker, found[0]))

    async def _profile(self, did: Interaction, asker: Asker, talent: Talent) -> Look:
        note_injection([talent])
        which = self._ports.shortlists.which
        listed = await which(asker.there, did.conversation, [talent.id])
        return lambda photos: command_views.profile(talent, listed=listed, photos=photos)

    async def _list(
        self, did: Interaction, asker: Asker, act: ShortlistTalent | UnlistTalent, block_id: str
    ) -> None:
        if act.turn_id is not None:
            await check_turn(self._ports.turns, did, act.turn_id)
        if asker.is_outsider:
            await self._answers.tell(did, OWN_PEOPLE)
            return
        shortlists, key = self._ports.shortlists, did.conversation
        change = shortlists.add if isinstance(act, ShortlistTalent) else shortlists.remove
        try:
            await change(asker.there, key, act.talent_id, asker.author, turn_id=act.turn_id)
        except TalentGoneError:
            await self._gone(did, act.name)
            return
        async with self._lines.of(did.message_ts):
            look = await self._shown_anew(did, asker, block_id)
            if look is not None:
                await self._answers.in_place(did, look)

    async def _gone(self, did: Interaction, act: str) -> None:
        log.info("slack_act_refused", reason="no such talent here", act=act, workspace=did.team)
        await self._answers.tell(did, GONE)

    async def _shown_anew(self, did: Interaction, asker: Asker, block_id: str) -> Look | None:
        """The message with its buttons as the shortlist is now, whoever else pressed one."""
        if not did.is_theirs_alone:
            blocks = list(did.blocks)
            shown = listed_talents(blocks)
            listed = await self._ports.shortlists.which(asker.there, did.conversation, shown)
            for talent_id in shown:
                blocks = card.marked(blocks, talent_id, is_listed=talent_id in listed)
            return (lambda _: Shown(blocks, did.text)) if blocks else None
        match origin_of(block_id):
            case OnPage(search_id, page):
                saved = await self._searching.saved(did, search_id)
                if saved is None:
                    return None
                return await self._searching.page(asker, saved, search_id, page)
            case OnProfile(talent_id):
                found = await self._ports.talents.get(asker.there, [talent_id])
                return await self._profile(did, asker, found[0]) if found else None
            case OnShortlist():
                on = await self._ports.shortlists.listed(asker.there, did.conversation)
                return lambda photos: command_views.shortlist(on, today=today(), photos=photos)
        return None
