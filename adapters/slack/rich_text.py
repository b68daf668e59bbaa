"""What stands within a line of Markdown, as the elements of Slack's rich text.

Rich text is structure, not markup: a mention would be an element of its own, which is never made
here, so no words can call anybody. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from markdown_it.tree import SyntaxTreeNode

from adapters.slack import inert

Element: TypeAlias = dict[str, Any]
"""One element or block as JSON."""
Style: TypeAlias = frozenset[str]

NO_STYLE: Style = frozenset()
BOLD: Style = frozenset({"bold"})
CODE: Style = frozenset({"code"})
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_LINE_BREAKS = ("softbreak", "hardbreak")
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|center|cite|code|del|details|div|em|font|h[1-6]|hr|i|img|ins|kbd|li"
    r"|mark|ol|p|pre|q|s|samp|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt"
    r"|u|ul|var)(?:\s[^<>]*)?/?>|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_BREAK_TAG = re.compile(
    r"(?<!\s)\s*+<br\s*+/?>\s*|</(?:p|div|li|tr|summary)>\s*(?=\S)", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://[^\s<>|\"`\\^{}]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?'’”*_~…]"
_IS_ADDRESS = re.compile(r"\S*://\S*|www\.\S+|(?:[\w-]++\.)+[a-z]{2,}(?:[/?#:]\S*)?", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w-])(?:[\w-]++\.)+[a-z]{2,}", re.IGNORECASE)


def text(words: str, style: Style = NO_STYLE) -> Element:
    element: Element = {"type": "text", "text": inert.plain(words)}
    return _styled(element, style)


def link(address: str, label: str, style: Style = NO_STYLE) -> list[Element]:
    """A link; only its label where it may not be followed. What the label claims of the
    destination is put right."""
    label = " ".join(inert.plain(label).split())
    target = inert.url(address)
    if target is None:
        return [text(label, style)] if label else []
    element: Element = {"type": "link", "url": target}
    host = _host_of(target)
    if not label or label == target or _is_wrong_address(label, target, host):
        return [_styled(element, style)]
    element["text"] = label
    claims_another = any(not _is_of(host, found) for found in _HOST.findall(label))
    told = [text(f" ({host})", style)] if claims_another else []
    return [_styled(element, style), *told]


def inline(node: SyntaxTreeNode, style: Style = NO_STYLE) -> list[Element]:
    """The elements of an inline node (or of any that holds some), alike neighbours joined."""
    return joined(_elements(node.children, style))


def joined(elements: Iterable[Element]) -> list[Element]:
    """Neighbouring texts of one style as one, so that nothing is called across their seam."""
    result: list[Element] = []
    for element in elements:
        last = result[-1] if result else None
        if last and _is_text(last) and _is_text(element) and _style(last) == _style(element):
            result[-1] = last | {"text": inert.plain(last["text"] + element["text"])}
        elif element.get("text") != "":
            result.append(element)
    return result


def words(elements: Iterable[Element]) -> str:
    """What a reader sees of the elements."""
    return "".join(element.get("text") or element.get("url", "") for element in elements)


def fitting(elements: Sequence[Element], room: int) -> list[Element]:
    """As many of the elements as `room` characters hold, the last one cut."""
    result: list[Element] = []
    for element in elements:
        shown = words([element])
        if inert.size(shown) <= room:
            result.append(element)
            room -= inert.size(shown)
            continue
        if _is_text(element) and room > 1:
            result.append(element | {"text": inert.fitting(shown, room)})
        elif room > 0:
            result.append(text("…"))
        break
    return result


def _elements(nodes: Iterable[SyntaxTreeNode], style: Style) -> Iterator[Element]:
    for node in nodes:
        if node.type == "text":
            yield from _prose(node.content, style)
        elif node.type in _LINE_BREAKS:
            yield text("\n", style)
        elif node.type == "code_inline":
            yield text(node.content, style | CODE)
        elif node.type in _STYLES:
            yield from _elements(node.children, style | {_STYLES[node.type]})
        elif node.type == "link":
            yield from link(str(node.attrs["href"]), words(inline(node)), style)
        elif node.type == "image":
            # Slack would fetch it for every reader; a link leaves that to them.
            yield from link(str(node.attrs["src"]), words(inline(node)) or "image", style)
        else:
            yield from _elements(node.children, style)


def _prose(words: str, style: Style) -> Iterator[Element]:
    """Text without HTML, its bare addresses as links."""
    if "<" in words:
        words = _TAG.sub("", _BREAK_TAG.sub("\n", words))
    position = 0
    for found in _ADDRESS.finditer(words):
        address = _trimmed(found[0])
        if inert.url(address) is None:
            continue
        yield text(words[position : found.start()], style)
        yield from link(address, "", style)
        position = found.start() + len(address)
    yield text(words[position:], style)


def _trimmed(address: str) -> str:
    """Without what ends the sentence rather than the address."""
    while address and (
        address[-1] in _AFTER_ADDRESS
        or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address


def _is_wrong_address(label: str, target: str, host: str) -> bool:
    """Whether the label looks like an address, and not like this one."""
    if target.lower().startswith("mailto:"):
        return "@" in label and label.lower() != target[7:].partition("?")[0].lower()
    if not _IS_ADDRESS.fullmatch(label):
        return False
    found = _HOST.search(label.partition("://")[2] or label)
    return "@" in label or found is None or not _is_of(host, found[0])


def _host_of(target: str) -> str:
    parts = urlsplit(target)
    return (parts.hostname or parts.path.partition("@")[2].partition("?")[0]).lower()


def _is_of(host: str, claimed: str) -> bool:
    claimed = claimed.lower().removeprefix("www.")
    return host == claimed or host.endswith(f".{claimed}")


def _styled(element: Element, style: Style) -> Element:
    if style:
        element["style"] = dict.fromkeys(sorted(style), True)
    return element


def _is_text(element: Element) -> bool:
    return bool(element["type"] == "text")


def _style(element: Element) -> dict[str, bool]:
    style: dict[str, bool] = element.get("style", {})
    return style
