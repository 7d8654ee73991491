package io.alidade.model.head;

import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PackedTokens.Segment;
import io.alidade.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How the states of a text's tokens become one vector, as the `Pooling` module of
/// sentence-transformers has it: one mode, or several whose results stand one behind the other.
///
/// @param modes at least one
/// @param includePrompt whether the prompt's tokens count; else the first token is the first behind
///   it, and means and largest values leave it out
public record TextPooling(List<Pooling> modes, boolean includePrompt) {
  /// The last token alone.
  public static final TextPooling LAST_TOKEN = of(Pooling.LAST_TOKEN);

  public TextPooling {
    modes = List.copyOf(modes);
    if (modes.isEmpty()) {
      throw new IllegalArgumentException("pooling needs at least one mode");
    }
  }

  /// One mode, over all tokens.
  public static TextPooling of(Pooling mode) {
    return new TextPooling(List.of(mode), true);
  }

  /// The mode, where it is one alone and over all tokens: what other formats can say.
  public Optional<Pooling> single() {
    return modes.size() == 1 && includePrompt ? Optional.of(modes.getFirst()) : Optional.empty();
  }

  /// Whether only the state of the last token is needed, so that the last layer can skip the rest.
  public boolean readsLastTokenOnly() {
    return modes.equals(List.of(Pooling.LAST_TOKEN));
  }

  /// Whether vectors depend on where a prompt ends.
  public boolean dependsOnPrompt() {
    return !includePrompt && !readsLastTokenOnly();
  }

  /// The width of the vectors, from that of the states.
  public int width(int hidden) {
    return modes.size() * hidden;
  }

  /// The vector of each sequence, `[sequences, width]`, from the states of all rows.
  ///
  /// @param promptTokens how many tokens of each sequence are its prompt; they are left out unless
  ///   prompts are included
  Tensor pool(PackedTokens packed, Tensor states, int[] promptTokens) {
    int width = width((int) states.size(1));
    Tensor result = Tensor.empty(states.dtype(), packed.sequences(), width);
    for (Segment segment : packed.segments()) {
      int sequence = segment.sequence();
      if (sequence != Segment.SHARED) {
        Tensor text = textStates(segment, packed, states);
        int skipped = includePrompt ? 0 : promptTokens[sequence];
        result.narrow(0, sequence, 1).copyFrom(pool(text, skipped));
      }
    }
    return result;
  }

  private Tensor pool(Tensor text, int skipped) {
    List<Tensor> parts = modes.stream().map(mode -> mode.pool(text, skipped)).toList();
    return parts.size() == 1 ? parts.getFirst() : Tensor.concatenate(parts, 1);
  }

  /// The states of a sequence with those of the prefix it shares: `[tokens, hidden]`.
  private static Tensor textStates(Segment segment, PackedTokens packed, Tensor states) {
    Tensor own = states.narrow(0, segment.start(), segment.length());
    if (segment.prefix() == Segment.NO_PREFIX) {
      return own;
    }
    Segment prefix = packed.segments().get(segment.prefix());
    return Tensor.concatenate(List.of(states.narrow(0, prefix.start(), prefix.length()), own));
  }

  /// Such as `mean` or `cls + max, prompt left out`.
  @Override
  public String toString() {
    return modes.stream().map(Pooling::words).collect(Collectors.joining(" + "))
        + (includePrompt ? "" : ", prompt left out");
  }
}
