#!/bin/sh
# Builds hostapd and eapol_test on hostap's own TLS, from Debian's source
# package, into the folder $1. The machine's apt settings stay as they are.
set -eu
out=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p sources lists/partial cache/archives/partial
for f in /etc/apt/sources.list.d/*.sources; do
	[ -e "$f" ] && sed 's/^Types:.*/Types: deb-src/' "$f" >"sources/$(basename "$f")"
done
[ -e /etc/apt/sources.list ] && sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >sources/old.list
apt="apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$work/sources -o Dir::State::lists=$work/lists
	-o Dir::Cache=$work/cache -o APT::Sandbox::User=root"
$apt update
$apt source wpa
cd wpa-*/

# configure takes the default configuration, but for what needs another TLS.
configure() {
	grep -v -E '^CONFIG_(TLS|DRIVER_|CTRL_IFACE_DBUS|EAP_TEAP|EAP_PWD|SAE|DPP|OWE|SUITEB)' defconfig >.config
	for option in TLS=internal INTERNAL_LIBTOMMATH=y INTERNAL_LIBTOMMATH_FAST=y EAP_FAST=y TLSV11=y TLSV12=y DRIVER_NONE=y "$@"; do
		echo "CONFIG_$option" >>.config
	done
}

mkdir -p "$out"
(cd wpa_supplicant && configure && make -j"$(nproc)" EXTRA_CFLAGS=-w eapol_test && cp eapol_test "$out/")
make -C wpa_supplicant clean
(cd hostapd && configure RADIUS_SERVER=y EAP=y EAP_MSCHAPV2=y EAP_GTC=y EAP_TLS=y EAP_PEAP=y &&
	make -j"$(nproc)" EXTRA_CFLAGS=-w hostapd && cp hostapd "$out/")
