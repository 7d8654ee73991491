package io.alidade.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.alidade.core.recipe.Recipe;
import io.alidade.synth.GeneratePlan;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.Generator;
import io.alidade.synth.Summary;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Generates a data set by a recipe with an LLM that answers at once, and prints one JSON line:
/// wall time, processor time a call without the LLM's own, memory at 10, 50 and 100 %, bytes on
/// disk.
///
/// Arguments: recipe, training file for the LLM's words, folder to write, overrides as `--set`
/// takes them.
public final class GenerationScale {
  private static final int CALIBRATION = 20_000;

  private GenerationScale() {}

  public static void main(String[] arguments) throws IOException {
    Path out = Path.of(arguments[2]);
    List<String> overrides = Arrays.asList(arguments).subList(3, arguments.length);
    Recipe<GenerateRecipe> recipe =
        Recipe.read(GenerateRecipe.class, Path.of(arguments[0]), overrides);
    var llm = new InstantLlm(RandomTexts.ofTraining(Path.of(arguments[1])));
    var generator =
        new Generator(GeneratePlan.of(recipe, Map.of()), Optional.empty(), (_, _) -> llm);
    var marks = new MemoryMarks();
    long start = System.nanoTime();
    long processor = processorNanos();
    Summary summary = generator.run(out, marks, () -> false);
    double seconds = (System.nanoTime() - start) / 1e9;
    double perCall = (processorNanos() - processor) / 1e3 / summary.calls().calls();
    double own = microsOfAnswer(llm, recipe.settings().llms().getFirst());
    System.out.printf(
        Locale.ROOT,
        "{\"examples\": %d, \"candidates\": %d, \"rejected\": \"%s\", \"calls\": %d,"
            + " \"seconds\": %.0f, \"cpu_us_per_call\": %.0f, \"of_which_llm\": %.0f,"
            + " \"memory\": %s, \"disk_mb\": %s}%n",
        summary.examples(),
        summary.candidates(),
        summary.rejected(),
        summary.calls().calls(),
        seconds,
        perCall,
        own,
        marks,
        megabytes(out));
  }

  /// Of all threads; garbage collection and compilation included.
  private static long processorNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /// The processor time that the LLM takes for the answer to a prompt of the largest kind.
  private static double microsOfAnswer(InstantLlm llm, LlmConfig config) {
    var shape =
        new ChatRequest.Shape(
            List.of("user_query", "positive_document", "hard_negative_document"), false);
    long start = processorNanos();
    for (int i = 0; i < CALIBRATION; i++) {
      llm.send(new ChatRequest("calibration/" + i, config, "", i, shape));
    }
    return (processorNanos() - start) / 1e3 / CALIBRATION;
  }

  private static String megabytes(Path folder) throws IOException {
    var files = new ArrayList<String>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.sorted().toList()) {
        files.add("\"%s\": %d".formatted(file.getFileName(), Files.size(file) >> 20));
      }
    }
    return "{" + String.join(", ", files) + "}";
  }
}
