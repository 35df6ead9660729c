from datetime import UTC, datetime

import pytest

from agencies.limits import Rate, client_address, parse_rate, retry_after

TEN_PAST = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
TWO_AN_HOUR = Rate(2, 3600)


@pytest.fixture
def request_from(rf):
    def make(address, forwarded=None):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return rf.get("/", headers=headers, REMOTE_ADDR=address)

    return make


@pytest.fixture
def no_cache_server(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }


@pytest.mark.parametrize(
    ("text", "rate"), [("5/s", (5, 1)), ("30/m", (30, 60)), ("10/h", (10, 3600)), ("100/d", (100, 86400))]
)
def test_a_rate_is_a_number_and_a_window(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "10", "0/h", "10/", "/h", "10/w", "-1/h", "1.5/h", " 10/h", "10/h "])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match="is not a rate such as 10/h"):
        parse_rate(text)


def test_beyond_the_rate_one_waits_until_the_window_ends_and_no_longer():
    def tries(at, times):
        return [retry_after("submit", "203.0.113.7", TWO_AN_HOUR, at) for _ in range(times)]

    assert tries(TEN_PAST, 4) == [0, 0, 3000, 3000]
    assert tries(TEN_PAST.replace(minute=59, second=59), 1) == [1]
    assert tries(TEN_PAST.replace(hour=10, minute=0), 3) == [0, 0, 3600]


def test_each_address_and_each_purpose_counts_by_itself():
    once = Rate(1, 3600)
    tries = [("submit", "a"), ("submit", "b"), ("lookup", "a"), ("submit", "a")]
    assert [retry_after(scope, key, once, TEN_PAST) for scope, key in tries] == [0, 0, 0, 3000]


@pytest.mark.usefixtures("no_cache_server")
@pytest.mark.parametrize(("scope", "wait"), [("submit", 0), ("login", 0), ("lookup", 3000)])
def test_without_the_cache_no_case_is_lost_but_nobody_can_guess_phone_numbers(scope, wait):
    assert retry_after(scope, "a", TWO_AN_HOUR, TEN_PAST) == wait


def test_the_address_is_the_connection_s_own_whatever_the_client_claims(request_from):
    assert client_address(request_from("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


@pytest.mark.parametrize(
    ("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.1"), (3, "127.0.0.1")]
)
def test_behind_proxies_it_is_what_the_outermost_of_ours_saw(settings, request_from, proxies, address):
    settings.TRUSTED_PROXY_COUNT = proxies
    assert client_address(request_from("127.0.0.1", "198.51.100.1, 203.0.113.7")) == address


def test_of_ipv6_the_household_s_network_counts(request_from):
    assert client_address(request_from("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::/64"
