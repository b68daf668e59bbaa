-- What is kept beside turns and talents: ratings, shortlists, searches, settings, secrets.
--
-- Whoever did something is named by `users.id` alone, so that a person who is forgotten, whose row
-- of `users` goes, is named nowhere else: neither here nor in what may never be changed.

GRANT DELETE ON users TO castmatch_app;

-- What a person has asked, and what was overheard of them: to show it, and to forget it.
CREATE INDEX turns_user ON turns (org_id, user_id, seq);
CREATE INDEX overheard_author ON overheard (org_id, platform, workspace, author_external_id);

ALTER TABLE workspaces ADD COLUMN settings jsonb NOT NULL DEFAULT '{}'; -- what its admins set

CREATE TABLE ratings (
    org_id uuid NOT NULL REFERENCES organisations (id),
    turn_id uuid NOT NULL,
    user_id uuid NOT NULL,
    helpful boolean NOT NULL,
    rated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, turn_id, user_id),
    FOREIGN KEY (org_id, turn_id) REFERENCES turns (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id) ON DELETE CASCADE
);
CREATE INDEX ratings_user ON ratings (org_id, user_id);

-- `access` is what whoever added it might see. It is part of the key: what a team has added must
-- not show to the community, also not by standing in the way.
CREATE TABLE shortlists (
    org_id uuid NOT NULL REFERENCES organisations (id),
    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    talent_id text NOT NULL,
    access text NOT NULL CHECK (access IN ('team', 'community')),
    by_user uuid NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, platform, workspace, channel, talent_id, access),
    FOREIGN KEY (org_id, talent_id) REFERENCES talents (org_id, id) ON DELETE CASCADE
);
CREATE INDEX shortlists_talent ON shortlists (org_id, talent_id);

-- Who decided what, when, and from which turn. Rows are added and never changed: it outlives
-- talents, people and turns, so that it refers to none of them.
CREATE TABLE decisions (
    org_id uuid NOT NULL REFERENCES organisations (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind <> ''),
    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    access text NOT NULL CHECK (access IN ('team', 'community')),
    talent_id text NOT NULL,
    by_user uuid NOT NULL,
    turn_id uuid,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
);

CREATE TABLE saved_searches (
    org_id uuid NOT NULL REFERENCES organisations (id),
    id text NOT NULL,
    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    thread text NOT NULL,
    place text NOT NULL CHECK (place IN ('dm', 'private', 'public', 'shared')),
    access text NOT NULL CHECK (access IN ('team', 'community')),
    user_id uuid NOT NULL,
    query jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id) ON DELETE CASCADE
);
CREATE INDEX saved_searches_id ON saved_searches (id); -- asked for before the organisation is known
CREATE INDEX saved_searches_user ON saved_searches (org_id, user_id);
CREATE INDEX saved_searches_expired ON saved_searches (expires_at);

-- Tokens and the like, encrypted by the application. An installation is there before its
-- organisation: no organisation leads the key, and neither a session nor the queue sees a row.
CREATE FUNCTION castmatch_is_vault() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('castmatch.vault', true), '') = 'on' $$;

CREATE TABLE vault (
    kind text NOT NULL CHECK (kind <> ''),
    key text NOT NULL COLLATE "C" CHECK (key <> ''),
    value bytea NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (kind, key)
);
CREATE INDEX vault_expired ON vault (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE ratings ENABLE ROW LEVEL SECURITY;
ALTER TABLE shortlists ENABLE ROW LEVEL SECURITY;
ALTER TABLE decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_searches ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue ON ratings TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY queue ON saved_searches TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));

CREATE POLICY audience ON shortlists TO castmatch_app
    USING (
        org_id = (SELECT castmatch_org())
        AND ((SELECT castmatch_access()) = 'team' OR access = (SELECT castmatch_access()))
    )
    WITH CHECK (org_id = (SELECT castmatch_org()) AND access = (SELECT castmatch_access()));

CREATE POLICY note ON decisions FOR INSERT TO castmatch_app
    WITH CHECK (org_id = (SELECT castmatch_org()) AND access = (SELECT castmatch_access()));
CREATE POLICY team ON decisions FOR SELECT TO castmatch_app
    USING (org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team');

CREATE POLICY vault ON vault TO castmatch_app
    USING ((SELECT castmatch_is_vault())) WITH CHECK ((SELECT castmatch_is_vault()));

GRANT SELECT, INSERT, UPDATE, DELETE ON ratings, saved_searches, vault TO castmatch_app;
GRANT SELECT, INSERT, DELETE ON shortlists TO castmatch_app;
GRANT SELECT, INSERT ON decisions TO castmatch_app;
