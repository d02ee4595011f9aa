package portfolio

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/ident"
	"milepost/internal/money"
)

func TestProgrammeCheck(t *testing.T) {
	good := Programme{Code: "POC-2026", Names: Names{ZH: "概念验证"}, GoLiveOn: day("2026-01-01"), AttentionFrom: day("2026-01-01"),
		SeparationAbove: DefaultSeparation(), Extensions: DefaultExtensionLimits()}
	wantFields(t, good.Check())
	wantFields(t, Programme{}.Check(), "/code field.required", "/names field.required", "/goLiveOn field.required", "/attentionFrom field.required")
	bad := good
	bad.Names.EN = strings.Repeat("x", 301)
	bad.SeparationAbove = []money.Amount{{}, money.MustParse("-1"), money.MustParse("1"), money.MustParse("2")}
	bad.Extensions = ExtensionLimits{-1, 36501, 0}
	wantFields(t, bad.Check(), "/names/en field.tooLong", "/separationAbove/0/currency currency.missing", "/separationAbove/1/amount amount.negative",
		"/separationAbove/2/currency field.notUnique", "/separationAbove/3/currency field.notUnique", "/extensions/count field.outOfRange", "/extensions/totalDays field.outOfRange")
}

func TestAbove(t *testing.T) {
	p := Programme{SeparationAbove: DefaultSeparation()}
	usd, err := money.ISO("USD")
	if err != nil {
		t.Fatal(err)
	}
	dollar, err := money.Parse("1", usd)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		amount money.Amount
		want   bool
	}{{money.MustParse("1000000"), false}, {money.MustParse("1000000.01"), true}, {dollar, true}} {
		if got := p.Above(c.amount); got != c.want {
			t.Errorf("Above(%v) = %v", c.amount, got)
		}
	}
}

func TestPlatformCheck(t *testing.T) {
	wantFields(t, Platform{Code: "P1", Kind: ProofOfConcept, Names: Names{EN: "Chips"}, Operator: "org_1"}.Check())
	wantFields(t, Platform{Kind: "shop", Sector: strings.Repeat("x", 301)}.Check(), "/code field.required", "/kind field.badValue",
		"/names field.required", "/sector field.tooLong", "/operator field.required")
}

func TestEnrolmentCheck(t *testing.T) {
	ceiling, none := money.MustParse("30000000"), money.Amount{}
	good := Enrolment{Programme: "prg_1", Platform: "plt_1", Origin: Commissioned, From: day("2026-01-01"), To: day("2026-01-01"), Ceiling: &ceiling}
	wantFields(t, good.Check())
	wantFields(t, Enrolment{To: day("2026-01-01"), Ceiling: &none}.Check(), "/programme field.required", "/platform field.required",
		"/origin field.required", "/from field.required", "/ceiling/amount amount.notPositive", "/ceiling/currency currency.missing")
	good.To = day("2025-12-31")
	wantFields(t, good.Check(), "/to date.before")
}

func TestProjectCheck(t *testing.T) {
	good := Project{Programme: "prg_1", Code: "P-1", Title: Names{ZH: "硅光"}, Lead: "org_1", Source: Clinic,
		Host: "plt_1", Platforms: []ident.Platform{"plt_2", "plt_1"}, TRL: TRL{3, 4, 7}}
	wantFields(t, good.Check())
	good.Platforms, good.Host, good.TRL = nil, "", TRL{}
	wantFields(t, good.Check())
	bad := good
	bad.Host, bad.Platforms, bad.TRL, bad.Source = "plt_9", []ident.Platform{"plt_1", "plt_1"}, TRL{10, -1, 9}, "luck"
	wantFields(t, bad.Check(), "/source field.badValue", "/host project.hostNotListed", "/platforms/1 field.notUnique",
		"/trl/start field.outOfRange", "/trl/current field.outOfRange", "/trl/target project.trlTargetBelowStart")
	wantFields(t, Project{}.Check(), "/programme field.required", "/code field.required", "/title field.required", "/lead field.required", "/source field.required")
}

