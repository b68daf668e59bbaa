-- The turn queue and the background jobs. A row is the work: there is no other queue.

CREATE TABLE turns (
    org_id uuid NOT NULL REFERENCES organisations (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    seq bigint GENERATED ALWAYS AS IDENTITY,    -- order of arrival

    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    thread text NOT NULL,
    conversation text NOT NULL,                 -- the four above as one key
    place text NOT NULL CHECK (place IN ('dm', 'private', 'public', 'shared')),
    access text NOT NULL CHECK (access IN ('team', 'community')),

    user_id uuid NOT NULL,
    author_external_id text NOT NULL,
    author_name text NOT NULL,
    message_id text NOT NULL,                   -- the platform's: what a repeat is known by
    text text NOT NULL,
    sent_at timestamptz NOT NULL,
    retry_of uuid,

    status text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'done', 'stopped', 'failed', 'dead')),
    owner uuid,                                 -- the process that has or last had the turn
    owner_lock text NOT NULL DEFAULT '',        -- a lock that this process holds while it lives
    attempt integer NOT NULL DEFAULT 0,         -- counts claims; with owner, the fence
    takeovers integer NOT NULL DEFAULT 0,       -- counts workers that died with it
    lease_until timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,

    message_ids text[] NOT NULL DEFAULT '{}',   -- what the platform shows of the reply …
    shown text NOT NULL DEFAULT '',             -- … and the text in it, for whoever takes over
    reply text NOT NULL DEFAULT '',
    query jsonb,
    talent_ids text[] NOT NULL DEFAULT '{}',
    error text NOT NULL DEFAULT '',

    received_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,

    PRIMARY KEY (org_id, id),
    CHECK (status <> 'running' OR (owner IS NOT NULL AND lease_until IS NOT NULL))
);

-- A message delivered again is dropped for as long as the row lives, which is longer than any
-- platform retries. A retry asked for by a person is another row of the same message.
CREATE UNIQUE INDEX turns_message ON turns (org_id, platform, workspace, message_id)
    WHERE retry_of IS NULL;
CREATE UNIQUE INDEX turns_one_retry ON turns (org_id, retry_of) WHERE retry_of IS NOT NULL;
-- Two replies at once in one conversation cannot happen, whatever the code does.
CREATE UNIQUE INDEX turns_one_running ON turns (org_id, conversation) WHERE status = 'running';

CREATE INDEX turns_open ON turns (seq) WHERE status IN ('queued', 'running');
CREATE INDEX turns_open_conversation ON turns (org_id, conversation, seq)
    WHERE status IN ('queued', 'running');
CREATE INDEX turns_conversation ON turns (org_id, conversation, seq);
CREATE INDEX turns_id ON turns (id);

CREATE TABLE jobs (
    org_id uuid NOT NULL REFERENCES organisations (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    kind text NOT NULL,
    key text NOT NULL,                          -- at most one of kind and key waits, and one runs
    payload jsonb NOT NULL,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'dead')),
    run_at timestamptz NOT NULL,
    owner uuid,
    owner_lock text NOT NULL DEFAULT '',
    attempt integer NOT NULL DEFAULT 0,         -- counts claims; with owner, the fence
    failures integer NOT NULL DEFAULT 0,        -- counts errors and workers that died with it
    lease_until timestamptz,
    error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),

    PRIMARY KEY (org_id, id),
    CHECK (status <> 'running' OR (owner IS NOT NULL AND lease_until IS NOT NULL))
);

CREATE UNIQUE INDEX jobs_one_queued ON jobs (org_id, kind, key) WHERE status = 'queued';
CREATE UNIQUE INDEX jobs_one_running ON jobs (org_id, kind, key) WHERE status = 'running';
CREATE INDEX jobs_open ON jobs (run_at) WHERE status IN ('queued', 'running');

ALTER TABLE turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;

-- Sub-selects, so that each is evaluated once for a statement and not for every row.
CREATE POLICY queue ON turns TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
CREATE POLICY audience ON turns FOR SELECT TO castmatch_app
    USING (
        org_id = (SELECT castmatch_org())
        AND ((SELECT castmatch_access()) = 'team' OR access = 'community')
    );
CREATE POLICY queue ON jobs TO castmatch_app
    USING ((SELECT castmatch_is_queue())) WITH CHECK ((SELECT castmatch_is_queue()));
-- A change of the roster and the job that follows it are one transaction.
CREATE POLICY team ON jobs TO castmatch_app
    USING (org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team')
    WITH CHECK (org_id = (SELECT castmatch_org()) AND (SELECT castmatch_access()) = 'team');

GRANT SELECT, INSERT, UPDATE ON turns TO castmatch_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO castmatch_app;
