"""The QR code of a receipt: what a phone reads is what segno would draw."""

import re
import secrets

import pytest
import segno

from budget_app.booth.picture import BORDER, picture
from tallying.evidence.acceptance import receipt_code

STARTS = (
    "http://localhost/en/example/rounds/schools/vote/check?code=",
    "https://participation.parliament.example/fr/national/rounds/budget-2027/vote/check?code=",
)


def drawn(svg: str) -> list[list[int]]:
    """The modules of a picture, without its border."""
    side = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])  # type: ignore[index]
    modules = [[0] * side for _ in range(side)]
    x = y = 0
    for command, first, second in re.findall(r"([Mmh])(\d+)(?: (\d+)(?:\.5)?)?", svg):
        if command == "M":
            x, y = int(first), int(second)
        elif command == "h":
            modules[y][x : x + int(first)] = [1] * int(first)
            x += int(first)
        else:
            x += int(first)
    inner = range(BORDER, side - BORDER)
    assert sum(map(sum, modules)) == sum(modules[row][column] for row in inner for column in inner)
    return [[modules[row][column] for column in inner] for row in inner]


@pytest.mark.parametrize("start", STARTS, ids=["short", "long"])
def test_the_picture_of_a_receipt_is_the_qr_code_of_its_address(start: str) -> None:
    for _ in range(12):
        code = receipt_code(secrets.token_bytes(32))
        expected = segno.make(start + code, error="m", mask=0)
        assert drawn(picture(start, code)) == [list(row) for row in expected.matrix]
