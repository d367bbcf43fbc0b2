# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make                  build/vfio-prepare, one static file
#   make LINK=shared      link against the distribution's shared libraries; fetches nothing
#   make install          to PREFIX (/usr) below DESTDIR; make uninstall takes it away again
#   make dist             build/vfio-prepare-VERSION.tar.gz, which its install.sh installs on any distribution
#   make deb, make rpm    packages in build/deb and build/rpm, with shared libraries; they fetch nothing
#   make deps             install what is needed to build and test (root)
#   make run              the demonstration: real kernels boot and the card is on vfio-pci (root)
#   make check            the fast tests
#   make test             all tests (root)
#   make vm TEST=NAME     the tests in virtual machines, or one of them; RELEASE=trixie or sid: of another Debian
#   make suite-NAME       one suite of the tests alone
#   make packages RELEASE=trixie  packages of that release, built there, installed, upgraded and removed (root)
#   make exports RELEASE=sid  what the programs of another release make of the exports (root)
#   make fuzz             build/fuzz/NAME, libFuzzer programs
#   make bench            measure, beside other tools and the least that is possible (root)
#   make format           clang-format over all C files
#   make clean            remove what was built, keep what was fetched; make distclean: that too
#
# CC=gcc or CC=clang, CFLAGS for optimisation, V=1 shows the commands, STRIP= keeps the debugging information,
# KMOD_SOURCE=DIR builds libkmod from that tree.

# The one place of the version: the program, the manual pages that are installed, and NEWS follow it.
VERSION := $(file <VERSION)

ifeq ($(origin CC),default)
CC = gcc
endif
# Small: the file lies in every initramfs, and system calls, not computing, take its time.
CFLAGS ?= -Os -g
PREFIX = /usr
LINK = static
STRIP = strip

# A variant (clang, shared, sanitizers, fuzz) is this Makefile run again with other variables and
# a build directory of its own. SANITIZE is the argument of -fsanitize=.
# COVERAGE=--coverage counts what of the pure layers is run.
BUILD = build
SANITIZE =
COVERAGE =

