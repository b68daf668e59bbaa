-- What people may mean who have typed the beginning of a name, skill, language, city or union.
--
-- Each value by the beginning of each of its words, once for each audience. Names stand for one
-- talent each, so that one who leaves an audience's sight leaves with the row's own transaction.
-- The others are words that many share: new ones come with the row, and those that nobody has any
-- more go when `castmatch_talents_loaded` is called, as after each import.

CREATE TABLE talent_completions (
    org_id uuid NOT NULL REFERENCES organisations (id),
    access text NOT NULL CHECK (access IN ('team', 'community')),
    field text NOT NULL CHECK (field IN ('name', 'skill', 'language', 'city', 'union')),
    key text NOT NULL COLLATE "C",              -- the folded value, from one of its words on
    value text NOT NULL COLLATE "C",
    talent_id text NOT NULL,                    -- '' but for names
    PRIMARY KEY (org_id, access, field, key, value, talent_id)
);
CREATE INDEX talent_completions_talent ON talent_completions (org_id, talent_id)
    WHERE talent_id <> '';

ALTER TABLE talent_completions ENABLE ROW LEVEL SECURITY;

CREATE POLICY audience ON talent_completions FOR SELECT TO castmatch_app
    USING (org_id = (SELECT castmatch_org()) AND access = (SELECT castmatch_access()));

-- Only the functions below write, as the owner.
GRANT SELECT ON talent_completions TO castmatch_app;

-- Longer values are nothing that anybody picks from a list.
CREATE FUNCTION castmatch_keys(value text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT DISTINCT array_to_string(parts[start:], ' ')
    FROM regexp_split_to_array(public.castmatch_fold(value), '[[:space:]-]+') AS parts,
        generate_series(1, least(cardinality(parts), 6)) AS start
    WHERE length(value) BETWEEN 1 AND 100
$$;

CREATE FUNCTION castmatch_terms(
    city text, travels_to text[], languages jsonb, skills text[], member_of text
) RETURNS TABLE (field text, value text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT DISTINCT said.field, btrim(said.value)
    FROM (
        SELECT 'union', member_of
        UNION ALL SELECT 'city', unnest(city || travels_to)
        UNION ALL SELECT 'skill', unnest(skills)
        UNION ALL SELECT 'language', language ->> 'name'
            FROM jsonb_array_elements(languages) AS language
    ) AS said (field, value)
    WHERE btrim(said.value) <> ''
$$;

CREATE FUNCTION castmatch_readers(public_groups text[], minor boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN minor THEN '{}'::text[]
        WHEN 'profile' = ANY (public_groups) THEN '{team,community}' ELSE '{team}' END
$$;

CREATE FUNCTION castmatch_complete_talent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM talent_completions WHERE org_id = OLD.org_id AND talent_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO talent_completions
        SELECT NEW.org_id, access, 'name', key, btrim(name), NEW.id
        FROM unnest(castmatch_readers(NEW.public_groups, NEW.minor)) AS access,
            unnest(NEW.name || NEW.other_names) AS name, castmatch_keys(btrim(name)) AS key
        UNION ALL
        SELECT NEW.org_id, access, t.field, key, t.value, ''
        FROM unnest(castmatch_readers(NEW.public_groups, NEW.minor)) AS access,
            castmatch_terms(NEW.city, NEW.travels_to, NEW.languages, NEW.skills || NEW.accents,
                NEW."union") AS t,
            castmatch_keys(t.value) AS key
        ORDER BY 2, 3, 4, 5
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER complete_new AFTER INSERT OR DELETE ON talents
    FOR EACH ROW EXECUTE FUNCTION castmatch_complete_talent();
CREATE TRIGGER complete_changed AFTER UPDATE ON talents
    FOR EACH ROW WHEN (
        (OLD.name, OLD.other_names, OLD.city, OLD.travels_to, OLD.languages, OLD.skills,
            OLD.accents, OLD."union", OLD.public_groups, OLD.minor)
        IS DISTINCT FROM
        (NEW.name, NEW.other_names, NEW.city, NEW.travels_to, NEW.languages, NEW.skills,
            NEW.accents, NEW."union", NEW.public_groups, NEW.minor))
    EXECUTE FUNCTION castmatch_complete_talent();

-- Words that nobody whom the audience sees has any more; of the organisation of this transaction.
CREATE FUNCTION castmatch_drop_completions() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH kept AS MATERIALIZED (
        SELECT DISTINCT access, field, value
        FROM talents AS t, unnest(castmatch_readers(t.public_groups, t.minor)) AS access,
            castmatch_terms(t.city, t.travels_to, t.languages, t.skills || t.accents, t."union")
        WHERE t.org_id = castmatch_org())
    DELETE FROM talent_completions AS c
    WHERE c.org_id = castmatch_org() AND c.talent_id = '' AND NOT EXISTS (
        SELECT FROM kept
        WHERE kept.access = c.access AND kept.field = c.field AND kept.value = c.value)
$$;
REVOKE ALL ON FUNCTION castmatch_drop_completions() FROM PUBLIC;

CREATE OR REPLACE FUNCTION castmatch_talents_loaded() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM castmatch_drop_completions();
    PERFORM gin_clean_pending_list(indexrelid::regclass)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = 'talents'::regclass AND amname = 'gin';
    ANALYZE talents, talent_vectors, talent_completions;
END
$$;

-- For the rosters that are there already.
INSERT INTO talent_completions
SELECT t.org_id, access, 'name', key, btrim(given), t.id
FROM talents AS t, unnest(castmatch_readers(t.public_groups, t.minor)) AS access,
    unnest(t.name || t.other_names) AS given, castmatch_keys(btrim(given)) AS key
UNION
SELECT t.org_id, access, said.field, key, said.value, ''
FROM talents AS t, unnest(castmatch_readers(t.public_groups, t.minor)) AS access,
    castmatch_terms(t.city, t.travels_to, t.languages, t.skills || t.accents, t."union") AS said,
    castmatch_keys(said.value) AS key;
