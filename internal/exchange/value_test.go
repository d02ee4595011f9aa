package exchange

import (
	"testing"

	"milepost/internal/money"
)

func TestAmount(t *testing.T) {
	btc, err := money.Asset("BTC", 8)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		cell  cell
		scale int
		unit  money.Unit
		want  string // decimal, or the code
	}{
		{"plain", cell{text: "1234.5"}, 0, money.CNY, "1234.50"},
		{"grouped", cell{text: "1,234,567.89"}, 0, money.CNY, "1234567.89"},
		{"full-width digits", cell{text: "１２３４．５"}, 0, money.CNY, "1234.50"},
		{"full-width comma", cell{text: "１，２３４"}, 0, money.CNY, "1234.00"},
		{"wrong groups", cell{text: "12,34"}, 0, money.CNY, "amount.unreadable"},
		{"groups of dots", cell{text: "1.234.567"}, 0, money.CNY, "amount.unreadable"},
		{"groups of spaces", cell{text: "28 000"}, 0, money.CNY, "amount.unreadable"},
		{"unit in the cell", cell{text: "50万"}, 0, money.CNY, "500000.00"},
		{"unit in the cell, too fine", cell{text: "0.0000001万"}, 0, money.CNY, "amount.notExact"},
		{"unit in the cell and in the header", cell{text: "50万"}, 4, money.CNY, "amount.invalid"},
		{"English unit in the cell", cell{text: "1.2 million"}, 0, money.CNY, "1200000.00"},
		{"currency in the cell", cell{text: "CNY 1,000.00"}, 0, money.CNY, "1000.00"},
		{"another currency in the cell", cell{text: "USD 1,000.00"}, 0, money.CNY, "amount.unreadable"},
		{"sign of a currency", cell{text: "¥100"}, 0, money.CNY, "amount.unreadable"},
		{"exponent in text", cell{text: "1E3"}, 0, money.CNY, "amount.unreadable"},
		{"nothing", cell{text: "  "}, 0, money.CNY, "value.missing"},
		{"ten thousands", cell{text: "12.345678"}, 4, money.CNY, "123456.78"},
		{"ten thousands, too fine", cell{text: "12.3456789"}, 4, money.CNY, "amount.tooManyDecimals"},
		{"hundred millions", cell{text: "0.0000000001"}, 8, money.CNY, "0.01"},
		{"too fine", cell{text: "0.005"}, 0, money.CNY, "amount.tooManyDecimals"},
		{"too large", cell{text: "90071992547410.00"}, 0, money.CNY, "amount.outOfRange"},
		{"negative", cell{text: "-5"}, 0, money.CNY, "-5.00"},
		{"stored with 17 digits", cell{text: "0.57999999999999996", number: true}, 0, money.CNY, "0.58"},
		{"stored with 17 digits, above", cell{text: "1.1000000000000001", number: true}, 0, money.CNY, "1.10"},
		{"stored nines", cell{text: "999.99999999999999", number: true}, 0, money.CNY, "1000.00"},
		{"stored with an exponent", cell{text: "1.0000000000000001E-4", number: true}, 0, btc, "0.00010000"},
		{"stored with a large exponent", cell{text: "1.5E7", number: true}, 0, money.CNY, "15000000.00"},
		{"stored ten thousands", cell{text: "3456.7800000000002", number: true}, 4, money.CNY, "34567800.00"},
		{"stored text", cell{text: "1,000", number: true}, 0, money.CNY, "amount.invalid"},
		{"stored as text with 17 digits", cell{text: "0.57999999999999996"}, 0, money.CNY, "amount.tooManyDecimals"},
	}
	for _, tt := range tests {
		a, bad := amount(tt.cell, true, tt.scale, tt.unit)
		got := a.Decimal()
		if bad != nil {
			got = bad.Code
		}
		if got != tt.want {
			t.Errorf("%s: amount(%q, %d) = %s, want %s", tt.name, tt.cell.text, tt.scale, got, tt.want)
		}
	}
}

