// The bar of the whole budget: what is chosen, what one more project would take, what is left.

const WIDTH = 1000;

export function drawBudget(bar, { budget, spent, considered }, words, money, fill) {
  const whole = Math.max(budget, spent + considered, 1);
  const taken = Math.floor((spent * WIDTH) / whole);
  const part = (name) => bar.querySelector(`[data-budget=${name}]`);
  const over = spent > budget;
  part("chosen").setAttribute("width", taken);
  part("chosen").setAttribute("class", over ? "budget-over" : "budget-chosen");
  part("considered").setAttribute("x", taken);
  part("considered").setAttribute("width", Math.floor((considered * WIDTH) / whole));
  part("spent").textContent = fill(words.spent_of, { spent: money(spent), budget: money(budget) });
  part("left").textContent = fill(over ? words.over_by : words.left, {
    amount: money(Math.abs(budget - spent)),
  });
}
