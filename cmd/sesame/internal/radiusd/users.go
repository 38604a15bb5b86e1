package radiusd

import (
	"errors"
	"fmt"

	"github.com/BurntSushi/toml"

	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

// users are the accounts of a file, by name.
type users map[string]*fast.User

// Find implements [fast.Users].
func (u users) Find(name string) *fast.User { return u[name] }

// loadUsers reads a file of [[user]] tables: name, password or nt_hash, and
// methods.
func loadUsers(path string) (users, error) {
	var file struct {
		User []struct {
			Name     string   `toml:"name"`
			Password *string  `toml:"password"`
			NTHash   string   `toml:"nt_hash"`
			Methods  []string `toml:"methods"`
		} `toml:"user"`
	}
	meta, err := toml.DecodeFile(path, &file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: a user has no setting %q", path, unknown[0])
	}
	all := users{}
	for i, u := range file.User {
		fail := func(err error) (users, error) { return nil, fmt.Errorf("%s: user %d, %q: %w", path, i+1, u.Name, err) }
		account := &fast.User{Name: u.Name}
		switch {
		case u.Name == "" || len(u.Name) > 253:
			return fail(errors.New("a name has 1 to 253 octets"))
		case all[u.Name] != nil:
			return fail(errors.New("the name comes twice"))
		case (u.Password == nil) == (u.NTHash == ""):
			return fail(errors.New("give one of password and nt_hash"))
		case u.Password != nil:
			account.Hash, err = mschapv2.HashPassword(*u.Password)
		default:
			account.Hash, err = mschapv2.ParseHash(u.NTHash)
		}
		if err != nil {
			return fail(err)
		}
		if account.Methods, err = parseMethods(u.Methods); err != nil {
			return fail(err)
		}
		all[u.Name] = account
	}
	return all, nil
}
