"""The form with all filters of a search: a query as a modal, and what was put in as a query.

What inputs can't hold (a name with a comma in it, a search among certain talents) goes along in
the view's `private_metadata` and stays as it is unless its input is changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from slack_sdk.models.blocks import (
    CheckboxesElement,
    DatePickerElement,
    InputBlock,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from adapters.chips import chips
from adapters.entries import Entry
from adapters.slack import inert, parts
from adapters.slack.filter_fields import (
    BLOCKS,
    INPUT_LIMIT,
    FieldError,
    Values,
    holds,
    query_of,
    read,
    shown,
    value_of,
)
from adapters.slack.rich_text import Element
from bot.talent import TalentQuery

CALLBACK_ID = "filters"
METADATA_LIMIT = 3_000
"""https://docs.slack.dev/reference/views"""
CARRIED_LIMIT = 800
"""Characters of JSON that whoever opens the form may send along in it."""
_ACTION_ID = "value"
_GENDERS = (("female", "Women"), ("male", "Men"), ("non-binary", "Non-binary performers"))
_CURRENCIES = ("INR", "USD", "EUR", "GBP", "AED", "AUD", "CAD", "SGD")
_ALL_OF = "Commas: all of them. “or”: any of them."
_ANY_OF = "Commas between them: any of them."
_TEXTS = {
    "text": ("In your own words", "Searched by words and by meaning."),
    "languages": ("Languages", _ALL_OF),
    "skills": ("Skills", _ALL_OF),
    "cities": ("Cities", f"{_ANY_OF} Lives there or travels there."),
    "unions": ("Unions", _ANY_OF),
    "names": ("Names", f"{_ANY_OF} Misspelt or in part is fine."),
    "exclude": ("Leave out", "Who does not come into question: Delhi, men, sings …"),
}
_EXAMPLES = {
    "text": "a tired schoolteacher with quiet intensity",
    "languages": "Marathi, Hindi or Urdu",
    "skills": "Kathak, horse riding or sword fighting",
    "cities": "Pune, Mumbai",
}
_NUMBERS = {
    "age_from": "Playing age from",
    "age_to": "Playing age to",
    "rate_from": "Day rate from",
    "rate_to": "Day rate up to",
    "height_from": "Height from (cm)",
    "height_to": "Height up to (cm)",
}
_DAYS = {"free_from": "Free from", "free_to": "Free until (the last day)"}


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form as it was sent off."""

    query: TalentQuery
    search_id: str
    """The search that was edited; empty for a new one."""
    carried: Mapping[str, str]
    """What whoever opened the form sent along."""


class FormError(Exception):
    """The form can't be taken as it is: a sentence for each of the blocks at fault."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)

    def as_response(self) -> Element:
        """The acknowledgement that shows the sentences in the form."""
        return {"response_action": "errors", "errors": self.errors}


def form(
    query: TalentQuery,
    *,
    today: date,
    search_id: str = "",
    carried: Mapping[str, str] | None = None,
) -> Element:
    """The modal, filled in. `ValueError` where `carried` is longer than `CARRIED_LIMIT`."""
    values = shown(query, today=today)
    metadata, is_whole = _metadata(query, search_id, carried or {}, today)
    blocks = [_input(block, values[block]) for blocks in BLOCKS.values() for block in blocks]
    kept = [
        chip.label
        for chip in chips(query, today=today)
        if chip.filter in ("similar_to", "only_ids")
    ]
    if not is_whole:
        kept.append("not all that was asked, as it is too long for a form")
    if kept:
        said = f"Kept from the search: {', '.join(kept)}."
        blocks.insert(0, parts.context(inert.mrkdwn(said, 500)))
    view = View(
        type="modal",
        callback_id=CALLBACK_ID,
        title=parts.plain("Find talents"),
        submit=parts.plain("Search"),
        close=parts.plain("Cancel"),
        blocks=blocks,
        private_metadata=metadata,
    )
    return parts.as_json(view)


def submitted(view: Mapping[str, Any], *, today: date) -> Submitted:
    """What a `view_submission` asks for. Raises `FormError`."""
    kept, search_id, carried = _kept(view.get("private_metadata"))
    values, before = _values(view), shown(kept, today=today)
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, blocks in BLOCKS.items():
        if all(values[block] == before[block] for block in blocks):
            found[name] = value_of(name, kept)
            continue
        try:
            found[name] = read(name, values, today=today)
        except FieldError as error:
            errors[error.block_id] = str(error)
    if errors:
        raise FormError(errors)
    query = query_of(found, similar_to=kept.similar_to, only_ids=kept.only_ids)
    if query.is_empty:
        raise FormError({"text": "Fill in at least one of the fields."})
    return Submitted(query, search_id, carried)


