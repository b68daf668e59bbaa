"""Is every configured part working, and if not, what to do: the checks of `castmatch doctor`."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.settings import Settings

CHECK_SECONDS = 60
"""The longest one check may take; the first start of an embedded server is the slowest."""
FREE_BYTES = 500 * 2**20
"""What the data folder should have free: an empty cluster is about 50 MB, WAL up to 1 GB later."""


class State(StrEnum):
    WORKS = "works"
    NOT_SET = "not set"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    state: State
    said: str
    remedy: str = ""


class PartFailedError(Exception):
    """A part does not work; `remedy` is what to do about it."""

    def __init__(self, said: str, remedy: str) -> None:
        super().__init__(said)
        self.remedy = remedy


class NotSetError(Exception):
    """The part is optional and not configured; `str()` says what happens without it."""


@dataclass(frozen=True, slots=True)
class Check:
    """`run` returns one line about the part, or raises `PartFailedError` or `NotSetError`."""

    part: str
    run: Callable[[], Awaitable[str]]


async def examine(checks: Sequence[Check]) -> list[Finding]:
    """Run the checks one after the other: later ones lean on earlier ones."""
    return [await _examine(check) for check in checks]


async def _examine(check: Check) -> Finding:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            said = await check.run()
    except NotSetError as absent:
        return Finding(check.part, State.NOT_SET, str(absent))
    except PartFailedError as failed:
        return Finding(check.part, State.FAILS, str(failed), failed.remedy)
    except TimeoutError:
        said = f"no answer within {CHECK_SECONDS} s"
        return Finding(check.part, State.FAILS, said, "See whether it runs and can be reached.")
    return Finding(check.part, State.WORKS, said)


async def check_python() -> str:
    """Which Python this is; an older one than we need fails before it gets here."""
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"


async def check_data_folder(folder: Path) -> str:
    """Whether the folder, or the nearest one above that exists, can be written and has room."""
    return await asyncio.to_thread(_data_folder, folder)


def _data_folder(folder: Path) -> str:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise PartFailedError(f"{existing} is a file", "Name a folder in DATA_DIR.")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PartFailedError(
            f"{existing} cannot be written", "Give this user write access, or set DATA_DIR."
        )
    free = shutil.disk_usage(existing).free
    if free < FREE_BYTES:
        raise PartFailedError(
            f"{free // 2**20} MB free in {existing}",
            f"Free {FREE_BYTES // 2**20} MB, or set DATA_DIR to a folder on another disk.",
        )
    return f"{folder}, {free / 2**30:.0f} GB free"


async def check_claude(settings: Settings) -> str:
    """Whether the key is accepted and the model exists; costs no tokens."""
    if settings.anthropic_api_key is None:
        raise NotSetError("ANTHROPIC_API_KEY is not set: the offline responder answers")
    import anthropic  # takes a second, which no other command should

    client = anthropic.AsyncAnthropic(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=str(settings.anthropic_base_url) if settings.anthropic_base_url else None,
        max_retries=1,
        timeout=15,
    )
    async with client:
        try:
            model = await client.models.retrieve(settings.anthropic_model)
        except anthropic.AuthenticationError:
            raise PartFailedError("the key was refused", "Check ANTHROPIC_API_KEY.") from None
        except anthropic.PermissionDeniedError:
            raise PartFailedError(
                f"the key may not use {settings.anthropic_model}",
                "Set ANTHROPIC_MODEL to a model that the key may use.",
            ) from None
        except anthropic.NotFoundError:
            raise PartFailedError(
                f"there is no model {settings.anthropic_model}", "Check ANTHROPIC_MODEL."
            ) from None
        except anthropic.APIStatusError as error:
            raise PartFailedError(
                f"Claude answered with status {error.status_code}", "Try again in a few minutes."
            ) from None
        except anthropic.APIConnectionError:
            raise PartFailedError(
                "Claude cannot be reached", "Check the network and ANTHROPIC_BASE_URL."
            ) from None
    return f"the key is accepted, {model.id} answers"
