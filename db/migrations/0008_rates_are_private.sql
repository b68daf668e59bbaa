-- What a talent asks for a day is between them and the casting team, whatever groups are public:
-- outside the team it is neither shown nor filtered nor ranked by.

CREATE OR REPLACE VIEW talents_public AS
SELECT
    org_id, id, name, other_names, gender, pronouns, playing_age, city, travels_to, height_cm,
    languages, accents, skills, "union",
    NULL::int8range AS day_rate,
    NULL::text AS day_rate_currency,
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
