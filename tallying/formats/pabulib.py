"""Pabulib `.pb` files: elections as published at pabulib.org.

The format: Faliszewski, Flis, Peters, Pierczyński, Skowron, Stolicki, Szufa, Talmon,
"Participatory Budgeting: Data, Tools and Analysis", IJCAI 2023. Reading never guesses: what is
malformed raises `InvalidFile` with line and field, what is repaired is repaired by a named policy
and counted (`votes.Policy`).
"""

from tallying.formats.pabulib_file import PabulibFile
from tallying.formats.pabulib_reader import read
from tallying.formats.pabulib_writer import encode, write
from tallying.formats.published import UNDECLARED, Difference

__all__ = ["UNDECLARED", "Difference", "PabulibFile", "encode", "read", "write"]
