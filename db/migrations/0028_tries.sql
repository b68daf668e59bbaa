-- How often facts were looked for in a message. Whatever fails, or kills its worker, each time is
-- passed over after some tries, and holds up nothing that was said after it.
ALTER TABLE turns ADD COLUMN learn_tries smallint NOT NULL DEFAULT 0;
