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
