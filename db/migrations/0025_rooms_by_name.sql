-- Where a fact comes from, as people say it and can open it: "in #casting", and a link.

ALTER TABLE turns
    ADD COLUMN room_name text NOT NULL DEFAULT '',  -- as its people call it, then
    ADD COLUMN link text NOT NULL DEFAULT '';       -- to the message
ALTER TABLE facts
    ADD COLUMN room_name text NOT NULL DEFAULT '',
    ADD COLUMN link text NOT NULL DEFAULT '';
