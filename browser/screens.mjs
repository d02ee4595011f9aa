// The screens that every check of form is run on: who sees them, and where.
// A screen whose address needs an id begins at a list and follows links, each
// the first that a selector finds. "fill" types into the fields of a form and
// "press" its button, for what is seen only after a form was sent.
const award = ["tbody td.award a, tbody a[href^='/awards/awd_']"];
const programme = ["tbody a[href^='/programmes/prg_']"];

export const screens = [
  { name: "sign in", path: "/sign-in" },
  { name: "nothing here", persona: "manager", path: "/nowhere", status: 404 },

  // what waits
  { name: "inbox", persona: "manager", path: "/" },
  { name: "inbox of an operator", persona: "operator_bci", path: "/" },
  { name: "inbox of a project lead", persona: "lead", path: "/" },
  { name: "inbox of the administrator", persona: "admin", path: "/" },
  { name: "inbox: what waits", persona: "manager", path: "/?show=waiting" },
  { name: "inbox: what was done", persona: "manager", path: "/?show=done" },
  { name: "overdue", persona: "auditor", path: "/overdue" },
  { name: "notices", persona: "manager", path: "/notices" },
  { name: "search", persona: "manager", path: "/search?q=%E5%B9%B3%E5%8F%B0" },
  { name: "search that finds nothing", persona: "manager", path: "/search?q=zzzz" },

  // the portfolio
  { name: "overview", persona: "head", path: "/overview" },
  { name: "overview of an operator", persona: "operator_bci", path: "/overview" },
  { name: "milestones", persona: "manager", path: "/milestones" },
  { name: "milestones as a timeline", persona: "manager", path: "/milestones?view=timeline" },
  { name: "awards", persona: "manager", path: "/awards" },

  // an award
  { name: "award", persona: "manager", path: "/awards", follow: award },
  { name: "award: money", persona: "finance", path: "/awards", follow: [...award, "main a[href$='/money']"] },
  { name: "award: people", persona: "manager", path: "/awards", follow: [...award, "main a[href$='/people']"] },
  { name: "award: documents", persona: "manager", path: "/awards", follow: [...award, "main a[href$='/documents']"] },
  { name: "award: journal", persona: "auditor", path: "/awards", follow: [...award, "main a[href$='/journal']"] },
  { name: "receipt", persona: "auditor", path: "/awards", follow: [...award, "main a[href$='/journal']", "main a[href*='/receipts/']"] },
  { name: "draft an award", persona: "manager", path: "/awards/new" },
  { name: "a draft that was refused", persona: "manager", path: "/awards/new", press: "p.actions.sticky button" },

  // a milestone
  { name: "milestone", persona: "auditor", path: "/overdue", follow: ["main a[href*='/milestones/mst_']"] },
  { name: "milestone that waits on its operator", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']", "nav.crumbs a[href*='/milestones/mst_']"] },
  { name: "submit a milestone", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']"] },
  { name: "a submission that was refused", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']"], press: "button[name=form_step][value=check]" },
  { name: "add evidence", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/evidence']"] },
  { name: "forecast a milestone", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/forecast']"] },
  { name: "ask for an extension", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/extend']"] },
  { name: "decide a milestone", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']"] },
  { name: "a decision that was refused", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']"], press: "button[name=form_step][value=check]" },
  { name: "check a decision", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']"], check: ["input[name=outcome][value=met]"], press: "button[name=form_step][value=check]" },
  { name: "return a milestone", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/return']"] },
  { name: "settle a milestone", persona: "manager2", path: "/overdue", follow: ["main a[href$='/settle']"] },
  { name: "reopen a milestone", persona: "manager2", path: "/overdue", follow: ["main a[href$='/settle']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/reopen']"] },

  // extensions
  { name: "extensions", persona: "manager", path: "/extensions" },
  { name: "extension", persona: "auditor", path: "/extensions", follow: ["main a[href*='/extensions/ext_']"] },
  { name: "decide an extension", persona: "manager", path: "/extensions", follow: ["main a[href*='/extensions/'][href$='/decide']"] },

  // tranches, payments, refunds
  { name: "tranches to approve", persona: "manager", path: "/tranches" },
  { name: "tranche", persona: "manager", path: "/tranches?queue=requested", follow: ["tbody td:nth-child(2) a"] },
  { name: "approve a tranche", persona: "manager2", path: "/tranches?queue=requested", follow: ["tbody td.do a"] },
  { name: "request a tranche", persona: "lead", path: "/", follow: ["main a[href$='/request']"] },
  { name: "tranches to pay", persona: "finance", path: "/tranches" },
  { name: "instruct a payment", persona: "finance", path: "/tranches", follow: ["tbody td.do a"] },
  { name: "payments", persona: "finance", path: "/payments?queue=all" },
  { name: "payment", persona: "finance", path: "/payments", follow: ["tbody td.reference a"] },
  { name: "record a payment as paid", persona: "finance", path: "/payments", follow: ["tbody td.do a"] },
  { name: "record a payment as returned", persona: "finance", path: "/payments", follow: ["tbody td.reference a", "main a[href$='/returned']"] },
  { name: "refunds", persona: "auditor", path: "/refunds" },
  { name: "refund", persona: "finance", path: "/refunds", follow: ["tbody td.reference a"] },

  // the register
  { name: "platforms", persona: "manager", path: "/platforms" },
  { name: "platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']"] },
  { name: "write down a platform", persona: "manager", path: "/platforms/new" },
  { name: "edit a platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']", "main a[href$='/edit']"] },
  { name: "enrol a platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']", "main a[href*='/enrol']"] },
  { name: "suspend a platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']", "main a[href$='/suspend']"] },
  { name: "projects", persona: "manager", path: "/projects" },
  { name: "project", persona: "manager", path: "/projects", follow: ["tbody a[href^='/projects/prj_']"] },
  { name: "write down a project", persona: "manager", path: "/projects/new" },
  { name: "edit a project", persona: "manager", path: "/projects", follow: ["tbody a[href^='/projects/prj_']", "main a[href$='/edit']"] },
  { name: "organisations", persona: "manager", path: "/organisations" },
  { name: "organisation", persona: "manager", path: "/organisations", follow: ["tbody a[href^='/organisations/org_']"] },
  { name: "write down an organisation", persona: "manager", path: "/organisations/new" },
  { name: "an organisation that was refused", persona: "manager", path: "/organisations/new", press: "main form.form button[type=submit]:not([hidden])" },
  { name: "programmes", persona: "manager", path: "/programmes" },
  { name: "programme", persona: "manager", path: "/programmes", follow: programme },
  { name: "edit a programme", persona: "manager", path: "/programmes", follow: [...programme, "main a[href$='/edit']"] },
  { name: "what a programme asks for", persona: "manager", path: "/programmes", follow: [...programme, "main a[href$='/suspend']"] },
  { name: "ladders", persona: "manager", path: "/programmes", follow: [...programme, "main a[href*='/ladders']"] },
  { name: "a new programme", persona: "admin", path: "/programmes/new" },

  // audit
  { name: "audit", persona: "auditor", path: "/audit" },
  { name: "audit of a subject", persona: "auditor", path: "/audit", follow: ["tbody a.quiet[href^='/audit/']"] },
  { name: "an entry of the journal", persona: "auditor", path: "/audit", follow: ["tbody td:nth-child(3) a"] },
  { name: "anchors", persona: "auditor", path: "/audit/anchors" },

  // imports
  { name: "imports", persona: "manager", path: "/imports" },
  { name: "import files", persona: "manager", path: "/imports/new" },

  // administration
  { name: "administration", persona: "admin", path: "/admin" },
  { name: "members", persona: "admin", path: "/admin/members" },
  { name: "people", persona: "admin", path: "/admin/people" },
  { name: "who may do what", persona: "admin", path: "/admin/access" },
  { name: "working days", persona: "admin", path: "/admin/calendars" },
  { name: "checks", persona: "admin", path: "/admin/sweeps" },
];
