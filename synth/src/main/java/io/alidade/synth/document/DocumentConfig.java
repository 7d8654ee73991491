package io.alidade.synth.document;

import java.nio.file.Path;

/// The user's own documents that examples are made about.
///
/// @param path a file or a folder, relative to the recipe; empty for none
/// @param leastWords shorter passages are left out
/// @param mostWords longer texts are divided
/// @param queriesPerPassage how often a passage may be asked about, once all others have been as
///   often; may be raised for a run that goes on
/// @param language of all passages, as a code; empty to tell it from each passage
public record DocumentConfig(
    Path path, int leastWords, int mostWords, int queriesPerPassage, String language) {

  public DocumentConfig {
    check(leastWords >= 1, "leastWords must be at least 1, is " + leastWords);
    check(
        mostWords >= 2 * leastWords,
        "mostWords must be at least twice leastWords (%d), is %d".formatted(leastWords, mostWords));
    check(queriesPerPassage >= 1, "queriesPerPassage must be at least 1, is " + queriesPerPassage);
  }

  public static DocumentConfig defaults() {
    return new DocumentConfig(Path.of(""), 30, 200, 3, "");
  }

  /// Whether there are any documents.
  public boolean given() {
    return !path.toString().isEmpty();
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
