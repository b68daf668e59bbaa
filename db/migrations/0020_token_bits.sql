-- What an episode means token by token: the sign of each dimension of each token of its text, which
-- the best candidates are held against a question by. Vectors of another model are made anew, and
-- with them this.
ALTER TABLE episodes ADD COLUMN tokens bytea;
ALTER TABLE episodes ADD CONSTRAINT episodes_tokens CHECK (tokens IS NULL OR embedder <> '');
-- Bits of tokens look like noise: nothing is won by trying to compress them.
ALTER TABLE episodes ALTER COLUMN tokens SET STORAGE EXTERNAL;
