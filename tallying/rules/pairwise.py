"""Who is ranked above whom, and by what chains of wins."""

import numpy as np

from tallying.profile import Integers
from tallying.sparse import Rows


def preferences(rankings: Rows, weights: Integers, number: int) -> Integers:
    """`votes[a, b]`: the voters who rank a above b, of shape (number, number).

    What a ballot does not rank is below all that it ranks. So a is above b on every ballot that
    ranks a, but for those that rank b before it. Sums stay below 2⁵³, where floats are exact.
    """
    lengths = rankings.lengths
    by_entry = np.repeat(weights, lengths).astype(np.float64)
    after = np.repeat(lengths, lengths) - _places(rankings)
    ranked = np.bincount(rankings.projects, weights=by_entry, minlength=number)
    behind = np.zeros(number * number)
    for distance in range(1, int(lengths.max(initial=0))):
        earlier = np.flatnonzero(after > distance)
        pairs = rankings.projects[earlier + distance] * number + rankings.projects[earlier]
        behind += np.bincount(pairs, weights=by_entry[earlier], minlength=number * number)
    votes = np.rint(ranked[:, None] - behind.reshape(number, number)).astype(np.int64)
    np.fill_diagonal(votes, 0)
    return votes


def strongest_paths(votes: Integers) -> Integers:
    """The strength of the strongest path from each project to each other, 0 where there is none.

    A link is a win, as strong as the votes for the winner; a path is as strong as its weakest
    link. By the algorithm of Floyd and Warshall, as in Schulze 2011, section 2.3.1.
    """
    paths = np.where(votes > votes.T, votes, 0)
    for middle in range(len(paths)):
        np.maximum(paths, np.minimum(paths[:, middle, None], paths[middle]), out=paths)
    np.fill_diagonal(paths, 0)
    return paths


def _places(rankings: Rows) -> Integers:
    """Each entry's place on its ballot, from 0."""
    lengths = rankings.lengths
    return np.arange(len(rankings.projects)) - np.repeat(rankings.starts[:-1], lengths)
