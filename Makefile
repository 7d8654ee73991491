# An index of verbs; each is one line. CI calls the same ones.
JDK := $(shell scripts/find-jdk)
MAVEN := JAVA_HOME="$(JDK)" mvn -B -ntp

.PHONY: build test lint format bench interop soak fuzz docs jdk

# Compiles and packs every module.
build: jdk ; $(MAVEN) -q -DskipTests package

# All tests. ALIDADE_DATA=DIR adds those that need development data.
test: jdk ; scripts/test-launcher && scripts/check-docs && $(MAVEN) test

# Formatting, the compiler's analysers, and dependencies declared but unused or used but undeclared.
lint: jdk ; $(MAVEN) -q spotless:check test-compile dependency:analyze-only

# Rewrites the sources in google-java-format.
format: jdk ; $(MAVEN) -q spotless:apply

# Speed and memory, side by side with the Python peer (docs/benchmarks.md).
bench: jdk ; JAVA_HOME="$(JDK)" benchmarks/run

# Model folders that Python's sentence-transformers and PEFT load with the same vectors, ONNX exports
# that ONNX Runtime runs with them, and real servers on the loopback interface.
interop: jdk ; JAVA_HOME="$(JDK)" scripts/interop

# Hundreds of kills and resumes, of training and of generation.
soak: jdk ; JAVA_HOME="$(JDK)" scripts/soak

# Every parser of files from elsewhere against mutated files, ten minutes each.
fuzz: jdk ; MAVEN="$(MAVEN)" JAVA_HOME="$(JDK)" scripts/fuzz

# Links, classes and tests that the documents name exist.
docs: ; scripts/check-docs

jdk: ; @test -n "$(JDK)"
