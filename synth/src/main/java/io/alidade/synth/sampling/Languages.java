package io.alidade.synth.sampling;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The 93 languages of the paper's data with their shares, and any other that ISO 639 knows.
///
/// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., 2024</a>, figure 2 and appendix A;
///   the list is that of the published multilingual E5 models trained on the paper's data
public final class Languages {
  private static final Map<String, Language> KNOWN = new LinkedHashMap<>();
  private static final Map<String, Double> SHARES = new LinkedHashMap<>();

  static {
    lines().forEach(Languages::add);
  }

  private Languages() {}

  /// The paper's weights by code, in percent.
  public static Map<String, Double> paperWeights() {
    return Collections.unmodifiableMap(SHARES);
  }

  /// The language of a code.
  ///
  /// @throws UsageException if nobody knows it
  public static Language of(String code) {
    return of(code, "languages");
  }

  /// The same for a code that stands under a key of the recipe.
  public static Language of(String code, String key) {
    Language known = KNOWN.get(code);
    if (known != null) {
      return known;
    }
    String name =
        code.matches("[a-z]{2,3}") ? Locale.of(code).getDisplayLanguage(Locale.ENGLISH) : code;
    if (name.equals(code)) {
      throw new UsageException(
          "%s: \"%s\" is no language%s; write ISO 639 codes such as en, de or zh"
              .formatted(key, code, NearestName.hint(code, KNOWN.keySet())));
    }
    return new Language(code, name, Set.of());
  }

  private static void add(String line) {
    String[] columns = line.split("\t", -1);
    Set<UnicodeScript> scripts =
        Arrays.stream(columns[2].split(",", -1))
            .map(UnicodeScript::forName)
            .collect(Collectors.toSet());
    KNOWN.put(columns[0], new Language(columns[0], columns[1], scripts));
    SHARES.put(columns[0], Double.valueOf(columns[3]));
  }

  private static Iterable<String> lines() {
    try (var in = Languages.class.getResourceAsStream("languages.tsv")) {
      if (in == null) {
        throw new IllegalStateException("languages.tsv is missing from alidade-synth");
      }
      var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return reader.lines().skip(1).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
