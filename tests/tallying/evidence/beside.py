"""Which other checks stumble, in either program, over a mutation that one check is for.

What is altered is often read by several checks: a changed input digest shows in V22 as well. A
mutation that is missing here is refused by its own check alone.
"""

BESIDE: dict[str, str] = {
    "two log keys in the policy": "V09 V22",
    "two keys for receipts": "V22",
    "another spelling of JSON": "V15 V22 V25 V28",
    "a reordered log": "V07 V12",
    "a removed log entry": "V05 V07 V09 V10 V11 V12 V14 V15 V16 V17 V22",
    "a repeated log entry": "V22",
    "a forged checkpoint": "V04 V07",
    "a changed cost": "V21 V22 V28",
    "a changed cost, counted anew": "V21 V22 V28",
    "boxes committed before the close": "V12 V14",
    "a removed person": "V13 V22",
    "an opening without its cast": "V22",
    "an opened commitment changed": "V22",
    "a cast that nobody opens": "V13 V14 V15 V17 V22",
    "a voter who is not on the roll": "V12 V22",
    "a voter of another district": "V12 V15 V22",
    "a gap in a voter's ballots": "V12 V22",
    "a replaced ballot counted too": "V15 V16 V21 V22",
    "numbers that do not tie": "V22",
    "numbers that tie and are not those of the log": "V22",
    "a removed ballot": "V14 V15 V21 V22",
    "an altered envelope": "V14 V22",
    "an envelope of another hash": "V14 V22",
    "an envelope counted twice": "V14 V15 V21 V22",
    "a cast after the close": "V12 V14",
    "a ballot cast out of time": "V12 V22",
    "an altered ballot": "V22",
    "an altered ballot, counted anew": "V22",
    "ballots counted more often": "V15 V22",
    "an invalid ballot with another reason": "V22",
    "a public file with other ballots": "V22",
    "an outcome of another round": "V23 V28",
    "an outcome with a remark": "V23 V28",
    "an outcome logged before the input": "V12 V14",
    "other lots than announced": "V22",
    "a list of software without versions": "V22",
    "the hash of a small box's ballots in the index": "V15 V21 V22",
    "the hash of a small box's ballots in the outcome": "V22",
    "demographics beside the ballots": "V22",
    "layers opened in the wrong order": "V20",
    "layers opened before the boxes were committed": "V12 V14",
    "a ballot called a canary": "V15 V21 V22",
    "canaries promised too late": "V12 V14",
    "canaries told too early": "V12 V14",
    "canaries that nobody counts": "V15",
    "an altered ballot out of the last layer": "V22",
    "a ballot swapped for one without a nonce": "V15 V22",
    "no key test": "V12 V14",
    "a key test after opening": "V12",
    "an envelope of another size, or none": "V14 V15 V18",
}


def allowed(what: str, expected: str) -> set[str]:
    """The checks that may refuse a mutation."""
    return {expected, *BESIDE.get(what, "").split()}
