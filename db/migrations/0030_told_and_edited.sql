-- Of our own words that are remembered: the turns and words overheard that they told of, so that who
-- repeats them is known to have drawn on those too.
ALTER TABLE episodes ADD COLUMN drew_on uuid[] NOT NULL DEFAULT '{}';
UPDATE episodes e SET drew_on = t.drew_on FROM turns t
WHERE e.speaker = 'bot' AND t.org_id = e.org_id AND t.id = e.turn_id AND t.drew_on <> '{}';

-- What was read before its author edited it is not told after: a reply that was begun earlier than
-- that, and tells of it, is begun anew.
ALTER TABLE turns
    ADD COLUMN begun_at timestamptz,            -- this attempt
    ADD COLUMN edited_at timestamptz;           -- the message, after the turn had ended
ALTER TABLE overheard ADD COLUMN edited_at timestamptz;
