-- What people told us that holds: facts, each with its source; and who wants nothing remembered.

CREATE TABLE facts (
    org_id uuid NOT NULL REFERENCES organisations (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    scope text NOT NULL CHECK (scope <> ''),    -- see bot/scopes.py; for good, as it was learned
    access text NOT NULL CHECK (access IN ('team', 'community')),

    about text NOT NULL CHECK (about IN ('person', 'channel', 'project', 'talent')),
    subject text NOT NULL,                      -- the person's or channel's id, or a name
    subject_key text NOT NULL,                  -- the same, folded: what a repeat is known by …
    attribute text NOT NULL CHECK (attribute <> ''),
    value text NOT NULL,
    value_key text NOT NULL,                    -- … and what of it
    negated boolean NOT NULL,
    statement text NOT NULL CHECK (statement <> ''),
    quote text NOT NULL,                        -- the words that say it

    confidence real NOT NULL CHECK (confidence > 0 AND confidence <= 1),
    repeated integer NOT NULL DEFAULT 0,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,                    -- closed, by a contradiction or as it was said
    last_said_at timestamptz NOT NULL,

    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    thread text NOT NULL,
    place text NOT NULL CHECK (place IN ('dm', 'private', 'public', 'shared')),
    turn_id uuid NOT NULL,                      -- that said it first
    said_again uuid[] NOT NULL DEFAULT '{}',    -- turns that repeated it
    author_external_id text NOT NULL,
    author_name text NOT NULL,

    embedder text,                              -- the model of …
    embedding halfvec,

    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, turn_id) REFERENCES turns (org_id, id) ON DELETE CASCADE
);

CREATE INDEX facts_scope ON facts (org_id, scope, last_said_at DESC);
CREATE INDEX facts_subject ON facts (org_id, scope, about, subject_key, attribute);
CREATE INDEX facts_turn ON facts (org_id, turn_id);
CREATE INDEX facts_author ON facts (org_id, platform, workspace, author_external_id);
ALTER TABLE facts ENABLE ROW LEVEL SECURITY;
CREATE POLICY queue ON facts TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY audience ON facts FOR SELECT TO castmatch_app
    USING (
        org_id = (SELECT castmatch_org())
        AND scope = ANY ((SELECT castmatch_scopes())::text[])
        AND ((SELECT castmatch_access()) = 'team' OR access = 'community')
    );
GRANT SELECT, INSERT, UPDATE, DELETE ON facts TO castmatch_app;

-- Whether a person or a channel wants to be remembered, and for how long. A person is named by a
-- hash of their id, so that the choice outlives what is forgotten of them.
CREATE TABLE memory_choices (
    org_id uuid NOT NULL REFERENCES organisations (id),
    platform text NOT NULL,
    workspace text NOT NULL,
    whose text NOT NULL CHECK (whose IN ('person', 'channel')),
    key text NOT NULL,
    remembers boolean NOT NULL DEFAULT true,
    retention_days integer CHECK (retention_days > 0),
    PRIMARY KEY (org_id, platform, workspace, whose, key)
);
ALTER TABLE memory_choices ENABLE ROW LEVEL SECURITY;
CREATE POLICY queue ON memory_choices TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY own ON memory_choices FOR SELECT TO castmatch_app
    USING (org_id = (SELECT castmatch_org()));
GRANT SELECT, INSERT, UPDATE, DELETE ON memory_choices TO castmatch_app;

CREATE FUNCTION castmatch_person_key(external_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT encode(sha256(convert_to(external_id, 'UTF8')), 'hex') $$;

CREATE FUNCTION castmatch_remembers(
    org uuid, platform_name text, workspace_id text, channel_id text, author_id text
) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT NOT EXISTS (
        SELECT FROM public.memory_choices c
        WHERE c.org_id = org AND c.platform = platform_name AND c.workspace = workspace_id
            AND NOT c.remembers AND (c.whose, c.key) IN (
                ('channel', channel_id), ('person', public.castmatch_person_key(author_id))))
$$;

-- Whether its facts were looked for.
ALTER TABLE turns ADD COLUMN learned boolean NOT NULL DEFAULT false;
CREATE INDEX turns_to_learn ON turns (org_id, conversation, seq)
    WHERE NOT learned AND status IN ('done', 'stopped', 'failed', 'dead');

-- Whatever empties a turn takes away what was learned from it.
CREATE FUNCTION castmatch_unlearn_turn() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    DELETE FROM facts WHERE org_id = NEW.org_id AND turn_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER turns_unlearned AFTER UPDATE OF text ON turns FOR EACH ROW
    WHEN (NEW.text = '' AND OLD.text <> '') EXECUTE FUNCTION castmatch_unlearn_turn();

-- The turns that a reply was given memories of: whoever takes back what they said there takes back
-- what we told of it elsewhere.
ALTER TABLE turns ADD COLUMN drew_on uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX turns_drew_on ON turns USING gin (drew_on) WHERE drew_on <> '{}';
