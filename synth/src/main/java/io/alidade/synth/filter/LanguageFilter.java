package io.alidade.synth.filter;

import com.github.pemistahl.lingua.api.IsoCode639_1;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import io.alidade.synth.sampling.Language;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Refuses texts in another language than was asked for, by their letters and, for the 75 languages
/// that it knows, by Lingua's detector (its lighter models; decision 0012). Texts too short to tell
/// are let pass.
final class LanguageFilter implements Filter {
  private static final int LEAST_LETTERS = 30;

  /// More of a text tells nothing new.
  private static final int CHARACTERS = 400;

  /// Names and quotations are written in other letters now and then.
  private static final double LEAST_SHARE = 0.5;

  /// Lingua's confidence is relative to its best guess. A text's own language comes this near, and
  /// so do closely related ones; others do not (decision 0012).
  private static final double LEAST_CONFIDENCE = 0.85;

  private static final Map<String, com.github.pemistahl.lingua.api.Language> KNOWN =
      Arrays.stream(com.github.pemistahl.lingua.api.Language.values())
          .filter(one -> one != com.github.pemistahl.lingua.api.Language.UNKNOWN)
          .collect(Collectors.toMap(LanguageFilter::code, one -> one));

  private final LanguageDetector detector =
      LanguageDetectorBuilder.fromAllLanguages().withLowAccuracyMode().build();

  /// Whether the detector knows the language, so that more than its letters is checked.
  static boolean known(Language language) {
    return KNOWN.containsKey(detectorCode(language));
  }

  @Override
  public Optional<Fault> check(Draft draft) {
    return draft.fields().stream()
        .filter(field -> Scripts.letters(field.text()) >= LEAST_LETTERS)
        .map(this::check)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Fault> check(Draft.Field field) {
    Language wanted = field.language();
    if (!wanted.scripts().isEmpty()
        && Scripts.share(field.text(), wanted.scripts()) < LEAST_SHARE) {
      return fault(field, "is not in the letters of " + wanted.name());
    }
    com.github.pemistahl.lingua.api.Language expected = KNOWN.get(detectorCode(wanted));
    if (expected == null) {
      return Optional.empty();
    }
    String text = field.text().substring(0, Math.min(CHARACTERS, field.text().length()));
    Map<com.github.pemistahl.lingua.api.Language, Double> confidence =
        detector.computeLanguageConfidenceValues(text);
    if (confidence.isEmpty() || confidence.getOrDefault(expected, 0.0) >= LEAST_CONFIDENCE) {
      return Optional.empty();
    }
    String found = confidence.keySet().iterator().next().name();
    return fault(
        field,
        "seems to be %s where %s was asked for"
            .formatted(found.toLowerCase(Locale.ROOT), wanted.name()));
  }

  private static Optional<Fault> fault(Draft.Field field, String problem) {
    return Optional.of(new Fault(Reason.LANGUAGE, "\"" + field.key() + "\" " + problem));
  }

  private static String code(com.github.pemistahl.lingua.api.Language language) {
    return language.getIsoCode639_1().name().toLowerCase(Locale.ROOT);
  }

  /// Lingua knows Norwegian by its two written forms.
  private static String detectorCode(Language language) {
    return language.code().equals("no")
        ? IsoCode639_1.NB.name().toLowerCase(Locale.ROOT)
        : language.code();
  }
}