func TestDate(t *testing.T) {
	tests := []struct {
		name string
		cell cell
		y04  bool
		want string // date, code, or code and offer
	}{
		{"ISO", cell{text: "2026-05-01"}, false, "2026-05-01"},
		{"short", cell{text: "2026-5-1"}, false, "2026-05-01"},
		{"slashes", cell{text: "2026/5/1"}, false, "2026-05-01"},
		{"dots", cell{text: "2026.5.1"}, false, "2026-05-01"},
		{"Chinese", cell{text: "2026年5月1日"}, false, "2026-05-01"},
		{"Chinese with spaces", cell{text: "2026 年 5 月 1 日"}, false, "2026-05-01"},
		{"full-width digits", cell{text: "２０２６－０５－０１"}, false, "2026-05-01"},
		{"midnight", cell{text: "2026-05-01 00:00:00"}, false, "2026-05-01"},
		{"noon", cell{text: "2026-05-01 12:00:00"}, false, "date.invalid"},
		{"mixed separators", cell{text: "2026-05/01"}, false, "date.invalid"},
		{"day first", cell{text: "01.05.2026"}, false, "date.invalid"},
		{"no such day", cell{text: "2026-02-30"}, false, "date.invalid"},
		{"nothing", cell{text: ""}, false, "value.missing"},
		{"month", cell{text: "2026-02"}, false, "date.monthOnly 2026-02-28"},
		{"Chinese month", cell{text: "2028年2月"}, false, "date.monthOnly 2028-02-29"},
		{"end of a month", cell{text: "2026年5月底"}, false, "date.monthOnly 2026-05-31"},
		{"end of the year", cell{text: "2026年底"}, false, "date.monthOnly 2026-12-31"},
		{"English month", cell{text: "Sept 2026"}, false, "date.monthOnly 2026-09-30"},
		{"year", cell{text: "2026"}, false, "date.monthOnly 2026-12-31"},
		{"serial", cell{text: "43922", number: true}, false, "2020-04-01"},
		{"serial with a time", cell{text: "43922.75", number: true}, false, "2020-04-01"},
		{"serial of 1904", cell{text: "42460", number: true}, true, "2020-04-01"},
		{"serial before the false leap day", cell{text: "59", number: true}, false, "1900-02-28"},
		{"serial of the false leap day", cell{text: "60", number: true}, false, "date.invalid"},
		{"serial after it", cell{text: "61", number: true}, false, "1900-03-01"},
		{"serial of the first day", cell{text: "1", number: true}, false, "1900-01-01"},
		{"serial of the last day", cell{text: "109939", number: true}, false, "2200-12-31"},
		{"serial after the last day", cell{text: "109940", number: true}, false, "date.invalid"},
		{"serial of 1904 after the last day", cell{text: "150000", number: true}, true, "date.invalid"},
		{"end of the last year", cell{text: "2200年底"}, false, "date.monthOnly 2200-12-31"},
		{"month typed as a number", cell{text: "2026.5", number: true}, false, "date.monthOnly 2026-05-31"},
		{"January or October", cell{text: "2026.1", number: true}, false, "date.invalid"},
		{"typed without separators", cell{text: "20260501", number: true}, false, "date.invalid"},
		{"serial in text", cell{text: "43922"}, false, "date.invalid"},
	}
	for _, tt := range tests {
		d, bad := date(tt.cell, tt.y04)
		got := d.String()
		if bad != nil {
			got = bad.Code
			if offer, ok := bad.Args["offer"].(string); ok {
				got += " " + offer
			}
		}
		if got != tt.want {
			t.Errorf("%s: date(%q) = %s, want %s", tt.name, tt.cell.text, got, tt.want)
		}
	}
}

func TestShift(t *testing.T) {
	tests := []struct {
		s     string
		power int
		want  string
	}{
		{"1.5", 1, "15"}, {"1.5", 3, "1500"}, {"1.234", 2, "123.4"}, {"0.001", 2, "0.1"},
		{"1", -4, "0.0001"}, {"123.4", -2, "1.234"}, {"-0.5", 1, "-5"}, {"0", 4, "0"},
	}
	for _, tt := range tests {
		if got := shift(tt.s, tt.power); got != tt.want {
			t.Errorf("shift(%q, %d) = %q, want %q", tt.s, tt.power, got, tt.want)
		}
	}
}