# For the targets that build on the way to something else: all processors, unless told otherwise.
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# Never clean and build at the same time.
ifneq ($(filter %clean,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

# --- what Debian packages are needed -----------------------------------------------------------

PACKAGES_BUILD = gcc libc6-dev make pkg-config dpkg-dev apt xz-utils \
	libblkid-dev libiniparser-dev libjansson-dev liblzma-dev libzstd-dev zlib1g-dev libkmod-dev
PACKAGES_TEST = clang libclang-rt-dev clang-tidy codespell cppcheck valgrind libcmocka-dev
# Some tests say themselves what they need.
PACKAGES = $(PACKAGES_BUILD) $(PACKAGES_TEST) $$(for list in tests/*/deps; do $$list; done)

# --- flags -------------------------------------------------------------------------------------

WARN = -Wall -Wextra -Werror -Wshadow -Wundef -Wvla -Wformat=2 -Wwrite-strings -Wcast-align \
	-Wpointer-arith -Wimplicit-fallthrough -Winit-self -Wdate-time -Wredundant-decls \
	-Wnested-externs -Wmissing-prototypes -Wmissing-declarations -Wstrict-prototypes \
	-Wold-style-definition
ifeq ($(findstring clang,$(CC)),)
WARN += -Wlogical-op -Wduplicated-cond
else
# A row of a table may leave out its last members, as gcc has it.
WARN += -Wno-missing-field-initializers
endif

# libkmod.h comes from the tree that libkmod.a is made of. iniparser.h has a directory of its own
# in newer distributions.
KMOD = build/libkmod
CPPFLAGS_ALL = -D_GNU_SOURCE -DVFIO_PREPARE_VERSION='"$(VERSION)"' -Iprepare \
	$(if $(filter static,$(LINK)),-isystem $(KMOD)/include) -isystem /usr/include/iniparser \
	$(CPPFLAGS)
# A packager's flags may have another.
FORTIFY = $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-D_FORTIFY_SOURCE=2)
# No recorded paths: the same source gives the same file wherever it is built.
CFLAGS_ALL = -std=gnu11 $(WARN) -fPIE -ffunction-sections -fdata-sections \
	-fstack-protector-strong -fstack-clash-protection -ffile-prefix-map=$(CURDIR)=. \
	-fno-asynchronous-unwind-tables \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer,$(FORTIFY)) \
	$(CFLAGS)
LDFLAGS_ALL = -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed \
	$(if $(SANITIZE),,-Wl,-z,pack-relative-relocs) \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(COVERAGE) $(LDFLAGS)

ifeq ($(LINK),static)
LIBS = $(KMOD)/libkmod.a $(KMOD)/absent.o -lblkid -liniparser -ljansson -lzstd -llzma -lz
else ifeq ($(LINK),shared)
LIBS = $(shell pkg-config --libs libkmod blkid jansson libzstd liblzma zlib) -liniparser
else
$(error LINK is static or shared, not "$(LINK)")
endif

# --- the product -------------------------------------------------------------------------------

OBJ = $(BUILD)/obj
ARCHIVE = $(BUILD)/libvfio-prepare.a
SOURCES = $(wildcard prepare/*/*.c)
OBJECTS = $(patsubst %.c,$(OBJ)/%.o,$(SOURCES) $(BUILD)/vocabulary.c)
TEST_SOURCES = $(wildcard tests/unit/*.c tests/scenarios/*.c tests/fake/*.c tests/fuzz/*.c)

all: $(BUILD)/vfio-prepare

# The debugging information stays in the file that is not stripped.
$(BUILD)/vfio-prepare: $(BUILD)/vfio-prepare.debug
	$(call say,STRIP,$@)
	$(Q)$(or $(STRIP:%=% -o $@ $<),cp $< $@)

link_program = $(CC) $(CFLAGS_ALL) $(if $(SANITIZE)$(filter shared,$(LINK)),-pie,-static-pie) $(LDFLAGS_ALL) \
	-o $@ $(filter %.o,$^) $(ARCHIVE) $(LIBS)

$(BUILD)/vfio-prepare.debug: $(OBJ)/prepare/main.o $(ARCHIVE) $(BUILD)/link.flags
	$(call say,LINK,$@)
	$(Q)$(link_program)

$(ARCHIVE): $(OBJECTS) $(BUILD)/link.flags
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $(OBJECTS)

# The words that a scrubbed snapshot keeps (render/public_words.h).
PUBLIC_WORDS = prepare/render/public-words
$(BUILD)/vocabulary.c: $(PUBLIC_WORDS) $(SOURCES) $(wildcard prepare/*/*.h)
	$(call say,WORDS,$@)
	$(Q)mkdir -p $(@D)
	$(Q){ echo '#include "render/public_words.h"'; echo 'const char *const vocabulary[] = {'; \
		grep -hv '^#include' $(filter %.c %.h,$^) | grep -oE '"([^"\\]|\\.)*"' | \
		sed -E 's/%[-+ #0-9.*]*[hlzjt]*[a-zA-Z]/ /g; s/\\[a-z]/ /g' | cat - $(PUBLIC_WORDS) | \
		grep -oE '[A-Za-z0-9]+' | grep '[A-Za-z]' | tr A-Z a-z | LC_ALL=C sort -u | \
		sed 's/.*/"&",/'; echo '};'; \
		echo 'const size_t n_vocabulary = sizeof(vocabulary) / sizeof(*vocabulary);'; } >$@

$(OBJ)/%.o: %.c $(BUILD)/compile.flags $(if $(filter static,$(LINK)),$(KMOD)/libkmod.a)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

COVERED = model parse decide render
$(COVERED:%=$(OBJ)/prepare/%/%.o): private CFLAGS_ALL += $(COVERAGE)

# Written anew only when they differ: another compiler, flag or set of files builds again what
# hangs on it.
$(BUILD)/compile.flags: TEXT = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)
$(BUILD)/link.flags: TEXT = $(CC) $(LDFLAGS_ALL) $(LIBS) $(OBJECTS)
$(KMOD)/flags: TEXT = $(KMOD_CFLAGS) $(KMOD_TREE)
$(BUILD)/compile.flags $(BUILD)/link.flags $(KMOD)/flags: FORCE
	@mkdir -p $(@D); text='$(subst ','\'',$(TEXT))'; \
		printf '%s\n' "$$text" | cmp -s - $@ || printf '%s\n' "$$text" >$@

-include $(patsubst %.o,%.d,$(OBJECTS) $(OBJ)/prepare/main.o $(OBJ)/completion/tables.o $(OBJ)/dist/managed-files.o $(TEST_SOURCES:%.c=$(OBJ)/%.o))

