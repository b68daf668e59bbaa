-- Whose data it is: organisations, the workspaces that belong to them, and the people in these.
--
-- Keys are led by org_id, so that the tables can be distributed by it. Migrations run as
-- castmatch_owner. castmatch_app, which serves, is granted what it needs table by table and owns
-- nothing: row-level security binds it.

-- What the policies read. Set for one transaction; unset or empty they are NULL, and NULL equals
-- no organisation, so that a transaction that does not say for whom it reads finds nothing.
-- In a policy write (SELECT castmatch_org()), which is evaluated once for a statement and not
-- for every row.

CREATE FUNCTION castmatch_org() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('castmatch.org', true), '')::uuid $$;

CREATE FUNCTION castmatch_access() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('castmatch.access', true), '') $$;

-- The turn queue works for all organisations at once.
CREATE FUNCTION castmatch_is_queue() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('castmatch.queue', true), '') = 'on' $$;

CREATE TABLE organisations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A Slack team, a Discord server, a web page. Small, and asked for before the organisation is
-- known, so it is unique by what the platform calls it, over all organisations.
CREATE TABLE workspaces (
    org_id uuid NOT NULL REFERENCES organisations (id),
    platform text NOT NULL CHECK (platform <> ''),
    external_id text NOT NULL,
    access text NOT NULL CHECK (access IN ('team', 'community')),
    name text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, platform, external_id),
    CONSTRAINT workspaces_external UNIQUE (platform, external_id)
);

CREATE TABLE users (
    org_id uuid NOT NULL REFERENCES organisations (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    platform text NOT NULL CHECK (platform <> ''),
    workspace text NOT NULL,
    external_id text NOT NULL,
    name text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT users_external UNIQUE (org_id, platform, workspace, external_id)
);

ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON organisations FOR SELECT TO castmatch_app
    USING (id = (SELECT castmatch_org()) OR (SELECT castmatch_is_queue()));

CREATE POLICY own ON workspaces FOR SELECT TO castmatch_app
    USING (org_id = (SELECT castmatch_org()));
CREATE POLICY queue ON workspaces TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));

CREATE POLICY own ON users FOR SELECT TO castmatch_app
    USING (org_id = (SELECT castmatch_org()));
CREATE POLICY queue ON users TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));

GRANT SELECT ON organisations TO castmatch_app;
GRANT SELECT, INSERT, UPDATE ON workspaces, users TO castmatch_app;

INSERT INTO organisations (id, name)
VALUES ('00000000-0000-4000-8000-000000000001', 'Default organisation');
