"""A page that still grows never shows the loose ends of its Markdown."""

from __future__ import annotations

import re

import pytest

from adapters.slack import markdown
from adapters.slack.growing import whole
from tests.fakes.slack.plain import plain_blocks

REPLY = """\
Two actors **fit the role** of *the wrestler*, see `notes` and [Asha's reel](https://a.example/r).

1. **Asha Sample Rao** — speaks ***Marathi***
   - trained in ~~kushti~~ mallakhamb
2. **Ravi Sample**

| Name | Plays | Rate |
|------|:-----:|-----:|
| Asha | 24–30 | 8,000 |
| Ravi | 31 | 9,000 |

---

> Ask about **July**.

```python
print("**not bold**")
```

Done, <https://b.example> and ![photo](https://a.example/p.png)!
"""
LOOSE = re.compile(r"[*~`|]|\]\(|<http|!\[|^#|--", re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello **bold", "Hello **bold**"),
        ("Hello **", "Hello"),
        ("run `ls -l", "run `ls -l`"),
        ("run `", "run"),
        ("see [reel](https://a.exa", "see"),
        ("see [reel](https://a.example)", "see [reel](https://a.example)"),
        ("fits\n- ", "fits"),
        ("fits\n\n3.", "fits"),
        ("*it **both", "*it **both***"),
        ("great! <b", "great!"),
        ("snake_case and 2 * 3", "snake_case and 2 * 3"),
        ("said\n\n| Name | Rate", "said"),
        ("| a | b |\n|---|---|\n| 1", "| a | b |\n|---|---|\n| 1"),
        ("```py\nx = **y", "```py\nx = **y"),
        ("Great!", "Great!"),
        ("", ""),
    ],
)
def test_the_end_of_a_growing_text(text: str, shown: str) -> None:
    assert whole(text) == shown


def test_no_step_of_a_reply_shows_a_loose_end() -> None:
    in_code = REPLY.index("print("), REPLY.index("Done")
    for end in range(len(REPLY) + 1):
        shown = markdown.blocks(REPLY[:end], growing=True, most_blocks=20, most_characters=5_000)
        read = plain_blocks([b for b in shown if b["type"] not in ("table", "divider")])
        if not in_code[0] <= end:
            assert not LOOSE.search(read), (end, read)
        elif end >= in_code[1]:
            assert not LOOSE.search(read.replace("**not bold**", "")), (end, read)


def test_a_whole_reply_is_the_same_once_it_has_ended() -> None:
    still, ended = (
        markdown.blocks(REPLY + "End.", growing=growing, most_blocks=20, most_characters=5_000)
        for growing in (True, False)
    )
    assert still == ended
