"""Organisations: whose roster and memory it is."""

from __future__ import annotations

from uuid import UUID

DEFAULT_ORG_ID = UUID("00000000-0000-4000-8000-000000000001")
"""The organisation that the first migration makes; unknown workspaces belong to it."""
