"""Stores as older versions of the package wrote them, made from new ones."""

import json
import sqlite3

ADDED = {2: ("shares",), 3: ("otherwise",), 4: ("mean_error",)}
"""Columns of the trials that came with a schema."""


def make_older(folder, schema):
    """Turn the store in a folder into one of an older schema: results in columns of two kinds."""
    connection = sqlite3.connect(folder / "trials.sqlite")
    with connection:
        connection.execute("ALTER TABLE trials ADD COLUMN successes DEFAULT '{}'")
        connection.execute("ALTER TABLE trials ADD COLUMN shares DEFAULT '{}'")
        for key, text in connection.execute("SELECT key, results FROM trials").fetchall():
            results = json.loads(text)
            counts = {name: r["successes"] for name, r in results.items() if "n" in r}
            shares = {name: r["value"] for name, r in results.items() if "value" in r}
            values = [json.dumps(counts), json.dumps(shares), key]
            connection.execute("UPDATE trials SET successes = ?, shares = ? WHERE key = ?", values)
        for added, columns in ADDED.items():
            for column in columns if added > schema else ():
                connection.execute(f"ALTER TABLE trials DROP COLUMN {column}")
        connection.execute("ALTER TABLE trials DROP COLUMN results")
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(schema)])
    connection.close()
