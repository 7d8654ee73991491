package io.alidade.cli.command;

import io.alidade.model.tokenizer.SpecialTokens;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.tokenizer.TokenizerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Whether the token ids of a model that is read at its last token begin and end as they should,
/// here and in tools that go by `tokenizer.json` alone.
final class TokenizerChecks {
  /// Nothing, spaces, a word, and more than any limit.
  private static final List<String> PROBES = List.of("", "  ", "a", "boats ".repeat(40_000));

  private static final String NAME = "end token";

  private TokenizerChecks() {}

  /// The one finding about the ids.
  ///
  /// @param folder where the model was read from
  static Check run(Tokenizer tokenizer, int maxTokens, Path folder) {
    for (String probe : PROBES) {
      int[] ids = tokenizer.encode(probe, maxTokens);
      if (!whole(ids, maxTokens, tokenizer.specialTokens())) {
        return Check.failed(
            NAME, "the ids of \"%.20s\" are %s".formatted(probe, tokenizer.tokens(ids)));
      }
    }
    String end = tokenizer.tokens(new int[] {tokenizer.eosId()}).getFirst();
    if (tokenizer.endsTextsItself()) {
      return Check.ok(NAME, "every text ends with " + end);
    }
    if (new TokenizerConfig(folder).asksForEnd()) {
      return Check.warning(
          NAME,
          "tokenizer_config.json asks for %s, and Alidade and transformers 4 put it; transformers 5"
                  .formatted(end)
              + " and servers go by tokenizer.json and leave it out; "
              + mending(end));
    }
    return Files.exists(folder.resolve("modules.json"))
        ? Check.failed(
            NAME,
            "the tokenizer puts no %s behind a text, so that other tools read the vector at the last word, and Alidade at %s; %s"
                .formatted(end, end, mending(end)))
        : Check.warning(
            NAME,
            "a plain language model, which puts no %s behind a text; Alidade does, and says so in the folders it writes"
                .formatted(end));
  }

  private static boolean whole(int[] ids, int maxTokens, SpecialTokens special) {
    return ids.length <= maxTokens
        && ids.length >= special.count()
        && ids[ids.length - 1] == special.eos()
        && (special.bos().isEmpty() || ids[0] == special.bos().getAsInt());
  }

  private static String mending(String end) {
    return "put {\"SpecialToken\": {\"id\": \"%s\", \"type_id\": 0}} last into \"single\" of the post_processor in tokenizer.json"
        .formatted(end);
  }
}
