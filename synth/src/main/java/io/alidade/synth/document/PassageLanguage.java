package io.alidade.synth.document;

import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import java.util.Locale;

/// Tells the language of a passage, among the 75 that Lingua knows (decision 0012).
final class PassageLanguage {
  /// What the language of a passage is taken to be where it cannot be told.
  static final String UNKNOWN = "en";

  /// More of a text tells nothing new.
  private static final int CHARACTERS = 400;

  private PassageLanguage() {}

  /// Loaded when it is first needed: its models take seconds.
  private static final class Holder {
    private static final LanguageDetector DETECTOR =
        LanguageDetectorBuilder.fromAllLanguages().withLowAccuracyMode().build();
  }

  /// An ISO 639-1 code.
  static String of(String text) {
    Language found =
        Holder.DETECTOR.detectLanguageOf(text.substring(0, Math.min(CHARACTERS, text.length())));
    return switch (found) {
      case UNKNOWN -> UNKNOWN;
      // The two written forms of Norwegian.
      case BOKMAL, NYNORSK -> "no";
      default -> found.getIsoCode639_1().name().toLowerCase(Locale.ROOT);
    };
  }
}
