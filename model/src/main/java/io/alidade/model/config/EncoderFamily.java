package io.alidade.model.config;

import io.alidade.model.EncoderConfig.Naming;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// The families of encoders that can be read, by `model_type`, with what their `config.json` does
/// not say because transformers has it in the family's code.
enum EncoderFamily {
  BERT("bert", Naming.BERT, 0, false),
  ROBERTA("roberta", Naming.BERT, 1, true),
  XLM_ROBERTA("xlm-roberta", Naming.BERT, 1, true),
  MODERN_BERT("modernbert", Naming.MODERN_BERT, 50_283, false);

  private final String modelType;
  private final Naming naming;
  private final int absentPadding;
  private final boolean positionsBehindPadding;

  EncoderFamily(
      String modelType, Naming naming, int absentPadding, boolean positionsBehindPadding) {
    this.modelType = modelType;
    this.naming = naming;
    this.absentPadding = absentPadding;
    this.positionsBehindPadding = positionsBehindPadding;
  }

  static Optional<EncoderFamily> of(String modelType) {
    return Arrays.stream(values()).filter(f -> f.modelType.equals(modelType)).findFirst();
  }

  /// The supported values of `model_type`, for messages.
  static String names() {
    return Arrays.stream(values()).map(f -> f.modelType).collect(Collectors.joining(", "));
  }

  Naming naming() {
    return naming;
  }

  /// `pad_token_id`, where it is absent.
  int absentPadding() {
    return absentPadding;
  }

  /// Whether a text's first position is the one behind the padding token's.
  boolean positionsBehindPadding() {
    return positionsBehindPadding;
  }
}
