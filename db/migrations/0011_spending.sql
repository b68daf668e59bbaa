-- How many replies the people of a workspace had today (UTC), each of them and together.

-- The workspace's own count has an empty member. A member stands there as a hash, which outlives the
-- person: to be forgotten and to write again is no way to more replies.
CREATE TABLE spending (
    org_id uuid NOT NULL REFERENCES organisations (id),
    platform text NOT NULL,
    workspace text NOT NULL,
    member text NOT NULL,
    day date NOT NULL,
    spent real NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (org_id, platform, workspace, day, member)
);
CREATE INDEX spending_day ON spending (day);

-- What was set aside for a turn: it is counted once, however often the turn is taken up.
CREATE TABLE reservations (
    org_id uuid NOT NULL,
    turn_id uuid NOT NULL,
    day date NOT NULL,
    member text NOT NULL,
    cost real NOT NULL CHECK (cost >= 0),
    PRIMARY KEY (org_id, turn_id),
    FOREIGN KEY (org_id, turn_id) REFERENCES turns (org_id, id) ON DELETE CASCADE
);
CREATE INDEX reservations_day ON reservations (day);

ALTER TABLE spending ENABLE ROW LEVEL SECURITY;
ALTER TABLE reservations ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue ON spending TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY queue ON reservations TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));

GRANT SELECT, INSERT, UPDATE, DELETE ON spending, reservations TO castmatch_app;
