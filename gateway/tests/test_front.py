"""The pure parts of the front: when a request has come, how long one may take, and who gives way to whom."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from chassis.networks import Networks, network_of, networks_of, parse_address
from chassis.settings import SettingsError
from gateway.front.arrival import HEAD_LIMIT, SMALL, Arrival, forwarded_for, judge
from gateway.front.pace import Pace, Patience
from gateway.front.places import QUICK, Places
from gateway.web.networks import visitor_address

START = b"POST / HTTP/1.1\r\nHost: gateway\r\n"


@pytest.mark.parametrize(
    ("data", "arrival"),
    [
        (b"", Arrival.NOTHING),
        (b"GET / HT", Arrival.PART),
        (START, Arrival.PART),
        (START + b"\r\n", Arrival.WHOLE),
        (b"\r\n" + START + b"\r\n", Arrival.WHOLE),
        (b"GET / HTTP/1.1\nHost", Arrival.WHOLE),
        (START + b"Content-Length: 3\r\n\r\nab", Arrival.BODY),
        (START + b"content-length:3\r\n\r\nabc", Arrival.WHOLE),
        (START + b"Content-Length: 3\r\n\r\nabcGET", Arrival.WHOLE),
        (START + b"Content-Length: %d\r\n\r\n" % SMALL, Arrival.BODY),
        (START + b"Content-Length: %d\r\n\r\n" % (SMALL + 1), Arrival.LARGE),
        (START + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\n", Arrival.WHOLE),
        (START + b"Content-Length: three\r\n\r\n", Arrival.WHOLE),
        (START + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", Arrival.WHOLE),
        (START + b"Transfer-Encoding: chunked\r\n\r\n", Arrival.LARGE),
        (START + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", Arrival.LARGE),
        (START + b"X-Content-Length: 3\r\n\r\n", Arrival.WHOLE),
        (START + b"\r\nContent-Length: 3\r\n", Arrival.WHOLE),
        (START + b"X: " + b"a" * HEAD_LIMIT, Arrival.TOO_LONG),
        (START + b"X: " + b"a" * HEAD_LIMIT + b"\r\n\r\n", Arrival.TOO_LONG),
    ],
)
def test_a_request_gets_a_thread_when_enough_of_it_has_come(data: bytes, arrival: Arrival) -> None:
    assert judge(data) is arrival


def test_what_a_proxy_appended_is_read_from_the_head_only() -> None:
    data = START + b"X-Forwarded-For: a, b\r\nx-forwarded-for:c\r\n\r\nX-Forwarded-For: body\r\n"
    assert [part.strip() for part in forwarded_for(data).split(",")] == ["a", "b", "c"]


def test_a_pace_ends_by_a_pause_by_its_rate_and_by_its_length() -> None:
    patience = Patience(pause=20, grace=30, rate=1000, longest=100)
    pace = Pace(patience, 0.0)
    assert pace.deadline == 20
    pace.count(1, 15.0)
    assert pace.deadline == 30.001
    pace.count(40_000, 16.0)
    assert pace.deadline == 36
    pace.count(1_000_000, 90.0)
    assert pace.deadline == 100


@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_a_patience_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsError):
        Patience.from_environment({"REGISTRY_HEADER_TIMEOUT": value})


@dataclass(eq=False)
class Sender:
    network: str
    pace: Pace | None = field(default_factory=lambda: Pace(Patience(), 0.0))

    def sent(self, size: int) -> Sender:
        assert self.pace is not None
        self.pace.count(size, 1.0)
        return self


def test_places_are_bounded_for_all_and_for_each_network() -> None:
    places: Places[Sender] = Places(4, 2)
    crowd = [Sender("a"), Sender("a"), Sender("a"), Sender("b"), Sender("c"), Sender("d")]
    assert [places.enter(each) for each in crowd] == [True, True, False, True, True, False]
    assert places.leave(crowd[0])
    assert not places.leave(crowd[0])
    assert places.enter(crowd[2])


def test_the_slowest_of_the_largest_crowd_gives_way() -> None:
    places: Places[Sender] = Places(4, 3)
    quick, slow, slower, other = Sender("a").sent(9_000), Sender("a").sent(8_000), Sender("a").sent(7_000), Sender("b")
    assert [places.enter(each) for each in (quick, slow, slower, other)] == [True] * 4
    assert places.to_give_way(Sender("c"), 1.0) is None  # all have just come
    assert places.to_give_way(Sender("c"), 10.0) is slower
    assert places.to_give_way(Sender("a"), 10.0) is slower  # of one's own network, where it has its share
    slower.pace = None  # its body is there
    assert places.to_give_way(Sender("c"), 10.0) is slow


def test_whoever_has_as_much_as_the_others_takes_nothing_from_them() -> None:
    places: Places[Sender] = Places(2, 2)
    mine, other = Sender("a").sent(9_000), Sender("b")
    assert places.enter(mine)
    assert places.enter(other)
    assert places.to_give_way(Sender("a"), 10.0) is mine
    assert places.to_give_way(Sender("c"), 10.0) is other


def test_whoever_is_fast_gives_way_to_nobody() -> None:
    places: Places[Sender] = Places(1, 1)
    assert places.enter(Sender("a").sent(10_000_000))
    assert places.to_give_way(Sender("b"), 10.0) is None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("  192.0.2.1\t", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        ('"192.0.2.1:5678"', "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("", None),
        ("unknown", None),
        ("_hidden", None),
        ("192.0.2.1:", None),
        ("192.0.2.1:http", None),
        ("192.0.2.1:123456", None),
        ("192.0.2", None),
        ("192.0.2.1.5", None),
        ("[192.0.2.1", None),
        ("[2001:db8::1]443", None),
        ("2001:db8::1]:443", None),
        ("for=192.0.2.1", None),
    ],
)
def test_an_address_is_one_however_a_proxy_writes_it(said: str, address: str | None) -> None:
    found = parse_address(said)
    assert (str(found) if found else None) == address


@pytest.mark.parametrize(
    ("said", "proxies", "address"),
    [
        ("192.0.2.1", 0, "10.0.0.1"),
        ("192.0.2.1:5678", 1, "192.0.2.1"),
        ("203.0.113.9, evil, 192.0.2.1:5678", 1, "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1:5678, 198.51.100.1:80", 2, "192.0.2.1"),
        ("192.0.2.1", 2, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
        ("192.0.2.1, unknown", 1, "10.0.0.1"),
    ],
)
def test_a_visitor_is_whom_the_outermost_trusted_proxy_saw(said: str, proxies: int, address: str) -> None:
    assert visitor_address("10.0.0.1", said, proxies) == address


def test_an_address_lies_in_ever_wider_networks() -> None:
    assert networks_of("192.0.2.77") == Networks("192.0.2.77", "192.0.2.77", "192.0.2.0/24")
    assert networks_of("::ffff:192.0.2.77") == networks_of("192.0.2.77")
    wider = Networks("2001:db8:1:23ff::/64", "2001:db8:1:2300::/56", "2001:db8:1::/48")
    assert networks_of("2001:db8:1:23ff::5") == wider
    assert networks_of("") == Networks("", "", "")
    for address in ("192.0.2.77", "2001:db8:1:23ff::5", "", "unix"):
        assert networks_of(address).own == network_of(address)


def test_networks_are_addresses_and_halves_of_ipv6_ones() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("unknown") == "unknown"


def test_a_burst_in_the_beginning_is_no_merit_for_ever() -> None:
    pace = Pace(Patience(), 0.0)
    pace.count(20 << 20, 1.0)
    for second in range(8, 40, 8):
        pace.count(1, float(second))
    assert pace.rate(40.0) < 1
    assert pace.rate(41.0) < QUICK
