-- What came before the message that it is about: an edit or a deletion before its message, a message
-- that goes on a conversation before the one that began it. It is kept for some minutes.

-- Its author edited it: this is what it says now, also if the message as it was comes after.
ALTER TABLE overheard ADD COLUMN amended boolean NOT NULL DEFAULT false;

-- Until when it waits for what it is about. The conversation is empty as long as the message itself
-- has not come.
ALTER TABLE overheard ADD COLUMN expires_at timestamptz;

CREATE INDEX overheard_expired ON overheard (expires_at) WHERE expires_at IS NOT NULL;
