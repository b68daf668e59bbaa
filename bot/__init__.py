"""CastMatch's core: casting conversations and talent lookups.

Imports no other package of ours and no platform, database or Redis library; only
`bot/__main__.py`, the composition root, sees everything.
"""
