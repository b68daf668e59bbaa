-- What was said in a long conversation before the turns that replies are given, in short: one for
-- each audience of it, written in the background and read by its own conversation alone.

CREATE TABLE summaries (
    org_id uuid NOT NULL REFERENCES organisations (id),
    conversation text NOT NULL,
    access text NOT NULL CHECK (access IN ('team', 'community')),
    through_seq bigint NOT NULL,                -- the newest turn that it tells of
    begins_with uuid NOT NULL,                  -- the turn that replies have been given first since
    text text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, conversation, access)
);
ALTER TABLE summaries ENABLE ROW LEVEL SECURITY;
CREATE POLICY queue ON summaries TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY audience ON summaries FOR SELECT TO castmatch_app
    USING (
        org_id = (SELECT castmatch_org())
        AND conversation = (SELECT castmatch_conversation())
        AND access = (SELECT castmatch_access())
    );
GRANT SELECT, INSERT, UPDATE, DELETE ON summaries TO castmatch_app;

-- Whatever empties a turn, or its reply, takes the summary that tells of it. Another is made of what
-- is left.
CREATE FUNCTION castmatch_unsummarise_turn() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    DELETE FROM summaries
    WHERE org_id = OLD.org_id AND conversation = OLD.conversation AND through_seq >= OLD.seq;
    RETURN NULL;
END
$$;
CREATE TRIGGER turns_unsummarised AFTER UPDATE OF text, reply, status ON turns
    FOR EACH ROW WHEN (
        (OLD.text <> '' AND NEW.text IS DISTINCT FROM OLD.text)
        OR (OLD.reply <> '' AND NEW.reply IS DISTINCT FROM OLD.reply)
        OR (NEW.status = 'withdrawn' AND OLD.status <> 'withdrawn'))
    EXECUTE FUNCTION castmatch_unsummarise_turn();
