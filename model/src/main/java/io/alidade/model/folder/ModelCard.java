package io.alidade.model.folder;

/// The `README.md` of a model folder.
final class ModelCard {
  private static final String LIBRARY = "sentence-transformers";

  private ModelCard() {}

  static String text(ModelContent content) {
    EmbeddingSettings settings = content.settings();
    String instruction =
        settings.defaultInstruction().isEmpty()
            ? "Given a question, retrieve passages that answer it"
            : settings.defaultInstruction();
    return """
        ---
        library_name: %13$s
        pipeline_tag: sentence-similarity
        base_model: %1$s
        tags:
        %14$s- feature-extraction
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

        %12$s

        `golden.json`, where it is there, holds texts with their vectors, to check any server of this
        model against.
        """
        .formatted(
            content.base().name(),
            content.title(),
            content.config().hidden(),
            content.base().source(),
            content.base().sha256(),
            pooling(content),
            settings.normalize() ? ", normalised" : "",
            settings.maxTokens(),
            escaped(settings.template().query()),
            settings.template().documentPrefix().isEmpty()
                ? ""
                : " after `%s`".formatted(escaped(settings.template().documentPrefix())),
            instruction.replace("\"", "\\\""),
            elsewhere(content, instruction).strip(),
            content.latents().isPresent() ? "alidade" : LIBRARY,
            content.latents().isPresent() ? "" : "- " + LIBRARY + "\n");
  }

  private static String pooling(ModelContent content) {
    String latents =
        content
            .latents()
            .map(weights -> "latent attention to %d, then ".formatted(weights.shape().latents()))
            .orElse("");
    return latents + content.settings().pooling();
  }

  /// How to use the model in Python, where that can be done.
  private static String elsewhere(ModelContent content, String instruction) {
    if (content.latents().isPresent()) {
      return """
          sentence-transformers and servers cannot load the model without code of their own for its
          latent attention ([NV-Embed](https://arxiv.org/abs/2405.17428), section 3.1), whose weights
          are in `1_LatentAttention/`, by the names of the published models.
          """;
    }
    String prompt =
        content
            .settings()
            .template()
            .query()
            .replace("{instruction}", instruction)
            .replace("{text}", "");
    return """
        ```python
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(".")
        queries = model.encode(texts, prompt="%s")
        documents = model.encode(texts)
        ```
        """
        .formatted(escaped(prompt).replace("\"", "\\\""));
  }

  private static String escaped(String template) {
    return template.replace("\n", "\\n");
  }
}
