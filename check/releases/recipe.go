package releases

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// asanFlags are the compiler's for a build with AddressSanitizer, of the library
// and of what is linked with it.
const asanFlags = "-fsanitize=address -fno-omit-frame-pointer -g"

// recipe says how a library is built from its crate.
type recipe struct {
	edition int      // raised when the result changes
	tools   []string // besides cargo, cc and make
	libs    []string
	pins    string // of the Cargo project
	main    string // its program
	build   func(ctx context.Context, j *job) error
}

var recipes map[string]recipe

func init() {
	recipes = map[string]recipe{
		"openssl": {edition: 1, tools: []string{"perl"}, libs: []string{"libssl.a", "libcrypto.a"}, pins: "cc = \"=1.11.3\"\n", main: opensslMain, build: buildOpenSSL},
		"wolfssl": {edition: 1, tools: []string{"cmake"}, libs: []string{"libwolfssl.a"}, main: "fn main() {}\n", build: buildWolfSSL},
	}
}

const opensslMain = `fn main() {
    let arg: Vec<String> = std::env::args().collect();
    openssl_src::Build::new().out_dir(&arg[1]).target(&arg[2]).host(&arg[2]).build();
}
`

// buildOpenSSL lets the crate build what it carries.
func buildOpenSSL(ctx context.Context, j *job) error {
	host, err := j.output(ctx, "rustc", "-vV")
	if err != nil {
		return err
	}
	_, host, ok := strings.Cut(string(host), "host: ")
	if host, _, _ = strings.Cut(host, "\n"); !ok {
		return fmt.Errorf("rustc -vV does not say what host it is for")
	}
	if err := j.run(ctx, "cargo", "build", "--quiet", "--locked"); err != nil {
		return err
	}
	// The crate hands these on to make, and to Configure.
	j.env = append(j.env, fmt.Sprintf("CARGO_MAKEFLAGS=-j%d", j.Jobs), "CFLAGS="+j.cflags())
	return j.run(ctx, filepath.Join(j.dir, "target", "debug", "sesame-release"), filepath.Join(j.dir, "out"), host)
}

// buildWolfSSL builds the source that the crate carries, with the callback, which
// the crate itself leaves out.
func buildWolfSSL(ctx context.Context, j *job) error {
	text, err := j.output(ctx, "cargo", "metadata", "--format-version", "1", "--locked")
	if err != nil {
		return err
	}
	var metadata struct {
		Packages []struct {
			Name         string
			ManifestPath string `json:"manifest_path"`
		}
	}
	if err := json.Unmarshal([]byte(text), &metadata); err != nil {
		return fmt.Errorf("cargo metadata: %w", err)
	}
	source := ""
	for _, p := range metadata.Packages {
		if p.Name == j.release.Crate {
			source, err = wolfSource(filepath.Dir(p.ManifestPath))
		}
	}
	if source == "" {
		return fmt.Errorf("the crate %s has no wolfSSL: %v", j.release.Crate, err)
	}
	out := filepath.Join(j.dir, "out")
	// Its warnings are errors, and other compilers warn of other things.
	if err := j.run(ctx, "cmake", "-S", source, "-B", filepath.Join(out, "build"), "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_INSTALL_PREFIX="+filepath.Join(out, "install"),
		"-DCMAKE_INSTALL_LIBDIR=lib", "-DCMAKE_C_FLAGS=-w -D"+strings.Join(strings.Fields(wolfDefinitions), " -D")+" "+j.cflags(),
		"-DWOLFSSL_WPAS=yes", "-DWOLFSSL_OPENSSLEXTRA=yes", "-DWOLFSSL_CRL=yes", "-DBUILD_SHARED_LIBS=OFF", "-DWOLFSSL_EXAMPLES=no", "-DWOLFSSL_CRYPT_TESTS=no"); err != nil {
		return err
	}
	j.env = append(j.env, "VERBOSE=1")
	if err := j.run(ctx, "make", "-C", filepath.Join(out, "build"), fmt.Sprintf("-j%d", j.Jobs), "install"); err != nil {
		return err
	}
	return defineAll(filepath.Join(out, "install", "include", "wolfssl", "options.h"))
}

// wolfDefinitions are what wolfSSL 5.9.4 means by WOLFSSL_WPAS. In earlier releases
// CMake's option of that name leaves most of it out, the callback with it.
const wolfDefinitions = `ATOMIC_USER HAVE_AES_KEYWRAP HAVE_ANON HAVE_COMP_KEY HAVE_CRL HAVE_EXT_CACHE HAVE_EX_DATA HAVE_KEYING_MATERIAL HAVE_MAX_FRAGMENT
	HAVE_OPENSSL_CMD HAVE_SECRET_CALLBACK HAVE_SESSION_TICKET HAVE_STUNNEL HAVE_TRUNCATED_HMAC KEEP_OUR_CERT KEEP_PEER_CERT
	NO_SESSION_CACHE_REF OPENSSL_COMPATIBLE_DEFAULTS OPENSSL_EXTRA OPENSSL_EXTRA_X509_SMALL SESSION_CERTS WC_CTC_NAME_SIZE=128
	WOLFSSL_AES_DIRECT WOLFSSL_ALLOW_RC4 WOLFSSL_ALT_CERT_CHAINS WOLFSSL_ALWAYS_KEEP_SNI WOLFSSL_ALWAYS_VERIFY_CB WOLFSSL_CERT_EXT
	WOLFSSL_CERT_GEN WOLFSSL_CHECK_ALERT_ON_ERR WOLFSSL_CMAC WOLFSSL_DER_LOAD WOLFSSL_DES_ECB WOLFSSL_EITHER_SIDE
	WOLFSSL_ENCRYPTED_KEYS WOLFSSL_KEY_GEN WOLFSSL_PRIORITIZE_PSK WOLFSSL_PUBLIC_ECC_ADD_DBL WOLFSSL_PUBLIC_MP WOLFSSL_SIGNER_DER_CERT
	WOLFSSL_TICKET_HAVE_ID WOLFSSL_TLS13_NO_PEEK_HANDSHAKE_DONE WOLFSSL_TRUST_PEER_CERT WOLFSSL_VALIDATE_ECC_IMPORT WOLFSSL_WPAS`

// defineAll makes programs see what the library was built with.
func defineAll(header string) error {
	text, err := os.ReadFile(header)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, d := range strings.Fields(wolfDefinitions) {
		name, value, _ := strings.Cut(d, "=")
		fmt.Fprintf(&b, "#undef %s\n#define %[1]s %s\n", name, value)
	}
	return os.WriteFile(header, append(text, b.String()...), 0o600)
}

// wolfSource finds wolfSSL's own tree in the crate: the folder with its
// CMakeLists.txt and headers.
func wolfSource(crate string) (string, error) {
	found, err := filepath.Glob(filepath.Join(crate, "*", "wolfssl", "ssl.h"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("%d folders of %s have wolfssl/ssl.h: %v", len(found), crate, err)
	}
	source := filepath.Dir(filepath.Dir(found[0]))
	_, err = os.Stat(filepath.Join(source, "CMakeLists.txt"))
	return source, err
}
