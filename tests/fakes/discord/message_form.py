"""What may stand in a message: the form that creating, editing and answering share."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord.components import check_components
from tests.fakes.discord.embeds import check_embeds
from tests.fakes.discord.mentions import EVERYTHING_PINGS, check_allowed
from tests.fakes.discord.message import (
    COMPONENTS_V2,
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Message,
)
from tests.fakes.discord.wire import Form, Json, refusal

CONTENT = 2000


def read_message(
    fields: Json, old: Message | None = None, files: dict[str, bytes] | None = None
) -> Json:
    """The checked fields for `Channel.add` or `Message.change`. Raises `RefusedError`."""
    form = Form()
    flags = fields.get("flags") or 0
    form.length("content", fields.get("content"), CONTENT)
    check_embeds(form, fields.get("embeds"))
    check_allowed(form, fields.get("allowed_mentions"))
    was_v2 = bool(old and old.flags & COMPONENTS_V2)
    is_v2 = bool(flags & COMPONENTS_V2) or was_v2
    components: list[Json] = check_components(form, fields.get("components"), v2=is_v2)
    if is_v2:
        for name in ("content", "embeds", "sticker_ids", "poll"):
            if fields.get(name):
                said = f'The "{name}" field cannot be used when using MessageFlags.IS_COMPONENTS_V2'
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                form.wrong(name, code, said)
    nonce = fields.get("nonce")
    if isinstance(nonce, str):
        form.length("nonce", nonce, 25)
    form.check()
    made: Json = {}
    if "content" in fields:
        made["content"] = (fields["content"] or "").strip()  # as Discord trims it
    if "embeds" in fields:
        made["embeds"] = fields["embeds"] or []
    if "components" in fields:
        made["components"] = components
    kept = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2 | EPHEMERAL
    made["flags"] = (flags & kept) | (old.flags if old else 0)
    allowed = fields.get("allowed_mentions")
    made["allowed"] = EVERYTHING_PINGS if allowed is None else allowed
    attachments = _attachments(fields, old, files or {})
    if attachments is not None:
        made["attachments"] = attachments
        made["files"] = (old.files if old else {}) | (files or {})
    _check_something(made, old)
    return made


def _attachments(fields: Json, old: Message | None, files: dict[str, bytes]) -> list[Json] | None:
    if not files and "attachments" not in fields:
        return None
    kept = {str(each.get("id")) for each in fields.get("attachments") or ()}
    found = [each for each in (old.attachments if old else []) if each["id"] in kept]
    for number, (name, content) in enumerate(files.items()):
        url = f"https://cdn.example/{number}/{name}"
        each = {"id": str(9_000_000 + number), "filename": name, "size": len(content)}
        found.append(each | {"url": url, "proxy_url": url})
    return found


def _check_something(made: Json, old: Message | None) -> None:
    def stands(name: str) -> Any:
        return made[name] if name in made else getattr(old, name, None)

    if not any(stands(name) for name in ("content", "embeds", "components", "attachments")):
        raise refusal(50006)
