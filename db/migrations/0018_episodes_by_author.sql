-- Who speaks in a scope, one step for each of them, however much they said.
CREATE INDEX episodes_speaker ON episodes (org_id, scope, author_external_id);