# --- what goes along -------------------------------------------------------------------------


def _metadata(
    query: TalentQuery, search_id: str, carried: Mapping[str, str], today: date
) -> tuple[str, bool]:
    """The `private_metadata`, and whether with the inputs it holds all of the query."""
    if len(_json(dict(carried))) > CARRIED_LIMIT:
        raise ValueError("too much is carried along for a view")
    base: dict[str, Any] = {"search": search_id, "carried": dict(carried)}
    beyond = [name for name in BLOCKS if not holds(name, query, today=today)]
    rest = TalentQuery(
        filters=query.filters.model_copy(
            update={
                name: type(query.filters).model_fields[name].default
                for name in BLOCKS
                if name not in (*beyond, "text")
            }
        ),
        text=query.text if "text" in beyond else "",
        similar_to=query.similar_to,
        only_ids=query.only_ids,
    )
    for part in (rest, TalentQuery(similar_to=query.similar_to)):
        asked = part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        metadata = _json(base | {"query": asked})
        if len(metadata) <= METADATA_LIMIT:
            return metadata, part == rest
    return _json(base), False


def _kept(metadata: object) -> tuple[TalentQuery, str, dict[str, str]]:
    """The query, the search's id and what was carried; each empty where there is none."""
    try:
        found = json.loads(metadata if isinstance(metadata, str) else "")
        query = TalentQuery.model_validate(found.get("query", {}))
        return query, str(found.get("search", "")), dict(found.get("carried", {}))
    except (ValueError, TypeError, AttributeError, ValidationError):
        return TalentQuery(), "", {}


def _json(value: object) -> str:
    """Compact, and without signs that mean something in Slack's markup."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&@"})


# --- inputs ----------------------------------------------------------------------------------


def _input(block_id: str, value: Entry) -> Element:
    text = value if isinstance(value, str) else ""
    element: InputInteractiveElement
    label, hint = _TEXTS.get(block_id, ("", ""))
    if block_id in _TEXTS:
        element = PlainTextInputElement(
            action_id=_ACTION_ID,
            initial_value=text or None,
            multiline=block_id == "text",
            max_length=INPUT_LIMIT,
            placeholder=parts.plain(_EXAMPLES[block_id]) if block_id in _EXAMPLES else None,
        )
    elif block_id in _NUMBERS:
        label = _NUMBERS[block_id]
        element = NumberInputElement(
            action_id=_ACTION_ID, is_decimal_allowed=True, initial_value=text or None
        )
    elif block_id in _DAYS:
        label = _DAYS[block_id]
        element = DatePickerElement(action_id=_ACTION_ID, initial_date=text or None)
    elif block_id == "currency":
        label = "Currency of the day rate"
        codes = [*_CURRENCIES, *([text] if text not in _CURRENCIES else [])]
        element = StaticSelectElement(
            action_id=_ACTION_ID,
            options=[_option(code, code) for code in codes],
            initial_option=_option(text, text),
        )
    else:
        label = "Gender as played"
        element = CheckboxesElement(
            action_id=_ACTION_ID,
            options=[_option(*gender) for gender in _GENDERS],
            initial_options=[_option(*gender) for gender in _GENDERS if gender[0] in value] or None,
        )
    return parts.as_json(
        InputBlock(
            block_id=block_id,
            label=parts.plain(label),
            hint=parts.plain(hint) if hint else None,
            element=element,
            optional=True,
        )
    )


def _option(value: str, label: str) -> Option:
    return Option(value=value, text=parts.plain(label))


def _values(view: Mapping[str, Any]) -> Values:
    """What is in the inputs; empty where the payload lacks one."""
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, Mapping) else None
    found: Values = {}
    for block_id in (block for blocks_of in BLOCKS.values() for block in blocks_of):
        element = blocks.get(block_id) if isinstance(blocks, Mapping) else None
        element = element.get(_ACTION_ID) if isinstance(element, Mapping) else None
        found[block_id] = _value(block_id, element if isinstance(element, Mapping) else {})
    return found


def _value(block_id: str, element: Mapping[str, Any]) -> Entry:
    if block_id == "genders":
        chosen = element.get("selected_options")
        options = chosen if isinstance(chosen, list) else []
        return tuple(_value_of_option(option) for option in options)
    if block_id == "currency":
        return _value_of_option(element.get("selected_option"))
    value = element.get("selected_date" if block_id in _DAYS else "value")
    return value.strip() if isinstance(value, str) else ""


def _value_of_option(option: object) -> str:
    value = option.get("value") if isinstance(option, Mapping) else ""
    return value if isinstance(value, str) else ""
