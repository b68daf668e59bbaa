-- A reply reads the turns of its own conversation, and what was overheard there, and no others: a
-- transaction says which, like the scopes of memory. Unset or empty it is NULL, and equals none.

CREATE FUNCTION castmatch_conversation() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('castmatch.conversation', true), '') $$;

ALTER POLICY audience ON turns USING (
    org_id = (SELECT castmatch_org())
    AND conversation = (SELECT castmatch_conversation())
    AND ((SELECT castmatch_access()) = 'team' OR access = 'community')
);
ALTER POLICY audience ON overheard USING (
    org_id = (SELECT castmatch_org())
    AND conversation = (SELECT castmatch_conversation())
    AND ((SELECT castmatch_access()) = 'team' OR access = 'community')
);
