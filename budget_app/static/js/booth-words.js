// Sentences come from the server in the page's language, with {names} for the values.

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// Money in minor units, written as the server writes it: without decimals when there are none.
export function moneyWriter({ language, currency, minor_digits: digits }) {
  const unit = 10 ** digits;
  const write = (fraction) =>
    new Intl.NumberFormat(language, {
      style: "currency",
      currency,
      minimumFractionDigits: fraction,
      maximumFractionDigits: fraction,
    });
  const [whole, exact] = [write(0), write(digits)];
  return (amount) => (amount % unit ? exact : whole).format(amount / unit);
}
