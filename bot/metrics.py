"""What is counted and timed, for Prometheus: every name and label in one place."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120)


class Metrics:
    """The instruments of one process, in a registry of their own, handed to those who count."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.turns = Counter(
            "castmatch_turns",
            "Turns that ended here, by how: a turn's status, or amended, lost or released",
            ["platform", "ending"],
            registry=self.registry,
        )
        self.open_turns = Gauge(
            "castmatch_open_turns",
            "Turns that this process is answering",
            ["platform"],
            registry=self.registry,
        )
        self.first_text_seconds = Histogram(
            "castmatch_first_text_seconds",
            "From taking a turn to its first text on the platform",
            ["platform"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.reply_seconds = Histogram(
            "castmatch_reply_seconds",
            "From taking a turn to its last edit",
            ["platform"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.edits = Counter(
            "castmatch_edits",
            "Calls that changed what a platform shows: post, edit or delete",
            ["platform", "call"],
            registry=self.registry,
        )
        self.edit_errors = Counter(
            "castmatch_edit_errors",
            "Such calls that failed; the newest text is sent again",
            ["platform", "call"],
            registry=self.registry,
        )
        self.tool_calls = Counter(
            "castmatch_tool_calls",
            "Tools that the model called, by outcome: ok or error",
            ["tool", "outcome"],
            registry=self.registry,
        )
        self.model_tokens = Counter(
            "castmatch_model_tokens",
            "Tokens of the model: input, output, cache_read or cache_write",
            ["kind"],
            registry=self.registry,
        )
        self.responder_errors = Counter(
            "castmatch_responder_errors",
            "Replies that the responder could not go on with, by reason",
            ["reason"],
            registry=self.registry,
        )
        self.refused_replies = Counter(
            "castmatch_refused_replies",
            "Replies refused as the day's budget is used up, by whose: member or workspace",
            ["platform", "whose"],
            registry=self.registry,
        )
        self.ratings = Counter(
            "castmatch_ratings",
            "Ratings of replies, helpful or unhelpful; one that is changed counts again",
            ["platform", "rating"],
            registry=self.registry,
        )
        self.unbacked_names = Counter(
            "castmatch_unbacked_names",
            "Names in replies that no row backs, each marked in its reply",
            registry=self.registry,
        )
        self.late_recalls = Counter(
            "castmatch_late_recalls",
            "Replies that went on without a part of memory, as it took too long",
            ["part"],
            registry=self.registry,
        )
        self.summaries = Counter(
            "castmatch_summaries",
            "Summaries of older turns by ending: made, own_words, forgotten, no_budget or failed",
            ["ending"],
            registry=self.registry,
        )
