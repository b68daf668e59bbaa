-- What people say beside the turns, and what they do to their messages while these are answered.

ALTER TABLE turns DROP CONSTRAINT turns_status_check;
ALTER TABLE turns ADD CONSTRAINT turns_status_check
    CHECK (status IN ('queued', 'running', 'done', 'stopped', 'failed', 'dead', 'withdrawn'));

-- Its author edited the message of a running turn, or deleted that of an open one: what its worker
-- has yet to do. Until then nothing of the reply is stored.
ALTER TABLE turns ADD COLUMN changed text NOT NULL DEFAULT ''
    CHECK (changed IN ('', 'amended', 'withdrawn'));

-- Words in a conversation that were not for us. The order of arrival is one with the turns', so
-- that each stands before the turn that came next, for good.
CREATE TABLE overheard (
    org_id uuid NOT NULL REFERENCES organisations (id),
    platform text NOT NULL,
    workspace text NOT NULL,
    message_id text NOT NULL,                   -- the platform's: what a repeat is known by
    seq bigint NOT NULL DEFAULT nextval('turns_seq_seq'),
    conversation text NOT NULL,
    access text NOT NULL CHECK (access IN ('team', 'community')),
    author_external_id text NOT NULL,
    author_name text NOT NULL,
    text text NOT NULL,
    sent_at timestamptz NOT NULL,
    withdrawn boolean NOT NULL DEFAULT false,   -- deleted: the row drops late repeats of it
    PRIMARY KEY (org_id, platform, workspace, message_id),
    CHECK (NOT withdrawn OR text = '')
);

CREATE INDEX overheard_conversation ON overheard (org_id, conversation, seq);

ALTER TABLE overheard ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue ON overheard TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY audience ON overheard FOR SELECT TO castmatch_app
    USING (
        org_id = (SELECT castmatch_org())
        AND ((SELECT castmatch_access()) = 'team' OR access = 'community')
    );

GRANT SELECT, INSERT, UPDATE, DELETE ON overheard TO castmatch_app;
GRANT USAGE ON SEQUENCE turns_seq_seq TO castmatch_app;
