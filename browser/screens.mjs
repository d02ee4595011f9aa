// The screens that every check of form is run on: who sees them, and where.
// A screen whose address needs an id begins at a list and follows a link.
export const screens = [
  { name: "sign in", path: "/sign-in" },
  { name: "inbox", persona: "manager", path: "/" },
  { name: "inbox of an operator", persona: "operator_bci", path: "/" },
  { name: "overdue", persona: "auditor", path: "/overdue" },
  { name: "tranches to approve", persona: "manager", path: "/tranches" },
  { name: "tranche", persona: "manager", path: "/tranches?queue=requested", follow: ["tbody td:nth-child(2) a"] },
  { name: "approve a tranche", persona: "manager2", path: "/tranches?queue=requested", follow: ["tbody td.do a"] },
  { name: "tranches to pay", persona: "finance", path: "/tranches" },
  { name: "instruct a payment", persona: "finance", path: "/tranches", follow: ["tbody td.do a"] },
  { name: "payments", persona: "finance", path: "/payments?queue=all" },
  { name: "payment", persona: "finance", path: "/payments", follow: ["tbody td.reference a"] },
  { name: "record a payment as paid", persona: "finance", path: "/payments", follow: ["tbody td.do a"] },
  { name: "refunds", persona: "auditor", path: "/refunds" },
  { name: "refund", persona: "finance", path: "/refunds", follow: ["tbody td.reference a"] },
  { name: "nothing here", persona: "manager", path: "/nowhere", status: 404 },
];
