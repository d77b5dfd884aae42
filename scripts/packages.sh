# SPDX-License-Identifier: Apache-2.0
# Sourced: what a build needs of Debian 12, and how it gets there.
packages="gcc g++ clang libclang-rt-14-dev meson ninja-build pkg-config
 libssl-dev libarchive-dev libjansson-dev libgit2-dev libyaml-dev
 libcurl4-openssl-dev libcbor-dev liblzma-dev zlib1g-dev ovmf libcmocka-dev git
 python3 python3-cbor2 openssl binutils
 clang-format-14 mandoc faketime locales jq zstd tpm2-tools
 libtss2-tcti-cmd0 swtpm openssh-client strace sqlite3 chromium"
# Its package starts a server for everybody where there is an init system: there
# the tests take openssl's.
[ -d /run/systemd/system ] || packages="$packages nginx-light"

# Installs what is missing; says what it does; does nothing the second time.
install_packages() {
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		echo "not a Debian system; this must be here: "$packages
		return 0
	fi
	missing=
	for package in $packages; do
		dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null |
			grep -q '^install ok installed$' || missing="$missing $package"
	done
	if [ -z "$missing" ]; then
		echo "Debian packages: all here"
		return 0
	fi
	echo "Debian packages: installing$missing"
	as_root=
	if [ "$(id -u)" != 0 ]; then
		as_root=sudo
		command -v sudo >/dev/null || {
			echo "neither root nor sudo: run  apt-get install$missing" >&2
			return 1
		}
	fi
	# shellcheck disable=SC2086 # a list of names
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing ||
		{
			$as_root apt-get update &&
				$as_root env DEBIAN_FRONTEND=noninteractive \
					apt-get install -y --no-install-recommends $missing
		} || {
		echo "not all packages could be installed; going on with what is here" >&2
	}
}

# usage: configure FOLDER OPTION...: sets up, or sets up anew where the options
# of the folder no longer fit.
configure() {
	folder=$1
	shift
	if [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/options" 2>/dev/null)" = "$*" ]; then
		return 0
	fi
	if [ -f "$folder/meson-private/coredata.dat" ]; then
		set -- --wipe "$@"
	fi
	meson setup "$folder" "$@"
	[ "${1:-}" != --wipe ] || shift
	echo "$*" >"$folder/options"
}
