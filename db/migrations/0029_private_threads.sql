-- A private thread is read by some of its channel's people alone: a place of its own, with a scope of
-- its own (bot/scopes.py).
ALTER TABLE turns DROP CONSTRAINT turns_place_check;
ALTER TABLE turns ADD CONSTRAINT turns_place_check
    CHECK (place IN ('dm', 'thread', 'private', 'public', 'shared'));
ALTER TABLE episodes DROP CONSTRAINT episodes_place_check;
ALTER TABLE episodes ADD CONSTRAINT episodes_place_check
    CHECK (place IN ('dm', 'thread', 'private', 'public', 'shared'));
ALTER TABLE facts DROP CONSTRAINT facts_place_check;
ALTER TABLE facts ADD CONSTRAINT facts_place_check
    CHECK (place IN ('dm', 'thread', 'private', 'public', 'shared'));
ALTER TABLE saved_searches DROP CONSTRAINT saved_searches_place_check;
ALTER TABLE saved_searches ADD CONSTRAINT saved_searches_place_check
    CHECK (place IN ('dm', 'thread', 'private', 'public', 'shared'));
