-- What we have published on a platform (Discord's commands), by the digest of it: done once over all
-- processes, and again when it changed. It belongs to no organisation.

CREATE TABLE published (
    name text PRIMARY KEY CHECK (name <> ''),
    digest text NOT NULL,
    is_done boolean NOT NULL DEFAULT false,
    claimed_until timestamptz NOT NULL          -- while it is not done: who publishes it has until then
);

ALTER TABLE published ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue ON published TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));

GRANT SELECT, INSERT, UPDATE ON published TO castmatch_app;
