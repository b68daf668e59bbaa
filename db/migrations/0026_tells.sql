-- What kinds of answers an episode has in it: read once, when it is kept. Reading it in each row of
-- a scope at each question took longer than all else together.
ALTER TABLE episodes
    -- Words for days and spans of time, in English, Hindi, Spanish and French; months; years.
    ADD COLUMN has_time boolean NOT NULL GENERATED ALWAYS AS (text ~* (
        '\y(yesterday|today|tonight|tomorrow|last|next|ago|week|weekend|month|year|recently|just|since'
        '|(mon|tues|wednes|thurs|fri|satur|sun)day'
        '|january|february|march|april|may|june|july|august|september|october|november|december'
        '|kal|aaj|parso|hafte|mahine|ayer|hoy|mañana|semana|mes|hier|demain|semaine'
        '|कल|आज|परसों|हफ़्ते|महीने)\y|\y\d{4}\y')) STORED,
    ADD COLUMN has_number boolean NOT NULL GENERATED ALWAYS AS (text ~* (
        '\y(\d+|one|two|three|four|five|six|seven|eight|nine|ten|few|several|couple|once|twice)\y'
    )) STORED,
    -- How many names, up to two: words with a capital inside a sentence, not after a comma, where
    -- whoever is spoken to is named; and what stands in quotes.
    ADD COLUMN names smallint NOT NULL GENERATED ALWAYS AS (
        least(regexp_count(text, '[[:lower:];] [[:upper:]][[:lower:]]+|"[^"]+"'), 2)) STORED;
