package io.alidade.synth.sampling;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.Sha256;
import io.alidade.core.TaskKind;
import io.alidade.data.IdentifiedText;
import io.alidade.data.TextFile;
import io.alidade.synth.prompt.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Draws what prompts say beyond the paper's: who asks, what for, of which type the document is,
/// and examples of the user's own. Our own additions, not the paper's. Threads may share it.
///
/// Personas are for the asymmetric kinds; question types for short-long, where a query is typed;
/// and document types for short-long and long-long, unless the document is a given passage.
public final class Variety {
  private static final String RULES = "rules.txt";
  private static final String PERSONA = "persona.txt";
  private static final String QUESTION_TYPE = "question-type.txt";
  private static final String DOCUMENT_TYPE = "document-type.txt";
  private static final String FEW_SHOT = "few-shot.txt";
  private static final String QUESTION_TYPES = "question-types.tsv";
  private static final String DOCUMENT_TYPES = "document-types.tsv";
  private static final String PERSONAS = "personas.txt";
  private static final int MOST_CHARACTERS = 500;

  private final List<String> personas;
  private final Optional<NamedTypes> questionTypes;
  private final Optional<NamedTypes> documentTypes;
  private final Shots shots;

  private Variety(
      List<String> personas,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<NamedTypes> questionTypes,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<NamedTypes> documentTypes,
      Shots shots) {
    this.personas = personas;
    this.questionTypes = questionTypes;
    this.documentTypes = documentTypes;
    this.shots = shots;
  }

  /// Nothing beyond the paper's.
  public static Variety none() {
    return of(VarietyConfig.defaults(), path -> path);
  }

  /// What a recipe asks for.
  ///
  /// @param resolve turns the recipe's paths into ones that this process can open
  /// @throws io.alidade.core.UsageException for a type that there is not, or a bad weight
  /// @throws DataException for a file that cannot be read
  public static Variety of(VarietyConfig config, UnaryOperator<Path> resolve) {
    List<String> personas =
        config.ownPersonas()
            ? personas(resolve.apply(Path.of(config.personas())))
            : config.personas().isEmpty() ? List.of() : Wording.lines(PERSONAS);
    return new Variety(
        personas,
        types("variety.question_types", config.questionTypes(), QUESTION_TYPES),
        types("variety.document_types", config.documentTypes(), DOCUMENT_TYPES),
        config.examplesGiven()
            ? Shots.read(resolve.apply(config.examples()), config.shots())
            : Shots.none());
  }

  /// A hash of all wording, by which a run knows that it has changed.
  public static String fingerprint() {
    return Sha256.ofText(
        Stream.of(
                RULES,
                PERSONA,
                QUESTION_TYPE,
                DOCUMENT_TYPE,
                FEW_SHOT,
                QUESTION_TYPES,
                DOCUMENT_TYPES,
                PERSONAS)
            .map(Wording::text)
            .collect(Collectors.joining("\n")));
  }

  /// What a candidate's prompt says besides.
  Addition draw(Prompt prompt, Draw draw) {
    var rules = new ArrayList<String>();
    var origin = new TreeMap<String, Object>();
    TaskKind kind = prompt.header().kind();
    if (!personas.isEmpty() && !kind.symmetric()) {
      String persona = draw.pick("persona", personas);
      origin.put("persona", persona);
      rules.add(filled(PERSONA, Map.of("persona", persona)));
    }
    boolean typed = kind == TaskKind.SHORT_LONG;
    questionTypes
        .filter(_ -> typed)
        .ifPresent(
            types -> {
              String type = types.weights().at(draw.share("question type"));
              origin.put("question_type", type);
              rules.add(rule(QUESTION_TYPE, prompt.queryKey(), types.words(type)));
            });
    boolean written = (typed || kind == TaskKind.LONG_LONG) && !prompt.passageNeeded();
    documentTypes
        .filter(_ -> written)
        .ifPresent(
            types -> {
              String type = types.weights().at(draw.share("document type"));
              origin.put("document_type", type);
              rules.add(rule(DOCUMENT_TYPE, prompt.positiveKey(), types.words(type)));
            });
    String text = shown(prompt, draw, origin) + asked(rules);
    return text.isEmpty() ? Addition.NONE : new Addition(text, origin);
  }

  private String shown(Prompt prompt, Draw draw, Map<String, Object> origin) {
    List<Example> chosen = shots.choose(prompt, draw);
    if (chosen.isEmpty()) {
      return "";
    }
    origin.put("shots", chosen.stream().map(Example::id).toList());
    return filled(
        FEW_SHOT,
        Map.of(
            "examples",
            chosen.stream()
                .map(example -> Shots.answer(prompt, example))
                .collect(Collectors.joining("\n\n"))));
  }

  private static String asked(List<String> rules) {
    return rules.isEmpty() ? "" : filled(RULES, Map.of("rules", String.join("\n", rules)));
  }

  private static String rule(String file, String key, String type) {
    return filled(file, Map.of("key", key, "type", type));
  }

  private static String filled(String file, Map<String, String> values) {
    return Prompt.fill(Wording.text(file), values);
  }

  private static Optional<NamedTypes> types(String key, Map<String, Double> weights, String table) {
    return weights.isEmpty() ? Optional.empty() : Optional.of(NamedTypes.of(key, weights, table));
  }

  private static List<String> personas(Path file) {
    var personas = new ArrayList<String>();
    for (IdentifiedText line : TextFile.read(file)) {
      String persona = line.text().strip();
      if (persona.length() > MOST_CHARACTERS) {
        throw new DataException(
            file,
            "\"%.40s…\" has %,d characters; a persona is a few words on who asks, at most %d"
                .formatted(persona, persona.length(), MOST_CHARACTERS));
      }
      if (!persona.isEmpty()) {
        personas.add(persona);
      }
    }
    if (personas.isEmpty()) {
      throw new DataException(file, "holds no persona; write one a line");
    }
    return List.copyOf(personas);
  }
}
