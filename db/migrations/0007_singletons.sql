-- Pieces of work that one process at a time does, each under a lease like a turn's. They belong to
-- no organisation, and stand under the default one. A row stays, so that its attempts count on.

CREATE TABLE singletons (
    org_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001' REFERENCES organisations (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> ''),
    status text NOT NULL DEFAULT 'running' CHECK (status IN ('queued', 'running')),
    owner uuid,
    owner_lock text NOT NULL DEFAULT '',
    attempt integer NOT NULL DEFAULT 1,         -- counts holders; with owner, the fence
    lease_until timestamptz,
    PRIMARY KEY (org_id, id),
    CONSTRAINT singletons_name UNIQUE (org_id, name),
    CHECK (status <> 'running' OR (owner IS NOT NULL AND lease_until IS NOT NULL))
);

ALTER TABLE singletons ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue ON singletons TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));

GRANT SELECT, INSERT, UPDATE ON singletons TO castmatch_app;
