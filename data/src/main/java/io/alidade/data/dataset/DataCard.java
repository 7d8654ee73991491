package io.alidade.data.dataset;

import io.alidade.core.AtomicFiles;
import io.alidade.core.TaskKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// The `README.md` that the Hugging Face hub shows beside a data set, with the YAML header by which
/// it finds and loads the files. The licence is the owner's to add.
///
/// @param about what it is, in a sentence
/// @param columns of the files
/// @param files names by split
public record DataCard(
    String about,
    DataStatistics statistics,
    Collection<String> columns,
    Map<String, String> files) {
  public static final String FILE_NAME = "README.md";
  private static final List<String> SIZES =
      List.of(
          "n<1K",
          "1K<n<10K",
          "10K<n<100K",
          "100K<n<1M",
          "1M<n<10M",
          "10M<n<100M",
          "100M<n<1B",
          "1B<n<10B");
  private static final int ROWS = 20;
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
          .build();

  public DataCard {
    columns = List.copyOf(columns);
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /// Writes the card into the folder of the files.
  public Path write(Path folder) {
    Path card = folder.resolve(FILE_NAME);
    AtomicFiles.writeText(card, text());
    return card;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        """
        ---
        %s---

        # Data card

        %s

        %,d examples under %,d instructions. Columns: %s.

        %s
        %s
        """,
        YAML.writeValueAsString(header()),
        about,
        statistics.examples(),
        statistics.instructions(),
        columns.stream().map("`%s`"::formatted).collect(Collectors.joining(", ")),
        table("Kind", statistics.kinds()),
        table("Language", statistics.languages()));
  }

  private Map<String, Object> header() {
    var header = new LinkedHashMap<String, Object>();
    List<String> languages = languages();
    if (!languages.isEmpty()) {
      header.put("language", languages);
    }
    header.put("task_categories", tasks());
    header.put("size_categories", List.of(size(statistics.examples())));
    header.put("tags", List.of("sentence-transformers", "embeddings"));
    var listed = new ArrayList<Map<String, String>>();
    files.forEach(
        (split, path) -> {
          var entry = new LinkedHashMap<String, String>();
          entry.put("split", split);
          entry.put("path", path);
          listed.add(entry);
        });
    var config = new LinkedHashMap<String, Object>();
    config.put("config_name", "default");
    config.put("data_files", listed);
    header.put("configs", List.of(config));
    return header;
  }

  /// Both languages of a pair count; `und` is none.
  private List<String> languages() {
    return List.copyOf(
        statistics.languages().keySet().stream()
            .flatMap(language -> Arrays.stream(language.split("-", -1)))
            .filter(language -> language.matches("[a-z]{2,3}") && !language.equals("und"))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private List<String> tasks() {
    return statistics.kinds().keySet().stream()
        .map(kind -> TaskKind.of(kind).symmetric() ? "sentence-similarity" : "text-retrieval")
        .distinct()
        .sorted()
        .toList();
  }

  /// The hub's name for a number of rows.
  static String size(long examples) {
    int thousands = 0;
    for (long rest = examples; rest >= 1000 && thousands < SIZES.size() - 1; rest /= 10) {
      thousands++;
    }
    return SIZES.get(thousands);
  }

  private static String table(String heading, Map<String, Long> counts) {
    String rows =
        counts.entrySet().stream()
            .limit(ROWS)
            .map(
                entry ->
                    String.format(
                        Locale.ROOT, "| %s | %,d |", cell(entry.getKey()), entry.getValue()))
            .collect(Collectors.joining("\n"));
    String rest =
        counts.size() > ROWS
            ? String.format(
                Locale.ROOT,
                "\n| and %d others | %,d |",
                counts.size() - ROWS,
                counts.values().stream().skip(ROWS).mapToLong(Long::longValue).sum())
            : "";
    return "| %s | Examples |\n|---|---:|\n%s%s\n".formatted(heading, rows, rest);
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
