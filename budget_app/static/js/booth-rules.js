// What a ballot may still take, for the page's own help. The server decides whether it is valid.

// What the chosen projects cost together.
export function spent(paper, ids) {
  return ids.reduce((sum, id) => sum + (paper.projects[id]?.cost ?? 0), 0);
}

// Why `id` cannot join the chosen `ids`: the name of a sentence and its values, or null.
export function obstacle(paper, ids, id) {
  const { max_length: most } = paper.limits;
  if (ids.includes(id)) return null;
  if (most !== null && ids.length >= most) return { sentence: "full", values: { most } };
  if (paper.style !== "knapsack") return null;
  const left = paper.budget - spent(paper, ids);
  const cost = paper.projects[id].cost;
  return cost > left ? { sentence: "expensive", values: { cost, left } } : null;
}

// The points given, and how many are left; `most` is null where there is no common limit.
export function pointsLeft(paper, grades) {
  const given = Object.values(grades).reduce((sum, points) => sum + points, 0);
  const most = paper.limits.max_points;
  return { given, most, left: most === null ? null : most - given };
}

export function isGraded({ style }) {
  return style === "points" || style === "score";
}

// The choices of a kept ballot in their one order: ids, or pairs of an id and points; only projects
// of this ballot. A ranking keeps its order, others stand in the order of their ids' UTF-8 bytes.
export function choicesOf(paper, ballot) {
  const graded = isGraded(paper);
  const named = graded ? Object.entries(ballot.grades ?? {}) : (ballot.ids ?? []);
  const id = (choice) => (graded ? choice[0] : choice);
  const here = named.filter((choice) => paper.projects[id(choice)] && (!graded || choice[1]));
  if (paper.style === "ranked") return here;
  const encoder = new TextEncoder();
  return here.sort((one, other) => compared(encoder.encode(id(one)), encoder.encode(id(other))));
}

function compared(one, other) {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  if (at < 0) return one.length - other.length;
  return at < other.length ? one[at] - other[at] : 1;
}

// Every reason why these choices are no valid ballot, as the server gives them: {code, id, limit}.
export function faults(paper, choices) {
  if (!choices.length) return paper.limits.blank_allowed ? [] : [{ code: "blank" }];
  return [
    ...lengthFaults(paper.limits, choices.length),
    ...(isGraded(paper) ? gradeFaults(paper.limits, choices) : []),
    ...(paper.style === "knapsack" ? spendingFaults(paper, choices) : []),
  ];
}

function lengthFaults({ min_length: least, max_length: most }, length) {
  if (length < least) return [{ code: "too_few", limit: least }];
  return most !== null && length > most ? [{ code: "too_many", limit: most }] : [];
}

function gradeFaults({ max_score: highest, min_points: least, max_points: most }, choices) {
  const found = [];
  for (const [id, points] of choices) {
    if (points < 1) found.push({ code: "not_positive", id });
    if (highest !== null && points > highest) {
      found.push({ code: "score_too_high", id, limit: highest });
    }
  }
  const given = choices.reduce((sum, [, points]) => sum + Math.max(0, points), 0);
  if (given < least) found.push({ code: "too_few_points", limit: least });
  if (most !== null && given > most) found.push({ code: "too_many_points", limit: most });
  return found;
}

function spendingFaults(paper, ids) {
  const sum = spent(paper, ids);
  if (sum > paper.budget) return [{ code: "over_budget", limit: paper.budget }];
  const least = paper.limits.min_spend;
  return sum < least ? [{ code: "under_spend", limit: least }] : [];
}
