"""Databases of a test's own."""

import secrets

import sqlalchemy as sa


def create_database(url: str) -> str:
    """The URL of an empty database on the PostgreSQL server of `url`. It goes when the server goes."""
    server, name = sa.make_url(url), f"attune_{secrets.token_hex(4)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)
