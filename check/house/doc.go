// Package house checks what holds the project together rather than what it
// computes: which package may import which, under which licences the linked
// modules stand, and that its texts speak of the project alone.
//
// There is nothing to import: its tests are its use. licences.txt is the list
// of modules and their licences; a new module gets a line there once somebody
// has read its licence.
package house
