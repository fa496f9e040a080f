# One word each; Meson and Ninja do the building.
#   make            build/nightlatch                 make test     every suite that ends within minutes
#   make run        a filled hotel and school        make check    what a change must pass before it is merged
#   make bench      the measurements of bench/       make fuzz     the targets of tests/fuzz, until stopped
#   make format     clang-format over the C files    make install  [PREFIX=/usr/local] [DESTDIR=]
#   make clean      removes what was built           make help     this list
#   make debug | asan | tsan | release | clang       build-<preset>/ with the settings in tools/presets
PREFIX ?= /usr/local
DESTDIR ?=
PRESETS = debug asan tsan release clang

.PHONY: help all run test check fuzz bench format install clean $(PRESETS)
.NOTPARALLEL:

all: build/build.ninja
	ninja -C build nightlatch

help:
	@sed -n 's/^#   //p' Makefile

run: all
	build/nightlatch demo

test: need-test build/build.ninja
	tools/run-tests build --no-suite sweep

check: need-test need-check
	tools/check

fuzz: need-check
	tools/fuzz

bench: need-bench build-release/build.ninja
	ninja -C build-release nightlatch bench/direct_sqlite bench/auto_assign_bench
	bench/run.py build-release
	meson test -C build-release --benchmark --verbose

format: need-check
	tools/format

install: all
	meson configure build -Dprefix=$(PREFIX)
	DESTDIR=$(DESTDIR) meson install -C build --no-rebuild

$(PRESETS): %: build-%/build.ninja
	ninja -C build-$*

clean:
	rm -rf build $(PRESETS:%=build-%) build-fuzz

# What a step needs is looked for each time, and installed only when it is missing.
need-%:
	@tools/setup build $*

build/build.ninja: | need-build
	meson setup build --prefix=$(PREFIX)

build-%/build.ninja: | need-build
	meson setup build-$* --native-file=tools/presets/$*.ini
