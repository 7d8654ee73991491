package io.alidade.synth.document;

import io.alidade.core.AlidadeException;
import io.alidade.core.Sha256;
import io.alidade.core.UsageException;
import io.alidade.synth.text.NearDuplicates;
import io.alidade.synth.text.PersonalData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The passages of the user's documents in the order they are asked about: one of each document,
/// then a second one of each, and so on, so that a few examples see many documents. Which comes
/// first is a hash of (seed, id). Passages nearly the same as one before are left out. All texts
/// are held in memory. Threads may share it.
public final class Passages {
  private final List<Passage> order;
  private final DocumentConfig config;
  private final DocumentReport report;

  private Passages(List<Passage> order, DocumentConfig config, DocumentReport report) {
    this.order = List.copyOf(order);
    this.config = config;
    this.report = report;
  }

  /// Reads and divides the documents.
  ///
  /// @param path that of the configuration, as this process can open it
  /// @param personalDataAllowed whether passages with personal data or keys are used as well
  /// @throws UsageException if there is no document or no passage
  public static Passages read(
      DocumentConfig config, Path path, long seed, boolean personalDataAllowed) {
    var collected = new Collected(config, seed, personalDataAllowed);
    var reader = new DocumentReader(path, collected::add);
    reader.read();
    if (collected.ranked.isEmpty()) {
      throw new UsageException(
          ("documents.path: none of the %d documents in %s has a passage of %d words%s; lower"
                  + " documents.least_words")
              .formatted(
                  reader.documents(),
                  path,
                  config.leastWords(),
                  collected.personal == 0 ? "" : " without personal data"));
    }
    var report =
        new DocumentReport(
            reader.documents(),
            collected.ranked.size(),
            collected.repeated,
            collected.personal,
            reader.otherFiles(),
            reader.skipped());
    return new Passages(collected.inOrder(), config, report);
  }

  /// The passage that the candidate asks about before which so many others drew one.
  ///
  /// @throws AlidadeException if all have been asked about as often as allowed
  public Passage at(long turn) {
    if (turn >= capacity()) {
      throw new AlidadeException(
          ("the documents are used up: each of %d passages has been asked about %d times; raise"
                  + " documents.queries_per_passage and run the same command to go on")
              .formatted(order.size(), config.queriesPerPassage()));
    }
    return order.get((int) (turn % order.size()));
  }

  /// How many candidates can draw one.
  public long capacity() {
    return (long) order.size() * config.queriesPerPassage();
  }

  public DocumentReport report() {
    return report;
  }

  /// The code of the language a passage is in; `en` where that cannot be told.
  public String language(Passage passage) {
    return config.language().isEmpty() ? PassageLanguage.of(passage.text()) : config.language();
  }

  /// @param round which of its document's passages it is, in the order of the hashes
  private record Ranked(int round, String documentHash, Passage passage) {}

  private static final class Collected {
    private final DocumentConfig config;
    private final long seed;
    private final NearDuplicates seen = new NearDuplicates();
    private final List<Ranked> ranked = new ArrayList<>();
    private final boolean personalDataAllowed;
    private long repeated;
    private long personal;

    Collected(DocumentConfig config, long seed, boolean personalDataAllowed) {
      this.config = config;
      this.seed = seed;
      this.personalDataAllowed = personalDataAllowed;
    }

    void add(Document document) {
      var passages = new ArrayList<Passage>();
      List<String> texts =
          PassageSplitter.split(document.text(), config.leastWords(), config.mostWords());
      for (int i = 0; i < texts.size(); i++) {
        if (!personalDataAllowed && PersonalData.find(texts.get(i)).isPresent()) {
          personal++;
        } else if (seen.add(texts.get(i))) {
          passages.add(Passage.of(document.id(), i, texts.get(i)));
        } else {
          repeated++;
        }
      }
      passages.sort(Comparator.comparing(passage -> hash(passage.id())));
      for (int round = 0; round < passages.size(); round++) {
        ranked.add(new Ranked(round, hash(document.id()), passages.get(round)));
      }
    }

    List<Passage> inOrder() {
      ranked.sort(
          Comparator.comparingInt(Ranked::round)
              .thenComparing(Ranked::documentHash)
              .thenComparing(one -> one.passage().id()));
      return ranked.stream().map(Ranked::passage).toList();
    }

    private String hash(String id) {
      return Sha256.ofText(seed + "\n" + id);
    }
  }
}
