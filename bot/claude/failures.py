"""What can go wrong with Claude, each as one plain sentence for the person and a reason for us."""

from __future__ import annotations

import math
from dataclasses import dataclass

import anthropic
import httpx2

from bot.ports import ResponderError

REFUSED = "I can't help with that request as it is. Please put it another way."
"""Kept apart: an exchange that ended so is not sent again, as it would be refused again."""


class ModelError(ResponderError):
    """A failure of one request to Claude.

    `retry_after` is the wait in seconds that the other side asked for, if it did; `is_passing`
    says whether the same request may well succeed a moment later.
    """

    def __init__(
        self,
        sentence: str,
        *,
        reason: str,
        retryable: bool = True,
        is_passing: bool = False,
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(sentence, reason=reason, retryable=retryable)
        self.is_passing = is_passing
        self.retry_after = retry_after
        self.request_id = request_id


def refused() -> ModelError:
    return ModelError(REFUSED, reason="refusal", retryable=False)


def context_too_long(request_id: str | None = None) -> ModelError:
    return ModelError(
        "This conversation has grown too long for me. Please start a new one.",
        reason="context_too_long",
        retryable=False,
        request_id=request_id,
    )


def answer_too_long() -> ModelError:
    return ModelError(
        'The answer grew too long and is cut here. Say "go on" for the rest.',
        reason="max_tokens",
        retryable=False,
    )


def too_many_rounds() -> ModelError:
    return ModelError(
        "I looked things up too many times without coming to an answer. Please ask for less at"
        " once.",
        reason="too_many_rounds",
    )


def cut_off(cause: str = "cut_off", request_id: str | None = None) -> ModelError:
    """The stream ended before the answer did."""
    return ModelError(
        "The connection to Claude broke in the middle of the answer. Please try again.",
        reason=cause,
        is_passing=True,
        request_id=request_id,
    )


def stalled(request_id: str | None = None) -> ModelError:
    return ModelError(
        "Claude stopped answering. Please try again.",
        reason="stalled",
        is_passing=True,
        request_id=request_id,
    )


def too_slow() -> ModelError:
    return ModelError(
        "The answer took too long and is cut here. Please try again.", reason="too_slow"
    )


def from_exception(error: Exception) -> ModelError:
    """The failure that an exception of the client or its transport stands for."""
    match error:
        case ModelError():
            failure = error
        case anthropic.APIStatusError():
            failure = _from_status(error)
        case anthropic.APITimeoutError() if not _is_connecting(error):
            failure = stalled()
        case anthropic.APIConnectionError() if _is_broken(error.__cause__):
            failure = cut_off("disconnected")
        case anthropic.APIConnectionError():
            failure = _unreachable()
        case httpx2.TimeoutException():
            failure = stalled()
        case httpx2.TransportError():
            failure = cut_off("disconnected")
        case _:
            # a chunk that is no JSON, no UTF-8, or not of the shape that the protocol has
            failure = cut_off("bad_chunk")
    return failure


def _is_connecting(error: Exception) -> bool:
    return isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout)


def _is_broken(cause: BaseException | None) -> bool:
    """Whether the request went out and only its answer is missing."""
    return isinstance(cause, httpx2.RemoteProtocolError | httpx2.ReadError)


def _unreachable() -> ModelError:
    return ModelError(
        "I can't reach Claude just now. Please try again in a minute.",
        reason="unreachable",
        is_passing=True,
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of refusal by the API: what it is called there, and what it means here."""

    type: str
    statuses: frozenset[int]
    reason: str
    sentence: str
    is_passing: bool = False


_KINDS = (
    _Kind(
        "overloaded_error",
        frozenset({529}),
        "overloaded",
        "Claude is overloaded just now. Please try again in a minute.",
        is_passing=True,
    ),
    _Kind(
        "rate_limit_error",
        frozenset({429}),
        "rate_limited",
        "We are asking Claude too much at once. Please try again in {wait}.",
        is_passing=True,
    ),
    _Kind(
        "authentication_error",
        frozenset({401}),
        "authentication",
        "Claude refused our key. An admin must check ANTHROPIC_API_KEY.",
    ),
    _Kind(
        "permission_error",
        frozenset({403}),
        "permission",
        "Our key may not do this with Claude. An admin must check its rights.",
    ),
    _Kind(
        "billing_error",
        frozenset({402}),
        "billing",
        "Our account with Claude is not in order. An admin must check its billing.",
    ),
    _Kind(
        "not_found_error",
        frozenset({404}),
        "unknown_model",
        "Claude does not know the model we ask for. An admin must check ANTHROPIC_MODEL.",
    ),
    _Kind(
        "invalid_request_error",
        frozenset(range(400, 500)) - {408, 409},
        "bad_request",
        "Claude did not accept our request. An admin can find the reason in the log.",
    ),
)
_OTHER = _Kind(
    "api_error",
    frozenset(),
    "server_error",
    "Claude has a problem of its own just now. Please try again in a minute.",
    is_passing=True,
)


def _from_status(error: anthropic.APIStatusError) -> ModelError:
    """By the error's type where it has one: in the middle of a stream the status is 200."""
    # there is no type or code for a prompt that is too long, only these words
    if error.status_code == 413 or "prompt is too long" in (error.api_message or ""):
        return context_too_long(error.request_id)
    by_type = (kind for kind in _KINDS if kind.type == error.type)
    by_status = (kind for kind in _KINDS if error.status_code in kind.statuses)
    kind = next(by_type, None) or next(by_status, _OTHER)
    wait = _retry_after(error.response)
    return ModelError(
        kind.sentence.format(wait=_in_words(wait)),
        reason=kind.reason,
        retryable=kind.is_passing,
        is_passing=kind.is_passing,
        retry_after=wait,
        request_id=error.request_id,
    )


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds, as the API sends them; a date or nonsense counts as not sent."""
    try:
        seconds = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _in_words(seconds: float | None) -> str:
    if seconds is None or seconds <= 60:
        return "a minute"
    return f"{math.ceil(seconds / 60)} minutes"
