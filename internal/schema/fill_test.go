package schema_test

import (
	"fmt"
	"reflect"
	"strings"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// full returns a T of which every field is set, each to something that can be
// told from the others; a field that is added later is set too.
func full[T any]() T {
	var v T
	f := filler{first: civil.MustParse("2026-01-01")}
	f.fill(reflect.ValueOf(&v).Elem(), "value")
	return v
}

type filler struct {
	first civil.Date
	n     int
}

func (f *filler) next() int {
	f.n++
	return f.n
}

// fill sets v; name is that of the field or list that holds it.
func (f *filler) fill(v reflect.Value, name string) {
	switch v.Interface().(type) {
	case civil.Date:
		v.Set(reflect.ValueOf(f.first.AddDays(f.next())))
		return
	case money.Amount:
		v.Set(reflect.ValueOf(money.MustParse(fmt.Sprintf("%d.05", f.next()))))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), name)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i), v.Type().Field(i).Name)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(v.Index(0), name)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, "key")
		f.fill(value, name)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(f.text(v.Type(), name))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.next()))
	default:
		panic("no sample of a " + v.Type().String())
	}
}

// text is an id for the types of package ident, else the name of the field.
func (f *filler) text(t reflect.Type, name string) string {
	prefixes := map[reflect.Type]string{
		reflect.TypeFor[ident.Person](): ident.PrefixPerson, reflect.TypeFor[ident.Organisation](): ident.PrefixOrganisation,
		reflect.TypeFor[ident.Programme](): ident.PrefixProgramme, reflect.TypeFor[ident.Platform](): ident.PrefixPlatform,
		reflect.TypeFor[ident.Project](): ident.PrefixProject, reflect.TypeFor[ident.Award](): ident.PrefixAward,
		reflect.TypeFor[ident.Milestone](): ident.PrefixMilestone, reflect.TypeFor[ident.Tranche](): ident.PrefixTranche,
		reflect.TypeFor[ident.Payment](): ident.PrefixPayment, reflect.TypeFor[ident.Refund](): ident.PrefixRefund,
		reflect.TypeFor[ident.Extension](): ident.PrefixExtension, reflect.TypeFor[ident.Evidence](): ident.PrefixEvidence,
		reflect.TypeFor[ident.Import](): ident.PrefixImport,
	}
	if prefix, ok := prefixes[t]; ok {
		return fmt.Sprintf("%s_01K3ZZZZZZ%016d", prefix, f.next())
	}
	return strings.ToLower(name[:1]) + name[1:]
}
