package io.alidade.eval.parity;

import java.util.Locale;

/// Something that servers get wrong.
///
/// @param id a short name for scripts, such as `end-token-missing`
/// @param cause what is wrong, as a sentence without its end
/// @param mend what to do about it
public record Fault(String id, String cause, String mend) {

  static final Fault PRECISION =
      new Fault(
          "precision",
          "the vectors are near, but not the same: probably quantised or half-precision weights",
          "accept it with a lower --gate, or serve float32 or bfloat16 weights");

  static final Fault ORDER =
      new Fault(
          "order",
          "the vectors of a batch come in another order than its texts",
          "send one text a request, or put a client in between that sorts by \"index\"");

  static final Fault BATCH =
      new Fault(
          "batch",
          "a text has another vector in a batch than alone: padding is counted, or the batch is"
              + " cut",
          "send one text a request, or update the server");

  static final Fault BASE64 =
      new Fault(
          "base64",
          "vectors in base64 are not those in numbers: another byte order or width",
          "ask for \"encoding_format\": \"float\", which OpenAI's own client does not by default");

  static final Fault LONG_TEXT_REFUSED =
      new Fault(
          "long-text-refused",
          "a long text is refused",
          "cut texts before they are sent, or let the server cut them");

  static Fault notNormalised(double least, double greatest) {
    return new Fault(
        "not-normalised",
        String.format(
            Locale.ROOT,
            "the vectors are not normalised; their lengths are from %.4g to %.4g",
            least,
            greatest),
        "compare by cosine, or divide each vector by its length");
  }

  static Fault dimensionsCut(int found, int expected) {
    return new Fault(
        "dimensions-cut",
        "the vectors are cut to %d of %d dimensions".formatted(found, expected),
        "take the cut away, or set truncate_dim of the model folder to it");
  }

  static Fault dimensions(int found, int expected) {
    return new Fault(
        "dimensions",
        "the vectors have %d dimensions, the model's have %d".formatted(found, expected),
        "another model is served, or without its Dense layers");
  }

  static Fault unknown(String nearest) {
    return new Fault(
        "unknown",
        "none of the known faults gives these vectors" + nearest,
        "check that the same weights and tokenizer are served");
  }
}
