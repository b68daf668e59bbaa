-- What was said, kept for good as memory: a person's message to us, our reply, and what people said
-- to each other beside it. One row is one text of one speaker, found by words, meaning, person,
-- conversation and time, and read within its scope alone (see bot/scopes.py).

CREATE TABLE episodes (
    org_id uuid NOT NULL REFERENCES organisations (id),
    seq bigint NOT NULL,                        -- of the turn or of the words overheard: one order
    speaker text NOT NULL CHECK (speaker IN ('person', 'bot', 'overheard')),
    scope text NOT NULL CHECK (scope <> ''),    -- fixed when it was said
    access text NOT NULL CHECK (access IN ('team', 'community')),

    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    thread text NOT NULL,
    conversation text NOT NULL,                 -- the four above as one key
    place text NOT NULL CHECK (place IN ('dm', 'private', 'public', 'shared')),
    turn_id uuid,                               -- none for what was overheard
    message_id text NOT NULL,                   -- the platform's; of a reply, that of its question
    author_external_id text NOT NULL,           -- who said it, or whom we answered
    author_name text NOT NULL,
    said_at timestamptz NOT NULL,
    text text NOT NULL,

    -- The stem of each word, in order, hashed together with the scope: the index below finds the
    -- rows of one scope and reads nothing of another's, however common the word is (db/terms.py).
    terms bigint[] NOT NULL,

    embedder text NOT NULL DEFAULT '',          -- whose vector it is; '' where there is none yet
    embedding halfvec,                          -- of unit length
    bits bit varying GENERATED ALWAYS AS (binary_quantize(embedding)) STORED,

    PRIMARY KEY (org_id, seq, speaker),
    CHECK ((embedder = '') = (embedding IS NULL))
);

-- A small scope is read whole, in this order; a large one by its bits, from the index alone.
CREATE INDEX episodes_scope ON episodes (org_id, scope, conversation, seq);
CREATE INDEX episodes_bits ON episodes (org_id, scope) INCLUDE (access, seq, speaker, embedder, bits);
CREATE INDEX episodes_terms ON episodes USING gin (terms);
CREATE INDEX episodes_embedder ON episodes (org_id, embedder);
-- What a person takes back goes by these.
CREATE INDEX episodes_author ON episodes (org_id, platform, workspace, author_external_id);
CREATE INDEX episodes_message ON episodes (org_id, platform, workspace, message_id);

ALTER TABLE episodes ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue ON episodes TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY audience ON episodes FOR SELECT TO castmatch_app
    USING (
        org_id = (SELECT castmatch_org())
        AND scope = ANY ((SELECT castmatch_scopes())::text[])
        AND ((SELECT castmatch_access()) = 'team' OR access = 'community')
    );

GRANT SELECT, INSERT, UPDATE, DELETE ON episodes TO castmatch_app;

-- What is an episode already, or was and has been forgotten, is never made one again.
ALTER TABLE turns ADD COLUMN remembered boolean NOT NULL DEFAULT false;
ALTER TABLE overheard ADD COLUMN remembered boolean NOT NULL DEFAULT false;
CREATE INDEX turns_to_remember ON turns (org_id, conversation, seq)
    WHERE NOT remembered AND status IN ('done', 'stopped', 'failed', 'dead');
CREATE INDEX overheard_to_remember ON overheard (org_id, conversation, seq)
    WHERE NOT remembered AND NOT withdrawn;

-- Whatever empties a turn empties the memory of it.
CREATE FUNCTION castmatch_turn_emptied() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    DELETE FROM episodes WHERE org_id = OLD.org_id AND seq = OLD.seq;
    RETURN NULL;
END
$$;
CREATE TRIGGER emptied AFTER UPDATE OF status, text ON turns
    FOR EACH ROW WHEN (NEW.text = '' OR NEW.status = 'withdrawn')
    EXECUTE FUNCTION castmatch_turn_emptied();

-- What was said before there was a memory.
INSERT INTO jobs (org_id, kind, key, payload, run_at)
SELECT DISTINCT org_id, 'remember_turns', conversation,
    jsonb_build_object('conversation', conversation), now()
FROM turns WHERE status IN ('done', 'stopped', 'failed', 'dead');
