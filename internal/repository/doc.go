// Package repository provides the checks that hold for the tree as a whole:
// which package may import which and why, package comments, no clock or chance
// outside the wiring, no floating point near money, a text for every fault
// code, no Chinese outside the catalogs, and the length of files and functions.
// It holds tests only; each failure says what to change.
package repository
