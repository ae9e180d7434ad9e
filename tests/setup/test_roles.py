"""The two database roles: one owns, the other uses, in every database that the owner makes."""

from pathlib import Path

import psycopg
import pytest

from timebank.embedded import postgres

OWNS = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'timebank_app'"


@pytest.fixture
def urls(cluster: Path) -> postgres.Urls:
    return postgres.ensure(cluster, durable=False)


def test_the_app_uses_what_the_owner_makes_and_owns_nothing(urls: postgres.Urls) -> None:
    with psycopg.connect(urls.owner) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS thing (id serial PRIMARY KEY, word text)")
    with psycopg.connect(urls.app) as app:
        assert app.execute("INSERT INTO thing (word) VALUES ('one') RETURNING word").fetchone() == ("one",)
        app.execute("UPDATE thing SET word = 'two'")
        app.execute("DELETE FROM thing")
        assert app.execute(OWNS).fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "TRUNCATE thing2",
        "DROP TABLE thing2",
        "ALTER TABLE thing2 DISABLE TRIGGER ALL",
        "CREATE ROLE somebody",
        "CREATE DATABASE mine",
        "SET ROLE timebank_owner",
    ],
)
def test_the_app_changes_no_structure(urls: postgres.Urls, statement: str) -> None:
    with psycopg.connect(urls.owner) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS thing2 (id int)")
    with psycopg.connect(urls.app, autocommit=True) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_a_database_that_the_owner_makes_gives_the_app_the_same_rights(urls: postgres.Urls) -> None:
    """So it is with the databases of the tests and of a restore."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE DATABASE test_rights")
    owner_there, app_there = (f"{url.rpartition('/')[0]}/test_rights" for url in (urls.owner, urls.app))
    with psycopg.connect(owner_there) as owner:
        owner.execute("CREATE TABLE thing (id serial PRIMARY KEY)")
    with psycopg.connect(app_there) as app:
        assert app.execute("INSERT INTO thing DEFAULT VALUES RETURNING id").fetchone() == (1,)


def test_neither_role_is_above_the_rules(urls: postgres.Urls) -> None:
    with psycopg.connect(urls.app) as app:
        rows = app.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
            " WHERE rolname LIKE 'timebank%' ORDER BY rolname"
        ).fetchall()
    assert rows == [("timebank_app", False, False, False, False), ("timebank_owner", False, False, True, False)]
