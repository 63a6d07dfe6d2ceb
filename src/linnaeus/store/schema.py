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

Since step 2: when an item was written (`--time`), descriptions, and proposals: changes to labels that wait for a person.
A proposal is open until an event accepts or dismisses it (`event_id`), and again when that event is undone; `key` says
which two proposals are the same.

Since step 2, too, what is worked out anew from the events that stand: categories (`parent_id`; a category is a label row
without surfaces, `named_by` is 'category'), labels that no text after `retired_after` gets, and texts that a split moved
(`moves`): `given_id` is the surface that a text was given, where today's, `surface_id`, is another. A wording that was
split is two surfaces, the second with a key such as `card#2`: `sense_of` is the surface it was split from, `event_id` the
split; it sleeps while that is undone. `kept_name` is the name that a label without wordings got when texts had come in,
`kept_shape` tells whether it is still as it was then; of a category, the name under which it was made. `tree_id` is the
category that a machine found for a label, with an id below 0, so that it shifts no label's; `parent_id` is it where no
person filed the label.

Since step 2, too, the labels of a taxonomy (`named_by` is 'taxonomy' at first): `code` is the id in the taxonomy file,
`synonyms` are joined by `|`, `removed_at` is when a later version of the file had the label no more, and `label_parents`
says what it is under, the parent with rank 0 first. No text need ever get such a label: it counts and shows among the
project's labels only once a wording stands for it.

Where a taxonomy is given, `score` of an assignment is how likely that label fits the text, and `arrays` holds what was
worked out or learnt from the taxonomy and from examples: a table of its own, that can be thrown away and made anew.
`looks` says by content hash which labels (64-bit ids) may fit a text, and what another would have to reach (32-bit floats),
so that a change of the taxonomy touches few texts; `doubted` are those that are to be looked at again.

Of a text that memory thought of, `odds` are those at first sight, `share` and `lead` what a second look says (rows.py);
`student` says that no asked text was near, so that a student thought of it.
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
    ALTER TABLE texts ADD COLUMN guess_id INTEGER REFERENCES surfaces (id);
    ALTER TABLE texts ADD COLUMN odds REAL;
    ALTER TABLE texts ADD COLUMN audited INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE texts ADD COLUMN student INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE texts ADD COLUMN share REAL;
    ALTER TABLE texts ADD COLUMN lead REAL;
    ALTER TABLE texts ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX texts_in_doubt ON texts (id) WHERE doubted;
    ALTER TABLE labels ADD COLUMN description TEXT NOT NULL DEFAULT '';
    ALTER TABLE labels ADD COLUMN told TEXT NOT NULL DEFAULT '';
    ALTER TABLE labels ADD COLUMN told_texts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE labels ADD COLUMN parent_id INTEGER REFERENCES labels (id);
    ALTER TABLE labels ADD COLUMN retired_after INTEGER;
    ALTER TABLE labels ADD COLUMN tree_id INTEGER REFERENCES labels (id);
    ALTER TABLE labels ADD COLUMN kept_name TEXT;
    ALTER TABLE labels ADD COLUMN kept_shape TEXT;
    ALTER TABLE labels ADD COLUMN code TEXT;
    ALTER TABLE labels ADD COLUMN synonyms TEXT NOT NULL DEFAULT '';
    ALTER TABLE labels ADD COLUMN removed_at TEXT;
    CREATE UNIQUE INDEX labels_by_code ON labels (code) WHERE code IS NOT NULL;
    CREATE TABLE label_parents (
        label_id INTEGER NOT NULL REFERENCES labels (id), rank INTEGER NOT NULL,
        parent_id INTEGER NOT NULL REFERENCES labels (id), PRIMARY KEY (label_id, rank)
    ) WITHOUT ROWID;
    ALTER TABLE surfaces ADD COLUMN sense_of INTEGER REFERENCES surfaces (id);
    ALTER TABLE surfaces ADD COLUMN event_id INTEGER REFERENCES events (id);
    ALTER TABLE surfaces ADD COLUMN glimpse_id INTEGER REFERENCES labels (id);
    ALTER TABLE assignments ADD COLUMN given_id INTEGER REFERENCES surfaces (id);
    ALTER TABLE assignments ADD COLUMN score REAL;
    CREATE TABLE arrays (kind TEXT NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (kind, name));
    CREATE TABLE looks (key BLOB PRIMARY KEY, labels BLOB NOT NULL, floors BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX surfaces_by_label ON surfaces (label_id);
    CREATE INDEX surfaces_by_own_label ON surfaces (own_label_id);
    CREATE TABLE moves (
        event_id INTEGER NOT NULL REFERENCES events (id), text_id INTEGER NOT NULL REFERENCES texts (id),
        rank INTEGER NOT NULL, surface_from INTEGER NOT NULL REFERENCES surfaces (id),
        surface_to INTEGER NOT NULL REFERENCES surfaces (id), PRIMARY KEY (text_id, rank, event_id)
    ) WITHOUT ROWID;
    CREATE TABLE proposals (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, detail TEXT NOT NULL,
        why TEXT NOT NULL, at TEXT NOT NULL, event_id INTEGER REFERENCES events (id), UNIQUE (kind, key)
    );
    CREATE VIEW proposal_view AS
        SELECT proposals.id AS proposal_id, proposals.kind,
            CASE WHEN event_id IS NULL OR undone_by IS NOT NULL THEN 'open'
                 WHEN events.kind = 'dismiss' THEN 'dismissed' ELSE 'accepted' END AS state,
            proposals.detail, why, proposals.at, event_id
        FROM proposals LEFT JOIN events ON events.id = event_id;

    DROP VIEW label_view;
    DROP VIEW text_view;
    DROP VIEW wording_view;
    CREATE VIEW wording_view AS
        SELECT surfaces.id AS surface_id, surfaces.words, labels.name AS label, labels.id AS label_id,
            (SELECT count(*) FROM assignments WHERE surface_id = surfaces.id) AS texts
        FROM surfaces JOIN labels ON labels.id = surfaces.label_id LEFT JOIN events ON events.id = surfaces.event_id
        WHERE events.undone_by IS NULL;
    CREATE VIEW text_view AS
        SELECT texts.id AS text_id, texts.text, labels.name AS label, labels.id AS label_id, rank, texts.score, texts.by
        FROM texts JOIN assignments ON assignments.text_id = texts.id
        JOIN surfaces ON surfaces.id = assignments.surface_id JOIN labels ON labels.id = surfaces.label_id
        WHERE labels.retired_after IS NULL OR texts.id <= labels.retired_after;
    CREATE VIEW label_view AS
        SELECT labels.id AS label_id, labels.name AS label,
            (SELECT count(*) FROM surfaces LEFT JOIN events ON events.id = surfaces.event_id
             WHERE surfaces.label_id = labels.id AND events.undone_by IS NULL) AS wordings,
            (SELECT count(DISTINCT text_id) FROM assignments JOIN surfaces ON surfaces.id = surface_id
             WHERE surfaces.label_id = labels.id
             AND (labels.retired_after IS NULL OR text_id <= labels.retired_after)) AS texts,
            (SELECT name FROM labels AS category WHERE category.id = labels.parent_id) AS category,
            labels.retired_after IS NOT NULL AS retired
        FROM labels WHERE merged_into IS NULL AND named_by <> 'category'
        AND (code IS NULL OR EXISTS (SELECT 1 FROM surfaces WHERE surfaces.label_id = labels.id));
    """,
)
