package console

import (
	"html/template"
)

// icons are drawings in a box of 16 × 16, by name: those of the navigation bear
// the name of their section.
var icons = map[string]template.HTML{
	"inbox":         `<path d="M2 9l2-6h8l2 6v4H2zM2 9h3.5l1 2h3l1-2H14"/>`,
	"overview":      `<path d="M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5v-6.5M13.5 13.5V2.5"/>`,
	"overdue":       `<circle cx="8" cy="8" r="5.75"/><path d="M8 4.5V8l2.5 1.8"/>`,
	"milestones":    `<path d="M4 14V2.5M4 3h8l-2 2.6 2 2.6H4"/>`,
	"awards":        `<path d="M4 1.8h5.5L12.5 5v9.2H4zM6.2 7h4M6.2 9.5h4M6.2 12h2.5"/>`,
	"tranches":      `<path d="M2 4.5h12M2 8h12M2 11.5h12M5 2.5v11"/>`,
	"payments":      `<rect x="1.8" y="4" width="12.4" height="8" rx="1"/><circle cx="8" cy="8" r="1.8"/>`,
	"extensions":    `<path d="M2 8h9M8 4.5 11.5 8 8 11.5M14 3v10"/>`,
	"platforms":     `<path d="M2 13.5h12M3.5 13.5V6L8 2.5 12.5 6v7.5M6.5 13.5V9.5h3v4"/>`,
	"projects":      `<path d="M6 2v4L2.8 12.2A1.2 1.2 0 0 0 3.9 14h8.2a1.2 1.2 0 0 0 1.1-1.8L10 6V2M5 2h6"/>`,
	"organisations": `<path d="M2.5 14V2.5h7V14M9.5 6.5h4V14M1.5 14h13M4.8 5.2h2.4M4.8 8h2.4M4.8 10.8h2.4M11.2 9.2h.8M11.2 11.6h.8"/>`,
	"programmes":    `<path d="M8 1.8 14 5 8 8.2 2 5zM2 8l6 3.2L14 8M2 11l6 3.2L14 11"/>`,
	"audit":         `<path d="M8 1.8 13 3.6v4c0 3.2-2.1 5.6-5 6.6-2.9-1-5-3.4-5-6.6v-4zM5.8 7.8l1.6 1.6 3-3.2"/>`,
	"imports":       `<path d="M8 2v7.5M5 6.8 8 9.8l3-3M2.5 10.5v3h11v-3"/>`,
	"admin":         `<path d="M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7"/><circle cx="10.5" cy="4.5" r="1.5"/><circle cx="5.5" cy="11.5" r="1.5"/>`,
	"menu":          `<path d="M2 4h12M2 8h12M2 12h12"/>`,
	"search":        `<circle cx="7" cy="7" r="4.2"/><path d="m10.2 10.2 3.6 3.6"/>`,
	"bell":          `<path d="M3.5 11.5V7a4.5 4.5 0 0 1 9 0v4.5l1 1h-11zM6.8 14.2h2.4"/>`,
	"done":          `<circle cx="8" cy="8" r="6"/><path d="m5.2 8.2 2 2 3.6-4"/>`,
	"close":         `<path d="m4.5 4.5 7 7M11.5 4.5l-7 7"/>`,
	"warn":          `<path d="M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.4v.6"/>`,
	"file":          `<path d="M4 1.8h5.5L12.5 5v9.2H4zM9.2 1.8V5.3h3.3"/>`,
	"lock":          `<rect x="3.5" y="7" width="9" height="6.5" rx="1"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>`,
	"open":          `<path d="M6 3h7v7M13 3 6 10M10 13H3V6"/>`,
}

// icon is a drawing that stands beside a word; it says nothing itself.
func icon(name string) template.HTML {
	return `<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">` + icons[name] + `</svg>`
}
