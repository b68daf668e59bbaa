"""What an embed may be. https://docs.discord.com/developers/resources/message#embed-object-embed-limits"""

from __future__ import annotations

from tests.fakes.discord.wire import Form, Json

TOTAL = 6000
MOST = 10
_FIELDS = 25


def check_embeds(form: Form, embeds: list[Json] | None) -> None:
    if not embeds:
        return
    if len(embeds) > MOST:
        form.wrong("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {MOST} or fewer in length.")
    total = 0
    for index, embed in enumerate(embeds):
        at = f"embeds.{index}"
        total += _size(embed)
        form.length(f"{at}.title", embed.get("title"), 256)
        form.length(f"{at}.description", embed.get("description"), 4096)
        form.length(f"{at}.footer.text", (embed.get("footer") or {}).get("text"), 2048)
        form.length(f"{at}.author.name", (embed.get("author") or {}).get("name"), 256)
        fields = embed.get("fields") or []
        if len(fields) > _FIELDS:
            said = f"Must be {_FIELDS} or fewer in length."
            form.wrong(f"{at}.fields", "BASE_TYPE_MAX_LENGTH", said)
        for number, each in enumerate(fields):
            for name, most in (("name", 256), ("value", 1024)):
                where = f"{at}.fields.{number}.{name}"
                if not each.get(name):
                    form.wrong(where, "BASE_TYPE_REQUIRED", "This field is required")
                form.length(where, each.get(name), most)
        for name in ("url", "image.url", "thumbnail.url", "author.icon_url", "footer.icon_url"):
            check_url(form, f"{at}.{name}", _deep(embed, name))
        if not _size(embed) and not any(_deep(embed, n) for n in ("image.url", "thumbnail.url")):
            form.wrong(f"{at}.description", "BASE_TYPE_REQUIRED", "This field is required")
    if total > TOTAL:
        said = f"Embed size exceeds maximum size of {TOTAL}"
        form.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", said)


def check_url(form: Form, path: str, url: object, schemes: tuple[str, ...] = ()) -> None:
    """An address must be one of the web, or a file that comes with the message."""
    known = schemes or ("http", "https", "attachment")
    if url is None:
        return
    if not isinstance(url, str) or url.partition("://")[0] not in known:
        listed = ", ".join(f"'{each}'" for each in known)
        scheme = str(url).partition(":")[0]
        said = f'Scheme "{scheme}" is not supported. Scheme must be one of ({listed}).'
        form.wrong(path, "URL_TYPE_INVALID_SCHEME", said)
    elif len(url) > 2048:
        form.wrong(path, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")
    elif not url.partition("://")[2] or " " in url:
        form.wrong(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def _size(embed: Json) -> int:
    parts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text"),
             (embed.get("author") or {}).get("name")]  # fmt: skip
    for each in embed.get("fields") or ():
        parts += [each.get("name"), each.get("value")]
    return sum(len(part) for part in parts if part)


def _deep(embed: Json, path: str) -> object:
    first, _, rest = path.partition(".")
    value = embed.get(first)
    return (value or {}).get(rest) if rest else value
