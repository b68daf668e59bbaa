"""Secrets planted everywhere in memory, and every way to it asked from everywhere: none is told to
whom it is not for.

    python -m tests.memory.canaries 100000

100 people, 50 channels and 5 workspaces of two organisations hold 5,000 secrets (`world`), planted
by the product's own acts and jobs (`planting`). Then so many recalls, questions, tool calls and
commands (`asking`) are made by anybody from anywhere, naming any secret, and all that comes back is
compared with who may know it, which is told in `world` without the product's own rules. The second
half runs with the conditions on who may see what taken out of the statements (`bare`): there the
database alone decides.

An ask whose memory came late or failed counts as not made, and fails the hunt. So does silence:
each surface must have told what it may.

What reads for one person, one channel or one button is bound in the database to what its
transaction names, as replies are to their scopes: `/memory show`, `export`, what `forget` is about
to remove, shortlists, saved searches, the transcript on a screen. The queue's own transactions are
not: the jobs that make memory, what removes rows, the choices of `/memory off`, whose a workspace
is. They give back no words.
"""