func TestOrganisationCheck(t *testing.T) {
	good := Organisation{Names: Names{ZH: "大学"}, Kind: University, Identifiers: []Identifier{
		{USCC, "914403001922038216"}, {"ROR", "anything at all"}}}
	wantFields(t, good.Check())
	bad := Organisation{Kind: "club", Identifiers: []Identifier{{USCC, "914403001922038217"}, {"", ""}, {"X", "1"}, {"X", "1"}}}
	wantFields(t, bad.Check(), "/names field.required", "/kind field.badValue", "/identifiers/0/id organisation.badUSCC",
		"/identifiers/1/scheme field.required", "/identifiers/1/id field.required", "/identifiers/3 field.notUnique")
}

func TestUSCC(t *testing.T) {
	for code, want := range map[string]bool{
		"914403001922038216":  true,  // a company's published code
		"91440300192203821A":  false, // another check character
		"91440300192203821":   false, // too short
		"9144030019220382160": false,
		"91440300192203821６":  false, // a full-width digit
		"91440300I922038216":  false, // I is none of its digits
		"":                    false,
	} {
		if got := ValidUSCC(code); got != want {
			t.Errorf("ValidUSCC(%q) = %v", code, got)
		}
	}
}

// byTheStandard is the check character by the weights that GB 32100-2015
// prints, written out.
func byTheStandard(body string) byte {
	weights := []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	sum := 0
	for i, w := range weights {
		sum += strings.IndexByte(usccDigits, body[i]) * w
	}
	check := 31 - sum%31
	if check == 31 {
		check = 0
	}
	return usccDigits[check]
}

// Property: a code of the real form (register, kind, region, nine characters)
// with its check character is valid, and with any one character changed is not.
func TestUSCCFindsEveryChangedCharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`(11|12|51|91|92)31[0-9]{4}[0-9A-HJ-NP-RTUWXY]{9}`).Draw(t, "body")
		code := body + string(byTheStandard(body))
		if !ValidUSCC(code) {
			t.Fatalf("%s is refused", code)
		}
		i := rapid.IntRange(0, 17).Draw(t, "at")
		c := usccDigits[rapid.IntRange(0, 30).Draw(t, "to")]
		if changed := code[:i] + string(c) + code[i+1:]; changed != code && ValidUSCC(changed) {
			t.Fatalf("%s passes, changed from %s", changed, code)
		}
	})
}

// A code that nobody can see is none.
func TestBlanksAreMissing(t *testing.T) {
	for _, blank := range []string{"", " ", "\t\n", "\u3000", "\u00a0", "\u200b", " \ufeff"} {
		if !Blank(blank) {
			t.Errorf("Blank(%q) = false", blank)
		}
		wantFields(t, Project{Programme: "prg_1", Code: blank, Title: Names{ZH: blank, EN: blank}, Lead: "org_1", Source: Clinic}.Check(),
			"/code field.required", "/title field.required")
		wantFields(t, Organisation{Names: Names{ZH: "大学"}, Kind: University, Identifiers: []Identifier{{blank, blank}}}.Check(),
			"/identifiers/0/scheme field.required", "/identifiers/0/id field.required")
		wantFields(t, NeedReason(blank), "/reason field.required")
	}
	for _, seen := range []string{"M1", " M1 ", "验", "-"} {
		if Blank(seen) {
			t.Errorf("Blank(%q) = true", seen)
		}
	}
}

// CN-USCC is meant however it is written, and its codes are checked then.
func TestUSCCInAnyCase(t *testing.T) {
	for _, scheme := range []string{"cn-uscc", "Cn-Uscc", " CN-USCC ", "ＣＮ－ＵＳＣＣ"} {
		got := Organisation{Identifiers: []Identifier{{scheme, "914403001922038216"}, {"ror", "aBc"}}}.Normal().Identifiers
		if want := []Identifier{{USCC, "914403001922038216"}, {"ror", "aBc"}}; !slices.Equal(got, want) {
			t.Errorf("Normal of %q = %q, want %q", scheme, got, want)
		}
		o := Organisation{Names: Names{ZH: "大学"}, Kind: University, Identifiers: []Identifier{{scheme, "914403001922038217"}}}
		wantFields(t, o.Normal().Check(), "/identifiers/0/id organisation.badUSCC")
		wantFields(t, o.Check(), "/identifiers/0/id organisation.badUSCC")
	}
}
