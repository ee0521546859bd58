"""Policies of logs, witnesses and quorums: tlog-policy.

C2SP publishes no vectors. The cases are those of sigsum-go (`pkg/policy`), whose format the
specification took up, with verifier keys in place of its hexadecimal ones.
"""

from functools import lru_cache

import pytest

from tallying.evidence.cosignature import WitnessKey
from tallying.evidence.notes import Verifier, generate_key
from tallying.evidence.policy import InvalidPolicy, Policy, with_log


@lru_cache
def log_key(name: str) -> str:
    return generate_key(f"log.example/{name}")[1]


@lru_cache
def key(name: str) -> str:
    return generate_key(f"witness.example/{name}", WitnessKey)[1]


def parse(text: str) -> Policy:
    return Policy.parse(text.encode(), "policy.txt")


def witnesses(*names: str) -> str:
    return "".join(f"witness {name} {key(name)}\n" for name in names)


TWO_LEVELS = f"""
# example config
log {log_key("a")} http://sigsum.example.org
  # comment
  log {log_key("b")}

witness W1 {key("W1")} http://w1
witness\tW2\t {key("W2")}
{witnesses("W3", "W4", "W5")}
group G1 any W1 W2
group G2 2 W3 W4 W5
group G3 all G1 G2

quorum G3

  log {log_key("c")}
witness W6 {key("W6")}
"""


@pytest.mark.parametrize(
    ("signed", "enough"),
    [
        ("", False),
        ("W1", False),
        ("W3", False),
        ("W3 W4 W5", False),
        ("W1 W2", False),
        ("W1 W3", False),
        ("W1 W3 W4", True),
        ("W2 W3 W5", True),
        ("W1 W3 W6", False),
    ],
)
def test_a_quorum_of_groups_is_reckoned(signed: str, enough: bool) -> None:
    policy = parse(TWO_LEVELS)
    assert policy.is_met(signed.split()) is enough
    assert len(policy.logs) == 3
    assert [witness.address for witness in policy.witnesses] == ["http://w1", *[None] * 5]


@pytest.mark.parametrize(
    ("signed", "enough"),
    [
        ("", False),
        ("A1", True),
        ("A3 B1", True),
        ("B1", False),
        ("B1 B2", True),
        ("B2 B3", True),
        ("A2 B1 B2 B3", True),
    ],
)
def test_thresholds_are_numbers_too(signed: str, enough: bool) -> None:
    names = ("A1", "A2", "A3", "B1", "B2", "B3")
    policy = parse(
        witnesses(*names)
        + "group A-group 1 A1 A2 A3\ngroup B-group 2 B1 B2 B3\n"
        + "group G any A-group B-group\nquorum G\n"
    )
    assert policy.is_met(signed.split()) is enough


def test_one_witness_can_be_the_quorum_and_none_too() -> None:
    one = parse(witnesses("W1", "W2") + "quorum W2\n")
    assert [one.is_met(names) for names in ((), ("W1",), ("W2",))] == [False, False, True]
    none = parse("quorum none")
    assert none.is_met(())
    assert not none.needs_witnesses


def test_witnesses_are_known_by_their_keys() -> None:
    policy = parse(witnesses("W1", "W2") + "quorum W1\n")
    impostor = Verifier.parse(generate_key("witness.example/W1")[1])
    assert policy.names([WitnessKey.parse(key("W1")), impostor]) == {"W1"}
    assert policy.names([impostor]) == frozenset()


def test_octets_that_are_no_utf8_name_a_witness() -> None:
    policy = Policy.parse(b"witness \xffW " + key("W1").encode() + b"\nquorum \xffW\n", "policy")
    assert policy.quorum == policy.witnesses[0].name


def test_a_no_break_space_does_not_divide_words() -> None:
    policy = parse(f"witness W\u00a01 {key('W1')}\nquorum W\u00a01\n")
    assert policy.witnesses[0].name == "W\u00a01"


def test_the_policy_of_one_log_is_written() -> None:
    alone = Policy.parse(with_log(log_key("a"), None), "policy")
    assert (len(alone.logs), alone.needs_witnesses) == (1, False)
    witnessed = Policy.parse(with_log(log_key("a"), witnesses("W1") + "quorum W1\n"), "policy")
    assert witnessed.quorum == "W1"


REFUSED = {
    "empty": ("", "quorum"),
    "a form feed": ("# \f\nquorum none\n", "control character"),
    "a DEL": ("# \x7f\nquorum none\n", "control character"),
    "a carriage return": ("quorum none\r\n", "control character"),
    "a log twice": (f"log {log_key('a')}\nlog {log_key('a')}\nquorum none\n", "line 2: .*twice"),
    "a remark behind a line": (
        f"log {log_key('a')} http://a #remark\nquorum none\n",
        "a log reads",
    ),
    "a witness's key twice": (
        f"witness W1 {key('W1')}\nwitness W2 {key('W1')}\nquorum none\n",
        "line 2: .*twice",
    ),
    "a name twice": (f"witness W1 {key('W1')}\nwitness W1 {key('W2')}\n", "W1 is taken"),
    "the name none": (f"witness none {key('W1')}\n", "none is taken"),
    "an undefined member": (witnesses("W1", "W2") + "group G all W1 W3 W2\n", "W3 that is not"),
    "no quorum": (witnesses("W1", "W2") + "group G all W1 W2\n", "no line `quorum"),
    "a member twice": (witnesses("W1", "W2") + "group G all W1 W2 W1\n", "already a member"),
    "a member of two groups": (
        witnesses("W1", "W2", "W3") + "group G1 all W1 W2\ngroup G2 all W3 W2\n",
        "already a member",
    ),
    "none as a member": (witnesses("W1") + "group G all W1 none\nquorum G\n", "none that is not"),
    "a group of nobody": ("group G all\n", "a group reads"),
    "a threshold of nobody": (witnesses("W1") + "group G 0 W1\n", "asks for 0 of 1"),
    "a threshold above all": (witnesses("W1") + "group G 2 W1\n", "asks for 2 of 1"),
    "a threshold with a zero before": (witnesses("W1") + "group G 01 W1\n", "asks for 01"),
    "two quorums": ("quorum none\nquorum none\n", "one line `quorum"),
    "an undefined quorum": ("quorum W1\n", "not defined"),
    "a quorum above its witness": (f"quorum W1\nwitness W1 {key('W1')}\n", "not defined"),
    "another line": ("mirror M\nquorum none\n", "line 1: a line begins"),
    "a log's key for a witness": (
        f"witness W1 {log_key('a')}\nquorum none\n",
        "line 1: A verifier",
    ),
    "a witness's key for a log": (f"log {key('W1')}\nquorum none\n", "line 1: A verifier"),
    "too many lines": ("\n" * 2000 + "quorum none\n", "more than"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_policy_is_refused_with_its_line(what: str) -> None:
    text, why = REFUSED[what]
    with pytest.raises(InvalidPolicy, match=why):
        parse(text)
