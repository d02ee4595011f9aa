// The sums of a draft as they are typed: what the funding lines and the
// tranches come to, and how far that is from the amount of the award.

const form = document.querySelector("form.draft");
const exponent = Number(form?.dataset.exponent || 2);

// minor reads an amount as a whole number of minor units, null where it is none.
function minor(text) {
  const clean = text.replaceAll(",", "").trim();
  if (clean === "") return 0n;
  const m = /^(\d+)(?:\.(\d*))?$/.exec(clean);
  if (!m || (m[2] || "").length > exponent) return null;
  return BigInt(m[1] + (m[2] || "").padEnd(exponent, "0"));
}

function decimal(n) {
  const digits = String(n).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ",");
  return exponent ? whole + "." + digits.slice(-exponent) : whole;
}

function add(box) {
  const parts = [...form.elements].filter((e) => e.name && new RegExp(`^${box.dataset.sum}/\\d+/amount/amount$`).test(e.name));
  const amounts = parts.map((e) => minor(e.value));
  const whole = minor(form.elements["amount/amount"].value);
  const said = box.querySelector(".difference");
  if (whole === null || amounts.includes(null)) {
    box.querySelector("output").textContent = "—";
    said.textContent = "";
    return;
  }
  const sum = amounts.reduce((a, b) => a + b, 0n);
  const off = whole - sum;
  box.querySelector("output").textContent = box.dataset.amount.replace("{}", decimal(sum));
  said.classList.toggle("right", off === 0n);
  said.classList.toggle("off", off !== 0n);
  said.textContent = off === 0n ? box.dataset.right : (off > 0n ? box.dataset.missing : box.dataset.over).replace("{}", decimal(off > 0n ? off : -off));
}

if (form) {
  const boxes = [...form.querySelectorAll("[data-sum]")];
  const all = () => boxes.forEach(add);
  form.addEventListener("input", (e) => {
    if (e.target.name?.endsWith("amount/amount")) all();
  });
  all();
}
