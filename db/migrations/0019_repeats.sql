-- What was done of late, each for a while: a click or a request that comes again, to whichever
-- process, is known by its row. It belongs to no organisation, as a request is read before anybody
-- knows whose it is, and stands there as a hash.

CREATE TABLE repeats (
    what bytea PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE INDEX repeats_until ON repeats (until);

ALTER TABLE repeats ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue ON repeats TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));

GRANT SELECT, INSERT, UPDATE, DELETE ON repeats TO castmatch_app;
