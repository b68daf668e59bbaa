-- What those may see whom a workspace's admins trust (a role that they named), where nobody else
-- reads the answer. Whoever operates CastMatch says so, and not the admins: anybody can be admin of
-- a server of their own.

ALTER TABLE workspaces ADD COLUMN trusted_access text NOT NULL DEFAULT 'community'
    CHECK (trusted_access IN ('team', 'community'));
