-- Memory is read within scopes: a person's own, a channel's, a workspace's. A transaction says which
-- (see bot/scopes.py); unset or empty it is NULL, and no scope equals that.
-- In a policy write scope = ANY ((SELECT castmatch_scopes())::text[]), evaluated once a statement.

CREATE FUNCTION castmatch_scopes() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT string_to_array(nullif(current_setting('castmatch.scopes', true), ''), ',') $$;
