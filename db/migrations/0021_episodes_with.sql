-- Which of the episodes that this transaction may read have a word, at most so many for each word.
--
-- Row-level security lets an index be searched only by operators that can leak nothing, and those on
-- arrays are not marked so: as the serving role every row would be read. The owner asks the index
-- here, and holds each row against the same conditions as the policy `audience` of the table.
CREATE FUNCTION castmatch_episodes_with(words bigint[], most integer)
RETURNS TABLE (nth bigint, seq bigint, speaker text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
AS $$
    SELECT word.nth, e.seq, e.speaker
    FROM unnest(words) WITH ORDINALITY AS word (term, nth) CROSS JOIN LATERAL (
        SELECT e.seq, e.speaker FROM episodes e
        WHERE e.terms @> ARRAY[word.term]
            AND e.org_id = (SELECT castmatch_org())
            AND e.scope = ANY ((SELECT castmatch_scopes())::text[])
            AND ((SELECT castmatch_access()) = 'team' OR e.access = 'community')
        LIMIT most) e
$$;
REVOKE ALL ON FUNCTION castmatch_episodes_with(bigint[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION castmatch_episodes_with(bigint[], integer) TO castmatch_app;
