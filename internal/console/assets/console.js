// What script adds to pages that work without it.

// A form is sent once, however often its button is pressed; a button that brings
// a file leaves the page, and its form, as they are.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (form.method !== "post" || e.defaultPrevented || e.submitter?.hasAttribute("data-file")) return;
  if (form.dataset.sent) return e.preventDefault();
  form.dataset.sent = "true";
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// Errors are read first.
document.getElementById("errors")?.focus();

// "/" goes to the search.
document.addEventListener("keydown", (e) => {
  if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.getElementById("search");
  if (!search) return;
  e.preventDefault();
  search.focus();
});

// What is filed offers to be printed.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
