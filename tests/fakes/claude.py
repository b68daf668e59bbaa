"""Claude's Messages API on loopback: scripted answers, streamed as the real one streams.

    async with ClaudeServer() as claude:
        claude.reply(tools=[("search_talents", {"text": "dancer"})])
        claude.reply(text="**Meera Joshi** fits.")
        claude.fail(529)
        ...  # a client with base_url=claude.url and api_key=claude.api_key
        claude.requests[0].body

Each scripted answer is used once, in order; `answer_with` makes the rest from the request. A
request that the real API would refuse is refused, and noted in `complaints`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, Literal, Self

from tests.fakes.claude_cache import Cached, PromptCache
from tests.fakes.claude_rules import RefusedError, check_body, check_headers, check_route
from tests.fakes.http_server import HttpRequest, HttpResponse, HttpServer

Cut = Literal["error", "disconnect", "stall", "truncate", "bad_chunk"]
"""How a stream ends too early: an error event, a closed connection, silence, an end that looks
orderly but lacks the last events, or a chunk that is no JSON."""

StopReason = Literal[
    "", "end_turn", "max_tokens", "tool_use", "pause_turn", "refusal",
    "model_context_window_exceeded",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. Without `stop_reason` it ends as its content demands.

    With `cut` the stream breaks once `text` was sent. `delay` is the seconds before its first
    byte; `error` the type of the error event of a cut.
    """

    text: str = ""
    tools: Sequence[tuple[str, Mapping[str, object]]] = ()
    thinking: str = ""
    stop_reason: StopReason = ""
    cut: Cut | None = None
    error: str = "overloaded_error"
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A status instead of an answer."""

    status: int
    message: str = "scripted failure"
    retry_after: float | None = None


@dataclass(frozen=True)
class Request:
    """A request for a message that was accepted."""

    body: dict[str, Any]
    raw: bytes
    headers: Mapping[str, str]
    cached: Cached = field(repr=False)

    @cached_property
    def tool_results(self) -> list[str]:
        """The texts of the tool results that this request brings."""
        blocks = self.body["messages"][-1]["content"]
        return [block["content"] for block in blocks if block["type"] == "tool_result"]

    @cached_property
    def asked(self) -> str:
        """The newest message of a person, as it stands between its tags."""
        texts = [
            block["text"]
            for message in self.body["messages"]
            for block in message["content"]
            if block["type"] == "text" and message["role"] == "user"
        ]
        found = re.findall(
            r'<message from="[^"]*" on="[^"]*">\n(.*?)\n</message>', "\n".join(texts), re.S
        )
        return str(found[-1]) if found else ""


Answer = Reply | Failure

_ERRORS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error",
    403: "permission_error", 404: "not_found_error", 413: "request_too_large",
    429: "rate_limit_error", 500: "api_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
_TOKEN = re.compile(r"\s*\S{1,6}|\s+")


class ClaudeServer:
    """The server; it serves while inside."""

    def __init__(self, *, tokens_per_second: float = 0, api_key: str = "sk-ant-test") -> None:
        """Without `tokens_per_second` answers come as fast as they can be written."""
        self.api_key = api_key
        self.tokens_per_second = tokens_per_second
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self.streaming = 0
        """Answers that are being streamed."""
        self.hung_up = 0
        """Answers whose client closed the connection before their end."""
        self._http = HttpServer(self._handle)
        self._scripted: deque[Answer] = deque()
        self._answer: Callable[[Request], Answer] | None = None
        self._paused: list[list[dict[str, Any]]] = []
        self._cache = PromptCache()
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._http.__aexit__(*error)

    @property
    def url(self) -> str:
        return self._http.url

    # --- scripting -----------------------------------------------------------------------

    def reply(
        self,
        text: str = "",
        *,
        tools: Sequence[tuple[str, Mapping[str, object]]] = (),
        thinking: str = "",
        stop_reason: StopReason = "",
        cut: Cut | None = None,
        error: str = "overloaded_error",
        delay: float = 0,
    ) -> None:
        """Script the next answer."""
        self._scripted.append(Reply(text, tools, thinking, stop_reason, cut, error, delay))

    def fail(
        self, status: int, message: str = "scripted failure", *, retry_after: float | None = None
    ) -> None:
        """Script the next answer to be an error."""
        self._scripted.append(Failure(status, message, retry_after))

    def answer_with(self, answer: Callable[[Request], Answer]) -> None:
        """Make every answer that is not scripted from its request."""
        self._answer = answer

    # --- serving -------------------------------------------------------------------------

    async def _handle(self, http: HttpRequest, response: HttpResponse) -> None:
        request_id = f"req_{next(self._numbers):06}"
        try:
            check_route(http.method, http.path)
            check_headers(http.headers, self.api_key)
            body = json.loads(http.body)
            check_body(body, self._paused)
        except RefusedError as refusal:
            self.complaints.append(str(refusal))
            _send_error(response, request_id, refusal.status, str(refusal), kind=refusal.kind)
            return
        request = Request(body, http.body, http.headers, self._cache.take(body))
        self.requests.append(request)
        answer = self._next_answer(request)
        if isinstance(answer, Failure):
            wait = answer.retry_after
            extra = {} if wait is None else {"retry-after": f"{wait:g}"}
            _send_error(response, request_id, answer.status, answer.message, headers=extra)
            return
        self.streaming += 1
        try:
            await self._stream(answer, request, request_id, response)
        except asyncio.CancelledError:
            self.hung_up += 1
            raise
        finally:
            self.streaming -= 1

    def _next_answer(self, request: Request) -> Answer:
        if self._scripted:
            return self._scripted.popleft()
        if self._answer:
            return self._answer(request)
        self.complaints.append("a request came for which nothing was scripted")
        return Failure(500, "nothing scripted")

    async def _stream(
        self, reply: Reply, request: Request, request_id: str, response: HttpResponse
    ) -> None:
        await asyncio.sleep(reply.delay)
        head = {"content-type": "text/event-stream; charset=utf-8", "request-id": request_id}
        response.start(200, head)
        message = _Message(reply, request, request_id)
        loop = asyncio.get_running_loop()
        started, sent = loop.time(), 0
        for event, is_token in message.events():
            if is_token and self.tokens_per_second:
                sent += 1
                await asyncio.sleep(started + sent / self.tokens_per_second - loop.time())
            response.write(event)
        match reply.cut:
            case "disconnect":
                response.drop()
            case "stall":
                await asyncio.Event().wait()
            case _:
                response.end()
        if message.stop_reason == "pause_turn":
            self._paused.append(message.content)


class _Message:
    """The events of one answer, in the API's order."""

    def __init__(self, reply: Reply, request: Request, request_id: str) -> None:
        self._reply = reply
        self._request = request
        self._id = request_id.replace("req", "msg")
        default: StopReason = "tool_use" if reply.tools else "end_turn"
        self.stop_reason = reply.stop_reason or default
        self.content: list[dict[str, Any]] = []

    def events(self) -> Iterator[tuple[bytes, bool]]:
        """Each event's bytes, and whether it is a token that takes its time."""
        usage = self._usage()
        yield self._start(usage), False
        yield _event("ping"), False
        tokens = 0
        for index, (block, deltas) in enumerate(self._blocks()):
            yield _event("content_block_start", index=index, content_block=block), False
            for delta in deltas:
                tokens += 1
                yield _event("content_block_delta", index=index, delta=delta), True
            if self._reply.cut and block["type"] == "text":
                yield from self._cut()
                return
            yield _event("content_block_stop", index=index), False
        if self._reply.cut:
            yield from self._cut()
            return
        delta = {"stop_reason": self.stop_reason, "stop_sequence": None}
        usage |= {"output_tokens": tokens}
        yield _event("message_delta", delta=delta, usage=usage), False
        yield _event("message_stop"), False

    def _start(self, usage: dict[str, int]) -> bytes:
        message = {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "model": self._request.body["model"],
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        return _event("message_start", message=message)

    def _usage(self) -> dict[str, int]:
        cached = self._request.cached
        return {
            "input_tokens": cached.fresh // 4,
            "cache_read_input_tokens": cached.read // 4,
            "cache_creation_input_tokens": cached.written // 4,
            "output_tokens": 1,
        }

    def _blocks(self) -> Iterator[tuple[dict[str, Any], Iterator[dict[str, Any]]]]:
        reply = self._reply
        if reply.thinking:
            whole = {"type": "thinking", "thinking": reply.thinking, "signature": "c2ln"}
            self.content.append(whole)
            yield {"type": "thinking", "thinking": "", "signature": ""}, _thinking(whole)
        if reply.text:
            self.content.append({"type": "text", "text": reply.text})
            pieces = _TOKEN.findall(reply.text)
            yield (
                {"type": "text", "text": ""},
                ({"type": "text_delta", "text": piece} for piece in pieces),
            )
        for number, (name, arguments) in enumerate(reply.tools):
            call = {"type": "tool_use", "id": f"toolu_{self._id}_{number}", "name": name}
            self.content.append(call | {"input": dict(arguments)})
            pieces = ["", *re.findall(r"(?s).{1,12}", json.dumps(arguments))]
            yield (
                call | {"input": {}},
                ({"type": "input_json_delta", "partial_json": piece} for piece in pieces),
            )

    def _cut(self) -> Iterator[tuple[bytes, bool]]:
        if self._reply.cut == "error":
            error = {"type": self._reply.error, "message": "scripted"}
            yield _event("error", error=error, request_id=self._id.replace("msg", "req")), False
        elif self._reply.cut == "bad_chunk":
            yield b'event: content_block_delta\ndata: {"type": "content_bl\n\n', False


def _thinking(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for piece in _TOKEN.findall(block["thinking"]):
        yield {"type": "thinking_delta", "thinking": piece}
    yield {"type": "signature_delta", "signature": block["signature"]}


def _event(kind: str, **fields: object) -> bytes:
    data = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def _send_error(
    response: HttpResponse,
    request_id: str,
    status: int,
    message: str,
    *,
    kind: str = "",
    headers: Mapping[str, str] | None = None,
) -> None:
    error = {"type": kind or _ERRORS.get(status, "api_error"), "message": message}
    body = {"type": "error", "error": error, "request_id": request_id}
    response.send(status, body, {"request-id": request_id, **(headers or {})})
