"""A generated election of the size of a large city's: the same bytes for the same numbers."""

from pathlib import Path

import numpy as np

BUDGET = 40_000_000
LARGEST_BALLOT = 10
NEIGHBOURHOODS = 20


def write_city(path: Path, voters: int, projects: int, seed: int = 2022) -> None:
    """Write a Pabulib file with approval ballots of 1 to 10 projects.

    A few projects are known to all and the others in one of 20 neighbourhoods, so that many
    voters say the same. `RandomState` keeps its streams from one release of numpy to the next.
    """
    random = np.random.RandomState(seed)
    costs = random.randint(20, 1500, projects) * 1000
    fame = 1 / np.arange(1, projects + 1) ** 1.1
    home = np.arange(projects) % NEIGHBOURHOODS
    with path.open("w", encoding="utf8") as file:
        file.write("META\nkey;value\ndescription;Generated\ncountry;-\nunit;City\n")
        file.write(f"num_projects;{projects}\nnum_votes;{voters}\nbudget;{BUDGET}\n")
        file.write("vote_type;approval\nrule;unknown\nPROJECTS\nproject_id;cost\n")
        file.writelines(f"{number};{cost}\n" for number, cost in enumerate(costs, start=1))
        file.write("VOTES\nvoter_id;age;sex;vote\n")
        voter = 0
        for place, size in enumerate(random.multinomial(voters, [1 / NEIGHBOURHOODS] * 20)):
            known = np.flatnonzero((home == place) | (np.arange(projects) < 8))
            chances = fame[known] / fame[known].sum()
            lengths = 1 + random.binomial(LARGEST_BALLOT - 1, 0.25, size)
            for length in np.minimum(lengths, len(known)).tolist():
                chosen = np.sort(random.choice(known, length, replace=False, p=chances)) + 1
                voter += 1
                file.write(f"{voter};{20 + voter % 60};F;{','.join(map(str, chosen))}\n")
