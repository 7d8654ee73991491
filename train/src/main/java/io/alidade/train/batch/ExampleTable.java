package io.alidade.train.batch;

import io.alidade.core.Example;
import io.alidade.core.ExampleId;
import io.alidade.core.TaskKind;
import java.util.HexFormat;
import java.util.List;

/// What a [BatchPlan] must know of examples, in columns of numbers: 40 bytes an example and no
/// text.
///
/// Texts are known by 32-bit hashes. Two that have the same one only keep their examples out of one
/// batch.
public final class ExampleTable {
  private static final HexFormat HEX = HexFormat.of();
  private static final int HALF_ID = ExampleId.LENGTH / 2;
  private static final int TIMES_BITS = 16;
  private static final int ALONE = 1 << 30;
  private static final List<TaskKind> KINDS = List.of(TaskKind.values());

  private final LongNumbers idStarts = new LongNumbers();
  private final LongNumbers idEnds = new LongNumbers();
  private final Numbers choices = new Numbers();
  private final Numbers queries = new Numbers();
  private final Numbers positives = new Numbers();
  private final Numbers documents = new Numbers();

  /// Kind, whether an example keeps its negatives to itself, and how often it is seen.
  private final Numbers traits = new Numbers();

  private final Numbers tokens = new Numbers();
  private final Instructions instructions = new Instructions();

  /// Adds an example that is seen once an epoch.
  ///
  /// @param choice the instructions of which each epoch takes one, mostly the example's only one
  /// @param inBatchNegatives whether it meets the texts of others
  /// @throws IllegalArgumentException if its id is no [ExampleId]
  public void add(Example example, List<String> choice, boolean inBatchNegatives) {
    String id = example.id();
    if (id.length() != ExampleId.LENGTH) {
      throw new IllegalArgumentException("\"%s\" is no id of an example".formatted(id));
    }
    idStarts.add(HexFormat.fromHexDigitsToLong(id, 0, HALF_ID));
    idEnds.add(HexFormat.fromHexDigitsToLong(id, HALF_ID, ExampleId.LENGTH));
    choices.add(instructions.choice(choice));
    queries.add(example.query().hashCode());
    positives.add(example.positive().hashCode());
    List<String> ofTexts = example.annotation().documents();
    documents.add(ofTexts.isEmpty() ? 0 : ("document " + ofTexts.getFirst()).hashCode());
    traits.add((inBatchNegatives ? 0 : ALONE) | KINDS.indexOf(example.kind()) << TIMES_BITS | 1);
    tokens.add(0);
  }

  /// Takes back the last [#add].
  public void removeLast() {
    idStarts.removeLast();
    idEnds.removeLast();
    List.of(choices, queries, positives, documents, traits, tokens).forEach(Numbers::removeLast);
  }

  public int size() {
    return traits.size();
  }

  public String id(int example) {
    return HEX.toHexDigits(idStarts.get(example)) + HEX.toHexDigits(idEnds.get(example));
  }

  /// Whether two examples have one id.
  public boolean same(int one, int other) {
    return idStarts.get(one) == idStarts.get(other) && idEnds.get(one) == idEnds.get(other);
  }

  /// Bits of the id that are as good as random.
  public long idBits(int example) {
    return idStarts.get(example);
  }

  TaskKind kind(int example) {
    return KINDS.get((traits.get(example) & ~ALONE) >>> TIMES_BITS);
  }

  /// Whether the example's texts are negatives of others, and theirs of it.
  boolean inBatchNegatives(int example) {
    return (traits.get(example) & ALONE) == 0;
  }

  /// How often it is seen in an epoch.
  public int times(int example) {
    return traits.get(example) & ((1 << TIMES_BITS) - 1);
  }

  /// Says how often it is seen in an epoch.
  ///
  /// @param times from 0 to 65535
  public void setTimes(int example, int times) {
    int other = traits.get(example) & -(1 << TIMES_BITS);
    traits.set(example, other | Math.min(times, (1 << TIMES_BITS) - 1));
  }

  /// The tokens of its texts at most; 0 if nobody has counted them.
  int tokens(int example) {
    return tokens.get(example);
  }

  public void setTokens(int example, int count) {
    tokens.set(example, count);
  }

  /// Makes another example's query this one's positive.
  public void setPositive(int example, int other) {
    positives.set(example, queries.get(other));
  }

  /// The number of the instruction that it has in an epoch.
  int instruction(int example, long seed, int epoch) {
    return instructions.chosen(choices.get(example), seed, epoch, id(example));
  }

  int instructions() {
    return instructions.count();
  }

  int query(int example) {
    return queries.get(example);
  }

  int positive(int example) {
    return positives.get(example);
  }

  /// A hash of the document that the positive is; 0 if none is named.
  int document(int example) {
    return documents.get(example);
  }
}
