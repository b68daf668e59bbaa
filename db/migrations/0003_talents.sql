-- The roster: what a search reads in `talents`, what only the team may read in `talent_private`,
-- and what an embedding model made of a row in `talent_vectors`.
--
-- Who sees what is decided here. Row-level security guards every table. Searches read the views
-- at the end of this file, which repeat the same conditions: under row-level security Postgres
-- uses no index for operators that are not leakproof (arrays, ranges, full text, trigrams), so
-- that a search on the table itself would read the whole roster. The views are plain ones for the
-- same reason. That gives nothing away: whoever could run SQL of their own as the serving role
-- could also set `castmatch.org`; the conditions are there for the WHERE that somebody forgets.

-- Words and names -----------------------------------------------------------------------------

-- Names inside these functions are qualified: a restored dump computes generated columns under an
-- empty search path.

-- The form in which names are compared: case, accents and compatibility forms removed.
-- `unaccent` is only STABLE because its dictionary may be replaced; ours is the one it ships.
CREATE FUNCTION castmatch_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT lower(public.unaccent('public.unaccent', normalize(value, NFKC))) $$;

CREATE FUNCTION castmatch_join(names text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT coalesce(array_to_string(names, ', '), '') $$;

CREATE TEXT SEARCH CONFIGURATION castmatch_english (COPY = english);
ALTER TEXT SEARCH CONFIGURATION castmatch_english
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;

CREATE TEXT SEARCH CONFIGURATION castmatch_simple (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION castmatch_simple
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

-- The words of a row by where they stand: A its names, B skills and the like, C credits, D bio.
-- Names are not stemmed: "Rani" is nobody's plural.
CREATE FUNCTION castmatch_words(
    name text, other_names text[], city text, languages jsonb, accents text[], skills text[],
    credits jsonb, bio text
) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT setweight(to_tsvector('public.castmatch_simple',
               name || ' ' || public.castmatch_join(other_names)), 'A')
        || setweight(to_tsvector('public.castmatch_english', public.castmatch_join(skills) || ', '
               || public.castmatch_join(accents) || ', ' || city), 'B')
        || setweight(jsonb_to_tsvector('public.castmatch_english',
               jsonb_path_query_array(languages, '$[*].name'), '["string"]'), 'B')
        || setweight(jsonb_to_tsvector('public.castmatch_english', credits, '["string", "numeric"]'), 'C')
        || setweight(to_tsvector('public.castmatch_english', bio), 'D')
$$;

-- What is embedded. Only fields of the profile group: likeness to a credit that an audience may
-- not see would give the credit away.
CREATE FUNCTION castmatch_passage(bio text, skills text[], accents text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT btrim(concat_ws(E'\n', nullif(btrim(bio), ''),
        'Skills: ' || nullif(public.castmatch_join(skills), ''),
        'Accents: ' || nullif(public.castmatch_join(accents), '')))
$$;

-- Each part of a name, and how it sounds ("Mira" and "Meera" are both MR).
CREATE FUNCTION castmatch_name_keys(names text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(array_agg(DISTINCT key), '{}')
    FROM regexp_split_to_table(public.castmatch_fold(names), '[^[:alnum:]]+') AS part,
        LATERAL (VALUES (part), ('~' || nullif(public.dmetaphone(part), ''))) AS keys (key)
    WHERE key <> ''
$$;

-- Everything a filter on names of things asks for, in one array, so that one index serves all.
CREATE FUNCTION castmatch_facets(
    gender text, city text, travels_to text[], languages jsonb, skills text[], member_of text
) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT array(
        SELECT DISTINCT kind || ':' || public.castmatch_fold(btrim(value))
        FROM (
            SELECT 'gender', gender
            UNION ALL SELECT 'union', member_of
            UNION ALL SELECT 'lives', city
            UNION ALL SELECT 'travels', unnest(travels_to)
            UNION ALL SELECT 'skill', unnest(skills)
            UNION ALL SELECT 'language', language ->> 'name'
                FROM jsonb_array_elements(languages) AS language
        ) AS facets (kind, value)
        WHERE btrim(value) <> ''
    )
$$;

-- Four bits for each dimension of a unit vector: whether it is above each of four thresholds. The
-- Hamming distance of these follows the real one closely enough to find the few hundred nearest
-- (one bit at zero does not: embeddings of like texts lie so close that most signs agree).
-- PARALLEL UNSAFE keeps a search on one core: measured, starting workers took longer than the scan.
CREATE FUNCTION castmatch_bits(embedding halfvec) RETURNS bit varying
LANGUAGE sql IMMUTABLE STRICT PARALLEL UNSAFE
AS $$
    SELECT public.binary_quantize(embedding OPERATOR(public.-) far)
        || public.binary_quantize(embedding OPERATOR(public.-) near)
        || public.binary_quantize(embedding OPERATOR(public.+) near)
        || public.binary_quantize(embedding OPERATOR(public.+) far)
    FROM (
        SELECT array_fill((1.0 / sqrt(size))::real, ARRAY[size])::public.halfvec AS far,
            array_fill((0.3 / sqrt(size))::real, ARRAY[size])::public.halfvec AS near
        FROM (SELECT public.vector_dims(embedding) AS size) AS sizes
    ) AS thresholds
$$;

-- Tables --------------------------------------------------------------------------------------

CREATE TABLE talents (
    org_id uuid NOT NULL REFERENCES organisations (id),
    id text NOT NULL CHECK (id ~ '^[a-z2-7]{10}$'),
    -- What the row is called where it came from; importing it again updates this row.
    source_key text NOT NULL CHECK (source_key <> ''),

    name text NOT NULL CHECK (btrim(name) <> ''),
    other_names text[] NOT NULL DEFAULT '{}',
    gender text CHECK (gender IN ('female', 'male', 'non-binary')),
    pronouns text NOT NULL DEFAULT '',
    playing_age int4range CHECK (NOT isempty(playing_age)), -- years
    city text NOT NULL DEFAULT '',
    travels_to text[] NOT NULL DEFAULT '{}',
    height_cm smallint CHECK (height_cm BETWEEN 30 AND 272),
    languages jsonb NOT NULL DEFAULT '[]', -- [{"name": …, "level": …}]
    accents text[] NOT NULL DEFAULT '{}',
    skills text[] NOT NULL DEFAULT '{}',
    "union" text NOT NULL DEFAULT '',
    day_rate int8range CHECK (NOT isempty(day_rate)), -- whole units of day_rate_currency
    day_rate_currency text CHECK (day_rate_currency ~ '^[A-Z]{3}$'),
    available datemultirange, -- NULL: never said
    credits jsonb NOT NULL DEFAULT '[]', -- [{"title", "role", "year", "production", "director"}]
    bio text NOT NULL DEFAULT '',
    headshot_url text NOT NULL DEFAULT '',
    reel_url text NOT NULL DEFAULT '',
    confirmed_on date,

    -- The field groups that people outside the team may see; without 'profile' none of the row.
    public_groups text[] NOT NULL DEFAULT '{}'
        CHECK (public_groups <@ '{profile,photos,credits,rates,availability}'),
    minor boolean NOT NULL DEFAULT false, -- minors are in no search
    guardian_consent_on date CHECK (guardian_consent_on IS NULL OR minor),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),

    facets text[] NOT NULL
        GENERATED ALWAYS AS (castmatch_facets(gender, city, travels_to, languages, skills || accents, "union")) STORED,
    folded_names text NOT NULL
        GENERATED ALWAYS AS (castmatch_fold(name || ' / ' || castmatch_join(other_names))) STORED,
    name_keys text[] NOT NULL
        GENERATED ALWAYS AS (castmatch_name_keys(name || ' ' || castmatch_join(other_names))) STORED,
    words tsvector NOT NULL
        GENERATED ALWAYS AS (castmatch_words(name, other_names, city, languages, accents, skills,
            credits, bio)) STORED,
    -- The words that the community may find the row by; NULL, and so free, for rows of the team.
    public_words tsvector
        GENERATED ALWAYS AS (CASE WHEN 'profile' = ANY (public_groups) THEN
            castmatch_words(name, other_names, city, languages, accents, skills,
                CASE WHEN 'credits' = ANY (public_groups) THEN credits ELSE '[]' END, bio)
        END) STORED,
    -- Of the passage to embed: a vector with another hash is out of date.
    content_hash uuid NOT NULL
        GENERATED ALWAYS AS (md5(castmatch_passage(bio, skills, accents))::uuid) STORED,
    -- How much of the profile is known, 0 to 8. Nothing that an audience may not see counts.
    completeness smallint NOT NULL GENERATED ALWAYS AS (
        (gender IS NOT NULL)::int + (playing_age IS NOT NULL)::int + (height_cm IS NOT NULL)::int
        + (city <> '')::int + (bio <> '')::int + ("union" <> '')::int
        + (skills <> '{}')::int + (languages <> '[]')::int) STORED,

    PRIMARY KEY (org_id, id),
    CHECK ((day_rate IS NULL) = (day_rate_currency IS NULL))
);

CREATE UNIQUE INDEX talents_source_key ON talents (org_id, source_key);
CREATE INDEX talents_newest
    ON talents (org_id, confirmed_on DESC NULLS LAST, completeness DESC, id);
CREATE INDEX talents_height ON talents (org_id, height_cm);
CREATE INDEX talents_playing_age ON talents USING gist (playing_age);
CREATE INDEX talents_day_rate ON talents USING gist (day_rate);
CREATE INDEX talents_facets ON talents USING gin (facets);
CREATE INDEX talents_name_keys ON talents USING gin (name_keys);
CREATE INDEX talents_names ON talents USING gin (folded_names gin_trgm_ops);
CREATE INDEX talents_words ON talents USING gin (words);
CREATE INDEX talents_public_words ON talents USING gin (public_words);

CREATE TABLE talent_private (
    org_id uuid NOT NULL,
    talent_id text NOT NULL,
    representation text NOT NULL DEFAULT '',
    contact text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '', -- where the row came from, for people
    guardian text NOT NULL DEFAULT '', -- who consented for a minor, and how to reach them
    PRIMARY KEY (org_id, talent_id),
    FOREIGN KEY (org_id, talent_id) REFERENCES talents (org_id, id) ON DELETE CASCADE
);

CREATE TABLE talent_vectors (
    org_id uuid NOT NULL,
    talent_id text NOT NULL,
    model text NOT NULL, -- only vectors of the model in use are searched
    dimensions smallint NOT NULL CHECK (dimensions > 0),
    embedding halfvec NOT NULL CHECK (vector_dims(embedding) = dimensions), -- of unit length
    -- The whole roster is ranked by these, the best of it by `embedding`.
    bits bit varying NOT NULL GENERATED ALWAYS AS (castmatch_bits(embedding)) STORED,
    content_hash uuid NOT NULL, -- of the passage embedded
    embedded_at timestamptz NOT NULL DEFAULT now(),
    -- An organisation's bits side by side: ranking them reads the index and none of the rows.
    PRIMARY KEY (org_id, talent_id) INCLUDE (model, bits),
    FOREIGN KEY (org_id, talent_id) REFERENCES talents (org_id, id) ON DELETE CASCADE
);

-- Row-level security --------------------------------------------------------------------------
-- The sub-selects make Postgres ask once a query, not once a row.

ALTER TABLE talents ENABLE ROW LEVEL SECURITY;
ALTER TABLE talent_private ENABLE ROW LEVEL SECURITY;
ALTER TABLE talent_vectors ENABLE ROW LEVEL SECURITY;

CREATE POLICY team ON talents
    USING (org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team');
CREATE POLICY team ON talent_private
    USING (org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team');
CREATE POLICY team ON talent_vectors
    USING (org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team');

GRANT SELECT, INSERT, UPDATE, DELETE ON talents, talent_private, talent_vectors TO castmatch_app;

-- What searches read --------------------------------------------------------------------------

CREATE VIEW talents_team AS
SELECT
    org_id, id, name, other_names, gender, pronouns, playing_age, city, travels_to, height_cm,
    languages, accents, skills, "union", day_rate, day_rate_currency, available, credits, bio,
    headshot_url, reel_url, confirmed_on,
    facets, folded_names, name_keys, words, completeness
FROM talents
WHERE org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team' AND NOT minor;

CREATE VIEW talents_public AS
SELECT
    org_id, id, name, other_names, gender, pronouns, playing_age, city, travels_to, height_cm,
    languages, accents, skills, "union",
    CASE WHEN 'rates' = ANY (public_groups) THEN day_rate END AS day_rate,
    CASE WHEN 'rates' = ANY (public_groups) THEN day_rate_currency END AS day_rate_currency,
    CASE WHEN 'availability' = ANY (public_groups) THEN available END AS available,
    CASE WHEN 'credits' = ANY (public_groups) THEN credits ELSE '[]' END AS credits,
    bio,
    CASE WHEN 'photos' = ANY (public_groups) THEN headshot_url ELSE '' END AS headshot_url,
    CASE WHEN 'photos' = ANY (public_groups) THEN reel_url ELSE '' END AS reel_url,
    confirmed_on, facets, folded_names, name_keys, public_words AS words, completeness
FROM talents
WHERE org_id = (SELECT castmatch_org())
    AND (SELECT castmatch_access()) IN ('team', 'community')
    AND 'profile' = ANY (public_groups)
    AND NOT minor;

CREATE VIEW talent_vectors_team AS
SELECT org_id, talent_id, model, embedding, bits
FROM talent_vectors
WHERE org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team';

CREATE VIEW talent_vectors_public AS
SELECT v.org_id, v.talent_id, v.model, v.embedding, v.bits
FROM talent_vectors AS v
JOIN talents_public AS t ON t.org_id = v.org_id AND t.id = v.talent_id;

GRANT SELECT ON talents_team, talents_public, talent_vectors_team, talent_vectors_public
    TO castmatch_app;

-- How common the words and facets are, as the last ANALYZE saw them, over all organisations, as a
-- share of rows. Statistics hide themselves where row-level security is on: the owner reads them.
CREATE FUNCTION castmatch_common() RETURNS TABLE (kind text, element text, share real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT attname, unnest(elements), unnest(most_common_elem_freqs[:cardinality(elements)])
    FROM pg_stats, LATERAL (SELECT most_common_elems::text::text[]) AS e (elements)
    WHERE schemaname = 'public' AND tablename = 'talents' AND attname IN ('words', 'facets')
$$;
REVOKE ALL ON FUNCTION castmatch_common() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION castmatch_common() TO castmatch_app;

-- For after many rows were written: searches choose their plans by statistics, and rows that wait
-- in an index's pending list are read one by one. Autovacuum does the same, but later.
CREATE FUNCTION castmatch_talents_loaded() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM gin_clean_pending_list(indexrelid::regclass)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = 'talents'::regclass AND amname = 'gin';
    ANALYZE talents, talent_vectors;
END
$$;
REVOKE ALL ON FUNCTION castmatch_talents_loaded() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION castmatch_talents_loaded() TO castmatch_app;
