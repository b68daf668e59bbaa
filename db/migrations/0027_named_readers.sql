-- What is read past the audiences, as a person asks for what is theirs or presses a button of theirs,
-- is bound to what the transaction names: the person, the button's search, the channel. A forgotten
-- WHERE shows nothing of others'. Unset or empty each is NULL, and equals none.

CREATE FUNCTION castmatch_person() RETURNS text[]   -- platform, workspace, the platform's id
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('castmatch.person', true), '')::text[] $$;

CREATE FUNCTION castmatch_search() RETURNS text[]   -- platform, workspace, the search's id
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('castmatch.search', true), '')::text[] $$;

CREATE FUNCTION castmatch_channel() RETURNS text[]  -- platform, workspace, channel
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('castmatch.channel', true), '')::text[] $$;

-- A workspace may have belonged to another organisation before: a person's rows may be in several.
CREATE POLICY person ON organisations FOR SELECT TO castmatch_app
    USING ((SELECT castmatch_person()) IS NOT NULL);
CREATE POLICY person ON workspaces FOR SELECT TO castmatch_app
    USING (ARRAY[platform, external_id] = ((SELECT castmatch_person()))[1:2]);
CREATE POLICY person ON users FOR SELECT TO castmatch_app
    USING (ARRAY[platform, workspace, external_id] = (SELECT castmatch_person()));
CREATE POLICY person ON turns FOR SELECT TO castmatch_app
    USING (ARRAY[platform, workspace, author_external_id] = (SELECT castmatch_person()));
CREATE POLICY person ON overheard FOR SELECT TO castmatch_app
    USING (ARRAY[platform, workspace, author_external_id] = (SELECT castmatch_person()));
CREATE POLICY person ON facts FOR SELECT TO castmatch_app
    USING (ARRAY[platform, workspace, author_external_id] = (SELECT castmatch_person()));
CREATE POLICY person ON episodes FOR SELECT TO castmatch_app
    USING (ARRAY[platform, workspace, author_external_id] = (SELECT castmatch_person()));
CREATE POLICY person ON ratings FOR SELECT TO castmatch_app
    USING ((SELECT castmatch_person()) IS NOT NULL AND (org_id, user_id) IN (
        SELECT u.org_id, u.id FROM users u
        WHERE ARRAY[u.platform, u.workspace, u.external_id] = (SELECT castmatch_person())));
CREATE POLICY person ON saved_searches FOR SELECT TO castmatch_app
    USING ((SELECT castmatch_person()) IS NOT NULL AND (org_id, user_id) IN (
        SELECT u.org_id, u.id FROM users u
        WHERE ARRAY[u.platform, u.workspace, u.external_id] = (SELECT castmatch_person())));

CREATE POLICY button ON saved_searches FOR SELECT TO castmatch_app
    USING (ARRAY[platform, workspace, id] = (SELECT castmatch_search()));

ALTER POLICY audience ON shortlists
    USING (
        org_id = (SELECT castmatch_org())
        AND ARRAY[platform, workspace, channel] = (SELECT castmatch_channel())
        AND ((SELECT castmatch_access()) = 'team' OR access = (SELECT castmatch_access()))
    )
    WITH CHECK (
        org_id = (SELECT castmatch_org())
        AND ARRAY[platform, workspace, channel] = (SELECT castmatch_channel())
        AND access = (SELECT castmatch_access())
    );
ALTER POLICY note ON decisions
    WITH CHECK (
        org_id = (SELECT castmatch_org())
        AND ARRAY[platform, workspace, channel] = (SELECT castmatch_channel())
        AND access = (SELECT castmatch_access())
    );
ALTER POLICY team ON decisions
    USING (
        org_id = (SELECT castmatch_org())
        AND ARRAY[platform, workspace, channel] = (SELECT castmatch_channel())
        AND (SELECT castmatch_access()) = 'team'
    );
