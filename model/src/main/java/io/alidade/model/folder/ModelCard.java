package io.alidade.model.folder;

/// The `README.md` of a model folder.
final class ModelCard {
  private ModelCard() {}

  static String text(ModelContent content) {
    EmbeddingSettings settings = content.settings();
    String instruction =
        settings.defaultInstruction().isEmpty()
            ? "Given a question, retrieve passages that answer it"
            : settings.defaultInstruction();
    return """
        ---
        library_name: sentence-transformers
        pipeline_tag: sentence-similarity
        base_model: %1$s
        tags:
        - sentence-transformers
        - feature-extraction
        - alidade
        ---

        # %2$s

        A text-embedding model made with Alidade. It maps a text to a vector of %3$d numbers, which \
        are compared by cosine similarity.

        | | |
        |---|---|
        | trained from | %1$s (%4$s), sha256 `%5$s` |
        | pooling | %6$s%7$s |
        | longest text | %8$d tokens |
        | queries | `%9$s` |
        | documents | the bare text%10$s |

        ## Use

        ```
        alidade embed --model . --role query --instruction "%11$s"
        ```

        ```python
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(".")
        queries = model.encode(texts, prompt="%12$s")
        documents = model.encode(texts)
        ```

        `golden.json`, where it is there, holds texts with their vectors, to check any server of this
        model against.
        """
        .formatted(
            content.base().name(),
            content.title(),
            content.config().hidden(),
            content.base().source(),
            content.base().sha256(),
            settings.pooling(),
            settings.normalize() ? ", normalised" : "",
            settings.maxTokens(),
            escaped(settings.template().query()),
            settings.template().documentPrefix().isEmpty()
                ? ""
                : " after `%s`".formatted(escaped(settings.template().documentPrefix())),
            instruction.replace("\"", "\\\""),
            escaped(settings.template().query())
                .replace("{instruction}", instruction)
                .replace("{text}", "")
                .replace("\"", "\\\""));
  }

  private static String escaped(String template) {
    return template.replace("\n", "\\n");
  }
}
