"""Background jobs: their queue's edge, and what runs them in slots of their own, so that they never
stand in a reply's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from pydantic import JsonValue

from bot.logs import place_of, stack_of
from bot.ports import Lease, UnavailableError
from bot.slots import fill_slots

log = structlog.get_logger(__name__)

GRACE_SECONDS = 2.0

JobHandler = Callable[[UUID, Mapping[str, JsonValue]], Coroutine[None, None, None]]
"""Does one kind of job for an organisation. It may be run again after it was cut off anywhere."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work in the background that outlives the process: one row."""

    id: UUID
    org_id: UUID
    kind: str
    payload: Mapping[str, JsonValue]
    attempt: int


class JobQueue(Protocol):
    """Background work, in slots of its own. A job runs at least once: handlers can be repeated."""

    async def enqueue(
        self,
        org_id: UUID,
        kind: str,
        payload: Mapping[str, JsonValue],
        *,
        key: str = "",
        delay: float = 0,
    ) -> bool:
        """Queue a job to run in `delay` seconds at the earliest.

        With a `key`, only if none of that kind and key waits already (one that runs does not
        count, as it may have read its input before now), and never two of them at once.
        Whether it was queued.
        """

    async def claim(self, kinds: Sequence[str]) -> Job | None:
        """The job of these kinds that is due longest, now ours under a lease."""

    async def wait(self, seconds: float) -> None:
        """Return when there may be something to claim, or after `seconds`."""

    async def done(self, job: Job) -> None:
        """The job ran to its end."""

    async def failed(self, job: Job, error: str) -> bool:
        """The job raised: it runs again later, or is dead after too many attempts.

        Whether it will run again.
        """

    async def release(self, job: Job) -> None:
        """Give the job back unfinished (shutdown), to run again at once."""

    def lease(self, job: Job) -> AbstractAsyncContextManager[Lease]:
        """Keep the job ours while inside; it ends only as `"lost"`."""


class JobRunner:
    """Runs the jobs that `handlers` knows, by kind."""

    def __init__(self, jobs: JobQueue, handlers: Mapping[str, JobHandler], slots: int) -> None:
        self._jobs = jobs
        self._handlers = dict(handlers)
        self._slots = slots

    async def run(self) -> None:
        """Until cancelled; then what runs is cut off and given back."""
        kinds = list(self._handlers)

        async def claim(_at_most: int) -> Sequence[Job]:
            job = await self._jobs.claim(kinds)
            return [job] if job else []

        await fill_slots(
            self._slots,
            claim=claim,
            wait=self._jobs.wait,
            do=self._do,
            release=self._jobs.release,
            grace_seconds=GRACE_SECONDS,
        )

    async def _do(self, job: Job) -> None:
        running = asyncio.create_task(self._handlers[job.kind](job.org_id, job.payload))
        try:
            if await self._ran_to_its_end(job, running):
                await self._jobs.done(job)
        except asyncio.CancelledError:
            if running.cancelled() or running.exception():
                await self._jobs.release(job)
            else:
                await self._jobs.done(job)
            raise
        except UnavailableError as error:
            # not the job's fault, and nothing can be noted: its lease runs out
            log.info("job_cut_off", job=str(job.id), kind=job.kind, error=str(error))
        except Exception as error:  # noqa: BLE001 - a job's boundary; `_failed` logs it
            await self._failed(job, error)

    async def _ran_to_its_end(self, job: Job, running: asyncio.Task[None]) -> bool:
        """Whether the handler returned, and was not cut off as the job is another's now."""
        async with self._jobs.lease(job) as lease:
            leaving = asyncio.create_task(lease.ended())
            try:
                await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    await running
                    return True
                log.warning("job_lost", job=str(job.id), kind=job.kind)
                return False
            finally:
                leaving.cancel()
                running.cancel()
                await asyncio.wait({running})

    async def _failed(self, job: Job, error: Exception) -> None:
        with suppress(UnavailableError):
            again = await self._jobs.failed(job, place_of(error))
            log.error(
                "job_failed" if again else "job_dead",
                job=str(job.id),
                kind=job.kind,
                attempt=job.attempt,
                error=stack_of(error),
            )
