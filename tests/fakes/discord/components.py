"""What components may be. https://docs.discord.com/developers/components/reference"""

from __future__ import annotations

from typing import Any

from tests.fakes.discord.embeds import check_url
from tests.fakes.discord.message import walk
from tests.fakes.discord.wire import Form, Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL = 17, 18
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
_IN_CONTAINER = (ROW, TEXT, SECTION, GALLERY, SEPARATOR, FILE)
_LINK = 5
_MOST = 40
_TEXT_TOTAL = 4000


def check_components(form: Form, components: list[Json] | None, *, v2: bool) -> list[Json]:
    """Check them; those to keep, each with its number as Discord gives it."""
    if not components:
        return []
    everything = list(walk(components))
    if v2:
        if len(everything) > _MOST:
            said = f"Total number of components exceeds maximum of {_MOST}"
            form.wrong("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", said)
        length = sum(len(c.get("content", "")) for c in everything if c.get("type") == TEXT)
        if length > _TEXT_TOTAL:
            said = f"The total displayable text size of {_TEXT_TOTAL} is exceeded"
            form.wrong("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", said)
    elif len(components) > 5:
        form.wrong("components", "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
    for index, component in enumerate(components):
        at = f"components.{index}"
        kind = component.get("type")
        allowed = (*_IN_CONTAINER, CONTAINER) if v2 else (ROW,)
        if kind not in allowed:
            listed = ", ".join(map(str, allowed))
            said = f'Value of field "type" must be one of ({listed}).'
            form.wrong(f"{at}.type", "UNION_TYPE_CHOICES", said)
            continue
        _check(form, at, component)
    _check_ids(form, everything)
    return _numbered(components)


def _check(form: Form, at: str, component: Json) -> None:
    kind = component["type"]
    if kind in (ROW, CONTAINER, SECTION):
        _check_layout(form, at, component)
    elif kind == TEXT:
        form.length(f"{at}.content", component.get("content"), _TEXT_TOTAL, 1)
    elif kind == THUMBNAIL:
        check_url(form, f"{at}.media.url", component["media"]["url"])
        form.length(f"{at}.description", component.get("description"), 1024)
    elif kind == GALLERY:
        items = component.get("items") or []
        _check_count(form, f"{at}.items", items, 10)
        for number, item in enumerate(items):
            check_url(form, f"{at}.items.{number}.media.url", item["media"]["url"])
    elif kind == BUTTON:
        _check_button(form, at, component)
    elif kind in SELECTS:
        _check_select(form, at, component)


def _check_layout(form: Form, at: str, component: Json) -> None:
    inside = component.get("components") or []
    if component["type"] == ROW:
        _check_row(form, at, inside)
    elif component["type"] == CONTAINER:
        _check_count(form, f"{at}.components", inside, _MOST)
        _check_children(form, f"{at}.components", inside, _IN_CONTAINER)
    else:
        _check_count(form, f"{at}.components", inside, 3)
        _check_children(form, f"{at}.components", inside, (TEXT,))
        accessory = component.get("accessory")
        if not accessory:
            form.wrong(f"{at}.accessory", "BASE_TYPE_REQUIRED", "This field is required")
        elif accessory.get("type") not in (BUTTON, THUMBNAIL):
            said = 'Value of field "type" must be one of (2, 11).'
            form.wrong(f"{at}.accessory.type", "UNION_TYPE_CHOICES", said)
        else:
            _check(form, f"{at}.accessory", accessory)


def _check_row(form: Form, at: str, inside: list[Json]) -> None:
    width = sum(5 if c.get("type") in SELECTS else 1 for c in inside)
    if inside and len(inside) <= 5 < width:
        said = "The specified component exceeds the maximum width"
        form.wrong(f"{at}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", said)
    _check_count(form, f"{at}.components", inside, 5)
    _check_children(form, f"{at}.components", inside, (BUTTON, *SELECTS))


def _check_count(form: Form, at: str, items: list[Any], most: int) -> None:
    if not 1 <= len(items) <= most:
        form.wrong(at, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length.")


def _check_children(form: Form, at: str, inside: list[Json], kinds: tuple[int, ...]) -> None:
    for index, component in enumerate(inside):
        where = f"{at}.{index}"
        if component.get("type") not in kinds:
            listed = ", ".join(map(str, kinds))
            said = f'Value of field "type" must be one of ({listed}).'
            form.wrong(f"{where}.type", "UNION_TYPE_CHOICES", said)
        else:
            _check(form, where, component)


def _check_button(form: Form, at: str, button: Json) -> None:
    form.length(f"{at}.label", button.get("label"), 80)
    if not button.get("label") and not button.get("emoji"):
        said = "A button must have a label or an emoji"
        form.wrong(at, "BUTTON_COMPONENT_INVALID_LABEL_EMOJI", said)
    if button.get("style") == _LINK:
        if button.get("custom_id"):
            said = "A custom id and url cannot both be specified"
            form.wrong(f"{at}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", said)
        if not button.get("url"):
            form.wrong(f"{at}.url", "BASE_TYPE_REQUIRED", "This field is required")
        check_url(form, f"{at}.url", button.get("url"), ("http", "https", "discord"))
        if len(button.get("url") or "") > 512:
            form.wrong(f"{at}.url", "BASE_TYPE_MAX_LENGTH", "Must be 512 or fewer in length.")
    elif button.get("style") in (1, 2, 3, 4):
        _check_custom_id(form, at, button)
    else:
        form.wrong(f"{at}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")


def _check_select(form: Form, at: str, select: Json) -> None:
    _check_custom_id(form, at, select)
    form.length(f"{at}.placeholder", select.get("placeholder"), 150)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not (0 <= least <= 25 and 1 <= most <= 25 and least <= most):
        form.wrong(f"{at}.max_values", "BASE_TYPE_BAD_INTEGER", "Must be between 1 and 25.")
    if select["type"] != STRING_SELECT:
        return
    options = select.get("options") or []
    _check_count(form, f"{at}.options", options, 25)
    seen: set[Any] = set()
    for index, option in enumerate(options):
        where = f"{at}.options.{index}"
        form.length(f"{where}.label", option.get("label"), 100, 1)
        form.length(f"{where}.value", option.get("value"), 100, 1)
        form.length(f"{where}.description", option.get("description"), 100)
        if option.get("value") in seen:
            said = "The specified option value is already used"
            form.wrong(f"{where}.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", said)
        seen.add(option.get("value"))


def _check_custom_id(form: Form, at: str, component: Json) -> None:
    custom_id = component.get("custom_id")
    if custom_id is None:
        form.wrong(f"{at}.custom_id", "BASE_TYPE_REQUIRED", "This field is required")
    form.length(f"{at}.custom_id", custom_id, 100, 1)


def _check_ids(form: Form, everything: list[Json]) -> None:
    seen: set[Any] = set()
    for component in everything:
        custom_id = component.get("custom_id")
        if custom_id is not None and custom_id in seen:
            said = "Component custom id cannot be duplicated"
            form.wrong("components", "COMPONENT_CUSTOM_ID_DUPLICATED", said)
        seen.add(custom_id)


def _numbered(components: list[Json]) -> list[Json]:
    """Copies with an `id` each, in the order in which they are read."""
    taken = {c["id"] for c in walk(components) if c.get("id")}
    free = (number for number in range(1, 10_000) if number not in taken)

    def copy(component: Json) -> Json:
        made = dict(component)
        made["id"] = component.get("id") or next(free)
        if component.get("components"):
            made["components"] = [copy(each) for each in component["components"]]
        for name in ("accessory", "component"):
            if component.get(name):
                made[name] = copy(component[name])
        return made

    return [copy(component) for component in components]
