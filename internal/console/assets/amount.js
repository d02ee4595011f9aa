// Amounts as they are typed: what was read stands under each field, as
// money.ParseTyped reads it; and where parts should come to the amount of an
// award, their sum and how far it is off.

const most = 2n ** 53n - 1n;
const powers = { "\u4e07": 4, "\u4ebf": 8, m: 6, million: 6, bn: 9, billion: 9 }; // wan, yi, and in English

// unitOf is the data of a field's unit: its own, or that of the currency chosen.
const unitOf = (input) => (input.dataset.currency ? input.form.elements[input.dataset.currency].selectedOptions[0] : input).dataset;

// read reads a text as a whole number of minor units, null where it is none.
function read(text, unit) {
  const narrow = text.replace(/[\uff0c-\uff0e\uff10-\uff19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\s/g, " ").trim();
  if (narrow === "") return 0n;
  const code = unit.unit + " ", number = narrow.startsWith(code) ? narrow.slice(code.length).trim() : narrow;
  const m = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?(?: *([\u4e07\u4ebf])? *(\u5143)?| *(m|million|bn|billion))$/i.exec(number);
  const decimals = Number(unit.exponent) + (powers[m?.[4] || m?.[6]?.toLowerCase()] || 0), fraction = m?.[3] || "";
  if (!m || fraction.length > decimals || (m[5] && unit.unit !== "CNY")) return null;
  const n = BigInt(m[2].replaceAll(",", "") + fraction.padEnd(decimals, "0"));
  return n > most ? null : m[1] ? -n : n;
}

// shown is a number of minor units with its digits grouped, its point moved by
// a power of ten; with a power, without zeros at the end.
function shown(n, unit, power) {
  const decimals = Number(unit.exponent) + power, digits = String(n < 0n ? -n : n).padStart(decimals + 1, "0"), at = digits.length - decimals;
  const fraction = power ? digits.slice(at).replace(/0+$/, "") : digits.slice(at);
  return (n < 0n ? "\u2212" : "") + digits.slice(0, at).replace(/\B(?=(\d{3})+$)/g, ",") + (fraction && "." + fraction);
}

const exact = (n, unit) => unit.exact.replace("{}", shown(n, unit, 0));

// echo says under a field what was read in it, if its currency is chosen.
function echo(input) {
  const unit = unitOf(input), n = unit.unit ? read(input.value, unit) : null, power = Number(unit.power);
  const large = n !== null && (n < 0n ? -n : n) >= 10n ** BigInt(Number(unit.exponent) + power);
  document.getElementById("r-" + input.name).textContent = n === null || !input.value.trim() ? "" : "= " + exact(n, unit) + (large ? " · " + unit.small.replace("{}", shown(n, unit, power)) : "");
  if (input.dataset.currency) input.parentElement.querySelector(".unit").textContent = unit.sign ?? "";
}

// add sums the parts of a list beside the amount of the award; what cannot be
// read is named and not counted.
function add(box) {
  const { elements } = box.closest("form"), award = elements["amount/amount"], unit = unitOf(award), { dataset } = box;
  const rows = [...elements].filter((e) => new RegExp(`^${dataset.sum}/\\d+/amount/amount$`).test(e.name)).map((e) => [e, read(e.value, unit)]);
  const unread = rows.filter(([, n]) => n === null).map(([e]) => e.closest(".row").querySelector("legend").textContent);
  const whole = read(award.value, unit), sum = rows.reduce((a, [, n]) => a + (n ?? 0n), 0n), off = (whole ?? 0n) - sum;
  const said = box.querySelector(".difference"), right = !unread.length && !off && !!whole;
  box.querySelector("output").textContent = exact(sum, unit);
  said.classList.toggle("right", right);
  said.classList.toggle("off", !right);
  if (unread.length) said.textContent = dataset.unread.replace("{}", unread.join(dataset.separator));
  else if (whole === null) said.textContent = dataset.whole;
  else if (!whole) said.textContent = "";
  else said.textContent = right ? dataset.right : (off > 0n ? dataset.missing : dataset.over).replace("{}", exact(off > 0n ? off : -off, unit));
}

const amounts = [...document.querySelectorAll("[data-amount]")], sums = [...document.querySelectorAll("[data-sum]")];
const all = (list) => {
  list.forEach(echo);
  sums.forEach(add);
};
for (const form of new Set(amounts.map((a) => a.form))) {
  form.addEventListener("input", (e) => {
    if (e.target.matches("[data-amount]")) all([e.target]);
    else if (e.target.matches("select")) all(amounts.filter((a) => a.dataset.currency === e.target.name));
  });
}
all(amounts);
