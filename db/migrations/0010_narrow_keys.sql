-- A vector is looked up by a key that holds nothing else, and so stays small: a search that ranks
-- each of a thousand rows goes through it a thousand times. The bits of an organisation, which a
-- search of the whole roster reads side by side, are in an index of their own.

ALTER TABLE talent_vectors
    DROP CONSTRAINT talent_vectors_pkey,
    ADD PRIMARY KEY (org_id, talent_id);

CREATE INDEX talent_vectors_bits ON talent_vectors (org_id, model) INCLUDE (talent_id, bits);