# --- libkmod.a, which Debian does not ship -----------------------------------------------------
#
# All variants share it, whichever compiler made it.

KMOD_SOURCE =
KMOD_TREE = $(or $(KMOD_SOURCE),build/kmod/source)
KMOD_CFLAGS = -std=gnu11 -Os -g -fno-asynchronous-unwind-tables -w -fPIE -ffunction-sections -fdata-sections \
	-fstack-protector-strong -D_FORTIFY_SOURCE=2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-include prepare/libkmod/config.h

# One command for all its files: what they are is known only once the tree is there. absent.o goes with
# it, to every static link.
$(KMOD)/libkmod.a: prepare/libkmod/static/absent.c prepare/libkmod/config.h $(KMOD)/flags \
		$(or $(wildcard $(KMOD_SOURCE:%=%/libkmod/*.[ch]) $(KMOD_SOURCE:%=%/shared/*.[ch])),build/kmod/fetched)
	$(call say,KMOD,$@)
	$(Q)rm -rf $(KMOD)/obj $@ && mkdir -p $(KMOD)/obj $(KMOD)/include
	$(Q)cp $(KMOD_TREE)/libkmod/libkmod.h $(KMOD)/include/
	$(Q)for c in $(KMOD_TREE)/libkmod/*.c $(KMOD_TREE)/shared/*.c; do \
		$(CC) $(KMOD_CFLAGS) -I$(KMOD_TREE) -c -o "$(KMOD)/obj/$$(basename "$$c" .c).o" "$$c" || exit 1; \
	done
	$(Q)$(CC) $(KMOD_CFLAGS) -c -o $(KMOD)/absent.o $<
	$(Q)ar rcsD $@ $(KMOD)/obj/*.o

build/kmod/fetched: prepare/libkmod/fetch
	$(call say,FETCH,kmod)
	$(Q)prepare/libkmod/fetch build/kmod
	$(Q)touch $@

# --- install -----------------------------------------------------------------------------------

MANUALS = $(patsubst %,$(BUILD)/%,$(wildcard man/*))

$(MANUALS): $(BUILD)/%: % VERSION
	$(Q)mkdir -p $(@D)
	$(Q)sed 's/^\.Os$$/& vfio-prepare $(VERSION)/' $< >$@

# Each has the tables of the program, and what completes by them in that shell.
COMPLETIONS = $(addprefix $(BUILD)/completion/,bash/vfio-prepare zsh/_vfio-prepare fish/vfio-prepare.fish)
# Debian's zsh looks elsewhere than others do for what packages bring.
ZSH_COMPLETIONS = share/zsh/$(if $(and $(filter /usr,$(PREFIX)),$(wildcard /usr/share/zsh/vendor-completions)),$\
	vendor-completions,site-functions)

$(COMPLETIONS): $(BUILD)/completion/%: $(BUILD)/completion/tables $(wildcard completion/*)
	$(Q)mkdir -p $(@D)
	$(Q){ $< $(*D) && cat completion/$(*D); } >$@

# Programs that write what is installed.
$(BUILD)/completion/tables: $(OBJ)/completion/tables.o
$(BUILD)/managed-files: $(OBJ)/dist/managed-files.o
$(BUILD)/completion/tables $(BUILD)/managed-files: $(ARCHIVE) $(BUILD)/link.flags
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link_program)

# What apply writes in /etc, for those who remove the program.
MANAGED = $(BUILD)/dist-managed
$(MANAGED): $(BUILD)/managed-files
	$(Q)$< >$@

# file:where below PREFIX. Uninstall removes exactly these, and the directories that are ours.
DROP_INS = $(notdir $(wildcard units/drop-ins/*))
INSTALL = $(BUILD)/vfio-prepare:sbin/ \
	$(patsubst %,%:lib/dracut/modules.d/50vfio-prepare/,$(wildcard dracut-module/50vfio-prepare/*)) \
	initramfs-tools-hook/hooks/vfio-prepare:share/initramfs-tools/hooks/ \
	initramfs-tools-hook/scripts/init-top/00-vfio-prepare:share/initramfs-tools/scripts/init-top/ \
	initramfs-tools-hook/scripts/premount/vfio-prepare:share/initramfs-tools/scripts/local-premount/ \
	initramfs-tools-hook/scripts/premount/vfio-prepare:share/initramfs-tools/scripts/nfs-premount/ \
	units/vfio-prepare.service:lib/systemd/system/ \
	units/vfio-prepare.target:lib/systemd/system/ \
	units/vfio-prepare-ready.service:lib/systemd/system/ \
	units/vfio-prepare-hotplug@.service:lib/systemd/system/ \
	$(foreach unit,$(DROP_INS),units/drop-ins/$(unit)/50-vfio-prepare.conf:$(EXAMPLES)/drop-ins/$(unit)/) \
	units/04-vfio-prepare.rules:lib/udev/rules.d/ \
	$(foreach page,$(MANUALS),$(page):share/man/man$(subst .,,$(suffix $(page)))/) \
	$(BUILD)/completion/bash/vfio-prepare:share/bash-completion/completions/ \
	$(BUILD)/completion/zsh/_vfio-prepare:$(ZSH_COMPLETIONS)/ \
	$(BUILD)/completion/fish/vfio-prepare.fish:share/fish/vendor_completions.d/ \
	$(patsubst %,%:$(EXAMPLES)/,$(wildcard conf.d/*.conf))
EXAMPLES = share/doc/vfio-prepare/examples
OWN_DIRS = lib/dracut/modules.d/50vfio-prepare $(DROP_INS:%=$(EXAMPLES)/drop-ins/%) \
	$(EXAMPLES)/drop-ins $(EXAMPLES) share/doc/vfio-prepare

install: all $(MANUALS) $(COMPLETIONS)
	$(Q)set -e; for pair in $(INSTALL); do \
		file=$${pair%%:*} dir=$(DESTDIR)$(PREFIX)/$${pair#*:}; \
		if [ -x "$$file" ]; then mode=755; else mode=644; fi; \
		install -d "$$dir"; install -m "$$mode" "$$file" "$$dir"; \
	done

uninstall:
	$(Q)for pair in $(INSTALL); do \
		file=$${pair%%:*}; rm -f "$(DESTDIR)$(PREFIX)/$${pair#*:}$${file##*/}"; \
	done
	$(Q)for dir in $(OWN_DIRS); do \
		[ ! -d "$(DESTDIR)$(PREFIX)/$$dir" ] || \
			rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(PREFIX)/$$dir"; \
	done

# What provisioning installs: all that make install does, and a script that does it elsewhere. The same source gives
# the same bytes; the date of the files is any.
DIST = vfio-prepare-$(VERSION)
SOURCE_DATE_EPOCH ?= 1767225600

dist: all $(MANUALS) $(COMPLETIONS) $(MANAGED)
	$(Q)rm -rf $(BUILD)/dist
	$(Q)$(MAKE) install DESTDIR=$(BUILD)/dist/$(DIST)/tree PREFIX=
	$(Q)install -m 755 dist/install.sh $(BUILD)/dist/$(DIST)/
	$(Q)install -m 644 README.md NEWS LICENSE $(BUILD)/dist/$(DIST)/
	$(Q)install -m 644 $(MANAGED) $(BUILD)/dist/$(DIST)/managed
	$(call say,DIST,$(BUILD)/$(DIST).tar.gz)
	$(Q)cd $(BUILD)/dist/$(DIST) && find tree -type f -printf '%m %P\n' | LC_ALL=C sort -k 2 >files
	$(Q)tar -c -C $(BUILD)/dist --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=go=u-w \
		--mtime=@$(SOURCE_DATE_EPOCH) $(DIST) | gzip -9n >$(BUILD)/$(DIST).tar.gz
	$(Q)cd $(BUILD) && sha256sum $(DIST).tar.gz >$(DIST).tar.gz.sha256

# dpkg-buildpackage cleans where it builds and writes beside it: it gets a copy of the source.
deb:
	$(Q)rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb/$(DIST)
	$(Q)tar -c --exclude=./build --exclude=./.git . | tar -x -C $(BUILD)/deb/$(DIST)
	$(Q)cd $(BUILD)/deb/$(DIST) && dpkg-buildpackage -us -uc $(JOBS) $(DPKG_BUILDPACKAGE)

# On Debian rpm has no macros of systemd and udev, and knows no package: make rpm RPMBUILD=--nodeps.
rpm:
	$(Q)rm -rf $(BUILD)/rpm && mkdir -p $(BUILD)/rpm/SOURCES
	$(Q)tar -c --exclude=./build --exclude=./.git --transform='s,^\.,$(DIST),' . | gzip -n >$(BUILD)/rpm/SOURCES/$(DIST).tar.gz
	$(Q)rpmbuild -ba --define "_topdir $(abspath $(BUILD)/rpm)" $(RPMBUILD) \
		$(if $(shell rpm --eval '%{?_unitdir}'),,--define '_unitdir /usr/lib/systemd/system') \
		$(if $(shell rpm --eval '%{?_udevrulesdir}'),,--define '_udevrulesdir /usr/lib/udev/rules.d') \
		dist/vfio-prepare.spec

# Quiet and quick where nothing is missing; the host's lists are fetched only if something is.
deps:
	$(Q)missing=$$(for package in $(PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || \
			echo "$$package"; \
	done); \
	[ -z "$$missing" ] || { \
		echo "  DEPS  " $$missing; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
			-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends \
			$$missing >/dev/null; \
	}

# --- tests -------------------------------------------------------------------------------------

# Test programs are linked dynamically, with all of the product but main.c. A line
# "/* wrap: NAME... */" in a test's source lets the test stand in for those functions.
# tests/fake/*.c is an archive: a test gets of it what it names.
UNIT_TESTS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
SCENARIO_SOURCES = $(wildcard tests/scenarios/*.c)
FUZZ_SOURCES = $(wildcard tests/fuzz/fuzz_*.c)
REPLAYS = $(FUZZ_SOURCES:%.c=$(BUILD)/%)
FAKE = $(BUILD)/libfake.a
FAKE_SOURCES = $(filter-out %_main.c,$(wildcard tests/fake/*.c))

wraps = $(addprefix -Wl$(comma)--wrap=,$(shell sed -n 's|^/\* wrap: \(.*\) \*/$$|\1|p' $(1)))
comma = ,
link_test = $(CC) $(CFLAGS_ALL) -pie $(LDFLAGS_ALL) $(1) -o $@ $(filter %.o,$^) $(FAKE) $(ARCHIVE) \
	$(FAKE) -lcmocka $(filter-out %/absent.o,$(LIBS))

$(OBJ)/tests/%.o: private CPPFLAGS_ALL += -Itests

$(FAKE): $(FAKE_SOURCES:%.c=$(OBJ)/%.o) $(BUILD)/link.flags
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $(filter %.o,$^)

$(UNIT_TESTS): $(BUILD)/%: $(OBJ)/%.o $(FAKE) $(ARCHIVE)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(call link_test,$(call wraps,$*.c))

# Prints TAP; takes the directory of the scenarios as its argument.
$(BUILD)/tests/scenario-runner: $(SCENARIO_SOURCES:%.c=$(OBJ)/%.o) $(FAKE) $(ARCHIVE)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(call link_test,$(call wraps,$(SCENARIO_SOURCES) $(FAKE_SOURCES)))

# Runs in a virtual machine: what the real kernel does where the fake claims to do the same.
$(BUILD)/tests/agree: $(OBJ)/tests/fake/agree_main.o $(FAKE) $(ARCHIVE)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -static-pie $(LDFLAGS_ALL) -o $@ $< $(FAKE) $(ARCHIVE) $(LIBS)

# Makes a fake host's tree of its description.
$(BUILD)/tests/tree: $(OBJ)/tests/fake/tree_main.o $(FAKE) $(ARCHIVE)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(call link_test)

# A fuzz target with a main() that gives it each file of its corpus.
$(REPLAYS): $(BUILD)/%: $(OBJ)/%.o $(OBJ)/tests/fuzz/replay.o $(FAKE) $(ARCHIVE)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(call link_test)

# The same target under libFuzzer; use it as build/fuzz/NAME tests/fuzz/corpus/NAME.
FUZZERS = $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/%,$(FUZZ_SOURCES))
$(FUZZERS): $(BUILD)/%: $(OBJ)/tests/fuzz/fuzz_%.o $(FAKE) $(ARCHIVE)
	$(call say,LINK,$@)
	$(Q)$(call link_test,-fsanitize=fuzzer)
fuzzers: $(FUZZERS)
fuzz:
	$(Q)$(MAKE) BUILD=build/fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined fuzzers

# A suite is a target suite-NAME. It passes or fails as one test, unless it prints the line
# "N passed, N failed, N skipped". tests/run-suites runs suites and adds up.
CHECK_SUITES = product layers unit unit-asan scenarios scenarios-asan corpora shell field cppcheck codespell install
TEST_SUITES = analyzer coverage security exports clang shared unit-valgrind scenarios-valgrind fuzzers clang-tidy vm vm-trixie

check:
	+@SUITE_MAKE='$(MAKE) $(JOBS)' tests/run-suites $(CHECK_SUITES)
# unit and scenarios are what unit-asan, scenarios-asan, coverage and the suites under valgrind run, too.
test: deps
	+@SUITE_MAKE='$(MAKE) $(JOBS)' tests/run-suites $(filter-out unit scenarios,$(CHECK_SUITES)) $(TEST_SUITES)

# What the linters look at: they run again where one of these has changed.
LINTED = Makefile $(wildcard prepare/*.[ch] prepare/*/*.[ch])

ASAN = BUILD=build/asan SANITIZE=address,undefined CFLAGS='-O1 -g'
TAP = tests/run-tap

run-unit: $(UNIT_TESTS)
	$(Q)$(TAP) $(UNIT_TESTS)
# In parts, which run side by side.
run-scenarios: $(BUILD)/tests/scenario-runner
	$(Q)$(TAP) $(foreach part,sweep* [a-h]* !(sweep*|[a-h]*),'$< tests/scenarios $(part)')
run-corpora: $(REPLAYS)
	$(Q)$(TAP) $(foreach name,$(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=%), \
		'$(BUILD)/tests/fuzz/fuzz_$(name) tests/fuzz/corpus/$(name)')

# All of what the unit tests of the same names try a part of.
sweep-reads sweep-memory: sweep-%: $(BUILD)/tests/unit/test_verbs_failing_%
	$(Q)SWEEP_EVERY=1 $<
suite-product: all
	$(Q)tests/product $(BUILD)/vfio-prepare
suite-layers: $(OBJECTS)
	$(Q)tests/layers $(OBJ)
suite-unit: run-unit
suite-scenarios: run-scenarios
suite-unit-asan:
	$(Q)$(MAKE) $(ASAN) run-unit
suite-scenarios-asan:
	$(Q)$(MAKE) $(ASAN) run-scenarios
suite-corpora:
	$(Q)$(MAKE) $(ASAN) run-corpora
# Without the sweeps, and verbs_reads: these are many runs of what the others have, and AddressSanitizer has them.
UNIT_ONCE = $(filter-out %/test_verbs_failing_reads %/test_verbs_failing_writes %/test_verbs_failing_memory \
	%/test_verbs_reads,$(UNIT_TESTS))
suite-unit-valgrind: $(UNIT_TESTS)
	$(Q)$(TAP) -v $(UNIT_ONCE)
# Those that act on a host or show all of it. What the others vary is decided and said in functions that
# the unit tests have under valgrind.
suite-scenarios-valgrind: $(BUILD)/tests/scenario-runner
	$(Q)$(TAP) -v '$< tests/scenarios @(again|apply|bind|captured|fail|hang|hostile|hotplug)*' \
		'$< tests/scenarios @(import|in-use|init|list|plan|premount|release|snapshot|usage|validate|vf)*'
suite-shell: all $(COMPLETIONS) $(BUILD)/tests/tree
	$(Q)tests/shell/run
suite-field: all $(BUILD)/tests/tree
	$(Q)tests/field/run $(BUILD)/vfio-prepare $(BUILD)/tests/tree
# As root, on trees that were made to do harm.
suite-security: all $(BUILD)/tests/tree
	$(Q)tests/security/run
# As root: what the programs that load the exports make of them, as some releases have them.
suite-exports: dist $(BUILD)/tests/tree
	$(Q)tests/exports/run $(RELEASE)
# As root: packages are built, installed, upgraded and removed as some releases do it; the suite is a part of it.
suite-packages: $(BUILD)/tests/tree
	$(Q)PACKAGES_KINDS=initramfs-tools tests/packages/run bookworm
packages: $(BUILD)/tests/tree
	$(Q)tests/packages/run $(RELEASE)
suite-codespell:
	$(Q)codespell
# gcc's analyzer: its objects are not linked.
suite-analyzer: $(BUILD)/analyzer.passed
$(BUILD)/analyzer.passed: $(LINTED)
	$(Q)$(MAKE) BUILD=build/analyzer CC=gcc CFLAGS='-O0 -fanalyzer' objects
	$(Q)touch $@
objects: $(OBJECTS) $(OBJ)/prepare/main.o
# What unit tests and scenarios run of the pure layers.
suite-coverage:
	$(Q)$(MAKE) BUILD=build/coverage COVERAGE=--coverage CFLAGS=-O0 run-coverage
run-coverage: $(UNIT_ONCE) $(BUILD)/tests/scenario-runner
	$(Q)find $(OBJ) -name '*.gcda' -delete
	$(Q)$(TAP) $(UNIT_ONCE) '$(BUILD)/tests/scenario-runner tests/scenarios !(sweep*|[a-h]*)' \
		'$(BUILD)/tests/scenario-runner tests/scenarios !(sweep*|[i-z]*)' >$(BUILD)/coverage.log || \
		{ cat $(BUILD)/coverage.log; false; }
	$(Q)tests/coverage $(OBJ) $(COVERED)
suite-cppcheck: $(BUILD)/cppcheck.passed
$(BUILD)/cppcheck.passed: $(LINTED)
	$(Q)cppcheck -q -j$$(nproc) --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --error-exitcode=1 \
		$(filter -D% -Iprepare,$(CPPFLAGS_ALL)) prepare
	$(Q)touch $@
TIDY = printf '%s\n' $(wildcard prepare/*.c prepare/*/*.c) | xargs -P $$(nproc) -I{} \
	clang-tidy --quiet {} -- -std=gnu11 $(CPPFLAGS_ALL)
suite-clang-tidy: $(BUILD)/clang-tidy.passed
	$(Q)tests/tidy-checkers
$(BUILD)/clang-tidy.passed: $(LINTED) .clang-tidy | $(if $(filter static,$(LINK)),$(KMOD)/libkmod.a)
	$(Q)$(TIDY) -Xclang -analyzer-config -Xclang max-nodes=60000
	$(Q)touch $@
# As deep as the analyzer goes by itself, which takes three times as long.
tidy-deep: | $(if $(filter static,$(LINK)),$(KMOD)/libkmod.a)
	$(Q)$(TIDY)
suite-install: all
	+$(Q)SUITE_MAKE='$(MAKE)' tests/install
# Its warnings, and that it builds; what gcc built is run.
suite-clang:
	$(Q)$(MAKE) BUILD=build/clang CC=clang all build-unit
build-unit: $(UNIT_TESTS)
suite-shared: all $(BUILD)/tests/tree
	$(Q)$(MAKE) BUILD=build/shared LINK=shared all
	$(Q)tests/shared build/shared/vfio-prepare $(BUILD)/vfio-prepare $(BUILD)/tests/tree
suite-fuzzers: fuzz
	$(Q)tests/fuzz/live build/fuzz
suite-vm: dist
	$(Q)VM_RELEASE=$(RELEASE) tests/vm/run $(TEST)

# Of Debian 13 what is not as on 12: the images of each kind, the order of the units, modules that are compressed, the
# kernel's packages. make vm RELEASE=trixie runs all, systemd-boot too.
suite-vm-trixie: dist
	$(Q)VM_RELEASE=trixie tests/vm/run early-module real-root@dracut off-early@dracut-nosystemd \
		compressed-modules

vm: suite-vm
exports: suite-exports
bench: deps
	$(Q)$(MAKE) $(JOBS) all $(BUILD)/tests/tree
	$(Q)tests/bench/plan $(BUILD)/vfio-prepare $(BUILD)/tests/tree
	$(Q)tests/bench/run
	$(Q)tests/bench/boot
run: deps
	$(Q)$(MAKE) $(JOBS) all
	$(Q)tests/vm/demo

format:
	$(Q)clang-format -i $(wildcard completion/*.c prepare/*.[ch] prepare/*/*.[ch] tests/*/*.[ch])

# The virtual machines' cache, the roots of other releases and kmod's source stay.
clean:
	$(Q)rm -rf $(filter-out build/vm build/exports build/packages build/kmod,$(wildcard build/*)) \
		$(filter-out build/vm/cache,$(wildcard build/vm/*))
distclean:
	$(Q)rm -rf --one-file-system build

FORCE:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE all install uninstall dist deb rpm packages deps check test build-unit run-unit run-scenarios run-corpora vm exports bench run \
	fuzz fuzzers format clean distclean objects run-coverage \
	sweep-reads sweep-memory tidy-deep suite-packages \
	$(patsubst %,suite-%,$(CHECK_SUITES) $(TEST_SUITES))
