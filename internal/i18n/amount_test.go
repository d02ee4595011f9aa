package i18n_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/i18n"
	"milepost/internal/money"
)

func TestAmount(t *testing.T) {
	tests := []struct{ amount, zh, en string }{
		{"0", "0.00元", "CNY 0.00"},
		{"0.05", "0.05元", "CNY 0.05"},
		{"-0.05", "−0.05元", "CNY −0.05"},
		{"9999.99", "9,999.99元", "CNY 9,999.99"},
		{"10000", "1.00万元", "CNY 10,000.00"},
		{"12345.67", "1.23万元", "CNY 12,345.67"},
		{"12350", "1.24万元", "CNY 12,350.00"}, // half up
		{"999999.99", "100.00万元", "CNY 999,999.99"},
		{"1000000", "100.00万元", "CNY 1.00m"},
		{"1234567.80", "123.46万元", "CNY 1.23m"},
		{"-1234567.80", "−123.46万元", "CNY −1.23m"},
		{"99999400", "9,999.94万元", "CNY 100.00m"},
		{"99999949.99", "9,999.99万元", "CNY 100.00m"},
		{"99999950", "1.00亿元", "CNY 100.00m"}, // as rounded, 10,000.00万
		{"100000000", "1.00亿元", "CNY 100.00m"},
		{"999994999.99", "10.00亿元", "CNY 999.99m"},
		{"999995000", "10.00亿元", "CNY 1.00bn"},
		{"15000000000", "150.00亿元", "CNY 15.00bn"},
		{"1500000000000", "15,000.00亿元", "CNY 1,500.00bn"},
	}
	c := catalogs(t)
	for _, tt := range tests {
		a := money.MustParse(tt.amount)
		if got := c.Amount(i18n.Chinese, a); got != tt.zh {
			t.Errorf("Amount(zh-CN, %s) = %s, want %s", tt.amount, got, tt.zh)
		}
		if got := c.Amount(i18n.English, a); got != tt.en {
			t.Errorf("Amount(en, %s) = %s, want %s", tt.amount, got, tt.en)
		}
	}
}

func TestAmountOfOtherCurrencies(t *testing.T) {
	tests := []struct {
		code     string
		exponent int // of an asset, -1 for ISO
		decimal  string
		zh, en   string
		zhExact  string
	}{
		{"USD", -1, "1234567.8", "123.46万美元", "USD 1.23m", "1,234,567.80美元"},
		{"JPY", -1, "123456789", "1.23亿日元", "JPY 123.46m", "123,456,789日元"},
		{"KWD", -1, "5.125", "5.125 KWD", "KWD 5.125", "5.125 KWD"},
		{"BTC", 8, "4.5", "4.50000000 BTC", "BTC 4.50000000", "4.50000000 BTC"},
		{"TOKEN", 10, "90071.9", "9.01万 TOKEN", "TOKEN 90,071.9000000000", "90,071.9000000000 TOKEN"},
	}
	c := catalogs(t)
	for _, tt := range tests {
		unit, err := money.ISO(tt.code)
		if tt.exponent >= 0 {
			unit, err = money.Asset(tt.code, tt.exponent)
		}
		if err != nil {
			t.Fatal(err)
		}
		a, err := money.Parse(tt.decimal, unit)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct{ what, got, want string }{
			{"Amount(zh-CN)", c.Amount(i18n.Chinese, a), tt.zh},
			{"Amount(en)", c.Amount(i18n.English, a), tt.en},
			{"AmountExact(zh-CN)", c.AmountExact(i18n.Chinese, a), tt.zhExact},
		} {
			if row.got != row.want {
				t.Errorf("%s of %v = %s, want %s", row.what, a, row.got, row.want)
			}
		}
	}
}

func TestAmountListed(t *testing.T) {
	c := catalogs(t)
	for _, tt := range []struct{ amount, zh, en string }{
		{"0", "0.00万元", "CNY 0.00m"},
		{"0.05", "0.05元", "CNY 0.05"},
		{"9999.99", "0.999999万元", "CNY 9,999.99"},
		{"960000", "96.00万元", "CNY 0.96m"},
		{"1050000", "105.00万元", "CNY 1.05m"},
		{"-12345", "−1.2345万元", "CNY −0.012345m"},
		{"246600000", "24,660.00万元", "CNY 246.60m"},
	} {
		a := money.MustParse(tt.amount)
		if zh, en := c.AmountListed(i18n.Chinese, a), c.AmountListed(i18n.English, a); zh != tt.zh || en != tt.en {
			t.Errorf("AmountListed(%s) = %s, %s; want %s, %s", tt.amount, zh, en, tt.zh, tt.en)
		}
	}
	yen, err := money.ISO("JPY")
	if err != nil {
		t.Fatal(err)
	}
	a, err := money.Parse("1200000", yen)
	if got := c.AmountListed(i18n.Chinese, a); err != nil || !strings.HasPrefix(got, "120.00万") {
		t.Errorf("AmountListed of yen = %s, %v", got, err)
	}
}

func TestAmountOfNoCurrency(t *testing.T) {
	if got := catalogs(t).Amount(i18n.English, money.Amount{}); got != "0" {
		t.Errorf("Amount of no currency = %q, want 0", got)
	}
}

func TestAmountExactReadsBack(t *testing.T) {
	c := catalogs(t)
	rapid.Check(t, func(t *rapid.T) {
		a, err := money.Of(rapid.Int64Range(-money.MaxMinor, money.MaxMinor).Draw(t, "minor"), money.CNY)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range i18n.Languages() {
			text := c.AmountExact(lang, a)
			plain := strings.NewReplacer(",", "", "元", "", "CNY ", "", "−", "-").Replace(text)
			back, err := money.Parse(plain, money.CNY)
			if err != nil || back != a {
				t.Fatalf("AmountExact(%s, %v) = %s, which reads back as %v, %v", lang, a, text, back, err)
			}
		}
	})
}
