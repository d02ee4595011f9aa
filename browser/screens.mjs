// The screens that every check of form is run on: who sees them, and where.
// A screen whose address needs an id begins at a list and follows a link.
export const screens = [
  { name: "sign in", path: "/sign-in" },
  { name: "inbox", persona: "manager", path: "/" },
  { name: "inbox of an operator", persona: "operator_bci", path: "/" },
  { name: "overdue", persona: "auditor", path: "/overdue" },
  { name: "nothing here", persona: "manager", path: "/nowhere", status: 404 },
];
