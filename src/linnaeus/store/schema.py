"""The steps that build the project file, oldest first. A step is never edited after a release; changes are new steps.

Tables (what a step made stays documented here; people read the views of the last step):

    meta         what the project was made with: embedder, mode, how many labels a text
    texts        every text that has a decision; `key` is the content hash, `by` and `score` say who decided
    vectors      whole-number vectors by content hash and embedder name, for texts and for label wordings
    surfaces     every label string a model or person ever wrote (words is NULL where there was no model), with today's label
    labels       one row a label, for ever; `merged_into` redirects an id that is no longer used
    assignments  the surfaces a text got, best first; only a person who labels the text changes this
    evidence     append-only votes on pairs of surfaces: why a surface joined a label, and what people said
    events       what people did (merge, rename, undo) and to what
    items        the ids that the input files gave to texts, for `export`
    answers      every paid answer of a model, written down as it arrives

Since step 2: when an item was written (`--time`), descriptions, categories (`parent_id`) and retired labels, which are
read from events, and proposals: changes to labels that wait for a person (state open, accepted or dismissed).
"""

from __future__ import annotations

STEPS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE texts (
        id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, text TEXT NOT NULL,
        by TEXT NOT NULL, score REAL NOT NULL, at TEXT NOT NULL
    );
    CREATE TABLE vectors (
        key BLOB NOT NULL, embedder TEXT NOT NULL, codes BLOB NOT NULL, PRIMARY KEY (key, embedder)
    ) WITHOUT ROWID;
    CREATE TABLE labels (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, named_by TEXT NOT NULL, merged_into INTEGER REFERENCES labels (id)
    );
    CREATE TABLE surfaces (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, words TEXT,
        label_id INTEGER NOT NULL REFERENCES labels (id), own_label_id INTEGER NOT NULL REFERENCES labels (id),
        pinned INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE assignments (
        text_id INTEGER NOT NULL REFERENCES texts (id), rank INTEGER NOT NULL,
        surface_id INTEGER NOT NULL REFERENCES surfaces (id), PRIMARY KEY (text_id, rank)
    ) WITHOUT ROWID;
    CREATE INDEX assignments_by_surface ON assignments (surface_id);
    CREATE TABLE evidence (
        id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES surfaces (id), b INTEGER NOT NULL REFERENCES surfaces (id),
        kind TEXT NOT NULL, weight REAL NOT NULL, wording REAL, texts REAL, author TEXT NOT NULL,
        event_id INTEGER REFERENCES events (id), at TEXT NOT NULL
    );
    CREATE TABLE events (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, detail TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL,
        undone_by INTEGER REFERENCES events (id)
    );
    CREATE TABLE items (id TEXT NOT NULL, text_id INTEGER NOT NULL REFERENCES texts (id), PRIMARY KEY (id, text_id))
        WITHOUT ROWID;
    CREATE TABLE answers (
        model TEXT NOT NULL, task TEXT NOT NULL, key BLOB NOT NULL, reply TEXT NOT NULL, tokens_in INTEGER NOT NULL,
        tokens_out INTEGER NOT NULL, usd REAL, at TEXT NOT NULL, PRIMARY KEY (model, task, key)
    ) WITHOUT ROWID;

    CREATE VIEW label_view AS
        SELECT labels.id AS label_id, labels.name AS label,
            (SELECT count(*) FROM surfaces WHERE surfaces.label_id = labels.id) AS wordings,
            (SELECT count(DISTINCT text_id) FROM assignments JOIN surfaces ON surfaces.id = surface_id
             WHERE surfaces.label_id = labels.id) AS texts
        FROM labels WHERE merged_into IS NULL;
    CREATE VIEW text_view AS
        SELECT texts.id AS text_id, texts.text, labels.name AS label, labels.id AS label_id, rank, texts.score, texts.by
        FROM texts JOIN assignments ON assignments.text_id = texts.id
        JOIN surfaces ON surfaces.id = assignments.surface_id JOIN labels ON labels.id = surfaces.label_id;
    CREATE VIEW wording_view AS
        SELECT surfaces.id AS surface_id, surfaces.words, labels.name AS label, labels.id AS label_id,
            (SELECT count(*) FROM assignments WHERE surface_id = surfaces.id) AS texts
        FROM surfaces JOIN labels ON labels.id = surfaces.label_id;
    """,
    """
    ALTER TABLE items ADD COLUMN time TEXT;
    ALTER TABLE labels ADD COLUMN description TEXT NOT NULL DEFAULT '';
    ALTER TABLE labels ADD COLUMN parent_id INTEGER REFERENCES labels (id);
    ALTER TABLE labels ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE proposals (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, detail TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'open', event_id INTEGER REFERENCES events (id), UNIQUE (kind, detail)
    );
    """,
)
