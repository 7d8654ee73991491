package io.alidade.core.recipe;

import io.alidade.core.ParserMessage;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/// What a YAML parser found wrong, and where.
///
/// The parser tells what it was about, and the place where that began, before what is wrong and the
/// place of that. Only the latter are of use to who wrote the file.
///
/// @param line from 1
record YamlProblem(String words, int line) {
  private static final Pattern PLACE = Pattern.compile(" in reader, line (\\d+), column \\d+:");

  static YamlProblem of(JacksonException problem) {
    var found =
        new YamlProblem(ParserMessage.of(problem), Math.max(1, problem.getLocation().getLineNr()));
    List<String> lines = String.valueOf(problem.getOriginalMessage()).lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      Matcher place = PLACE.matcher(lines.get(i));
      if (place.matches()) {
        found = new YamlProblem(lines.get(i - 1), Integer.parseInt(place.group(1)));
      }
    }
    return found;
  }
}
