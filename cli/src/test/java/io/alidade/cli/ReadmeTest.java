package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the README tells people to type is understood.
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /// What the example may name without saying where from.
  private static final List<String> PACKAGES =
      List.of(
          "java.nio.file",
          "java.util",
          "io.alidade.core",
          "io.alidade.model",
          "io.alidade.model.backbone",
          "io.alidade.model.folder");

  @TempDir Path folder;

  static Stream<String> commands() throws IOException {
    return Files.readAllLines(README).stream().filter(line -> line.startsWith("./alidade "));
  }

  /// With `--help` a command line is parsed up to its options and nothing is run.
  @ParameterizedTest
  @MethodSource("commands")
  void command_ofTheReadme_isUnderstood(String line) {
    List<String> words =
        WORD.matcher(line)
            .results()
            .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
            .skip(1)
            .toList();

    CommandRunner.Result result =
        new CommandRunner().run(Stream.concat(words.stream(), Stream.of("--help")).toArray());

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    words.stream()
        .filter(word -> word.startsWith("--"))
        .forEach(option -> assertThat(result.out()).contains(option));
  }

  @Test
  void javaExample_ofTheReadme_compiles() throws IOException {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    assertThat(block.find()).isTrue();
    String source =
        """
        %s
        class Example {
          void run() {
            %s
          }
        }
        """
            .formatted(imports(), block.group(1));
    var messages = new StringWriter();
    JavaCompiler.CompilationTask task =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                null,
                List.of(new Source(source)));

    assertThat(task.call()).as(messages.toString()).isTrue();
  }

  private static String imports() {
    return PACKAGES.stream().map("import %s.*;\n"::formatted).collect(Collectors.joining());
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
