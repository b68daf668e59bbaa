-- Forgetting fences what was begun before it: a reply that memory gave something of what is forgotten
-- is begun anew, and none that tells of it can be stored (db/forgetting.py, db/turn_endings.py).

-- While a turn runs: what memory gave it, by the ids of turns and of words overheard. `drew_on` is
-- what of it the reply that ended tells.
ALTER TABLE turns ADD COLUMN given uuid[] NOT NULL DEFAULT '{}';

-- Words overheard have an id too, which their episode has in the place of a turn's.
ALTER TABLE overheard ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
CREATE UNIQUE INDEX overheard_id ON overheard (org_id, id);
UPDATE episodes e SET turn_id = coalesce(
    (SELECT o.id FROM overheard o WHERE o.org_id = e.org_id AND o.seq = e.seq
        AND o.conversation = e.conversation LIMIT 1), gen_random_uuid())
    WHERE e.speaker = 'overheard';
CREATE INDEX episodes_overheard ON episodes (org_id, turn_id) WHERE speaker = 'overheard';

-- A correction is made of the fact that it corrects, and goes with the turn that said that one.
ALTER TABLE facts ADD COLUMN drew_on uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX facts_drew_on ON facts USING gin (drew_on) WHERE drew_on <> '{}';

-- Which turns and facts draw on these. As in 0021, the owner asks the index: row-level security would
-- have every row read.
CREATE FUNCTION castmatch_turns_drawing_on(org uuid, these uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT t.id FROM turns t
    WHERE (SELECT castmatch_is_queue()) AND t.org_id = org
        AND t.drew_on && these AND t.drew_on <> '{}'
$$;
CREATE FUNCTION castmatch_facts_drawing_on(org uuid, these uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT f.id FROM facts f
    WHERE (SELECT castmatch_is_queue()) AND f.org_id = org
        AND f.drew_on && these AND f.drew_on <> '{}'
$$;
REVOKE ALL ON FUNCTION castmatch_turns_drawing_on(uuid, uuid[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION castmatch_facts_drawing_on(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION castmatch_turns_drawing_on(uuid, uuid[]) TO castmatch_app;
GRANT EXECUTE ON FUNCTION castmatch_facts_drawing_on(uuid, uuid[]) TO castmatch_app;
