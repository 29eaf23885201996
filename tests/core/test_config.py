"""Settings: typed, and loud at the start about what is wrong."""

import stat
import threading

import pytest

from app.config import Config, WrongSetting


def from_env(folder, **env):
    return Config.from_env({"ATTUNE_DATA": str(folder), **env})


def test_it_starts_with_nothing_set(tmp_path):
    config = from_env(tmp_path / "data")
    assert config.base_url == "http://127.0.0.1:8000"
    assert config.database_url == f"sqlite:///{tmp_path / 'data' / 'attune.sqlite3'}"
    assert (config.host, config.port, config.registration, config.https) == ("127.0.0.1", 8000, "open", False)
    assert len(config.secret_key) == len(config.master_key) == 32
    assert config.secret_key != config.master_key


def test_keys_are_made_once_for_the_owner_alone(tmp_path):
    first, second = from_env(tmp_path), from_env(tmp_path)
    assert (first.secret_key, first.master_key) == (second.secret_key, second.master_key)
    for name in ("secret_key", "master_key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["master_key", "secret_key"]


def test_two_that_start_at_once_share_the_keys(tmp_path):
    made, gate = [], threading.Barrier(8)

    def start():
        gate.wait()
        made.append(from_env(tmp_path).master_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def test_no_key_is_told_by_accident(tmp_path):
    config = from_env(tmp_path)
    for key in (config.secret_key, config.master_key):
        assert repr(key) not in repr(config)
        assert key.hex() not in repr(config)


def test_a_key_that_others_can_read_is_refused(tmp_path):
    from_env(tmp_path)
    (tmp_path / "master_key").chmod(0o644)
    with pytest.raises(WrongSetting, match=r"MASTER_KEY_FILE.*chmod 600"):
        from_env(tmp_path)


def test_a_key_that_is_damaged_is_refused_and_not_replaced(tmp_path):
    from_env(tmp_path)
    (tmp_path / "master_key").write_text("not hex\n")
    with pytest.raises(WrongSetting, match="MASTER_KEY_FILE"):
        from_env(tmp_path)
    assert (tmp_path / "master_key").read_text() == "not hex\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "8k"),
        ("PORT", "٨٠"),
        ("THREADS", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("REGISTRATION", "maybe"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "LOUD"),
        ("ATTUNE_DEMO", "yes"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "sqlite://"),
        ("BASE_URL", "attune.example.org"),
        ("BASE_URL", "https://attune.example.org/path"),
        ("BASE_URL", "https://me@attune.example.org"),
        ("BASE_URL", "http://attune.example.org"),
        ("SECRET_KEY", "short"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path, name, value):
    with pytest.raises(WrongSetting, match=name):
        from_env(tmp_path, **{name: value})


def test_a_host_for_everybody_needs_an_address(tmp_path):
    with pytest.raises(WrongSetting, match="BASE_URL is needed"):
        from_env(tmp_path, HOST="0.0.0.0")
    config = from_env(tmp_path, HOST="0.0.0.0", BASE_URL="https://attune.example.org/")
    assert (config.base_url, config.https) == ("https://attune.example.org", True)


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_name_of_postgresql_is_the_same(tmp_path, url):
    assert from_env(tmp_path, DATABASE_URL=url).database_url == "postgresql+psycopg://u@h/d"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongSetting, match="ATTUNE_DATA"):
        from_env(tmp_path / "file" / "data")
