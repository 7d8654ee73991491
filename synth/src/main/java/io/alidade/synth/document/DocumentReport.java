package io.alidade.synth.document;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What became of the user's documents.
///
/// @param documents that were read
/// @param passages in use
/// @param repeated passages nearly the same as one before, which are not used
/// @param personal passages with personal data or keys, which are not used
/// @param otherFiles of formats that are not read
/// @param skipped a sentence for each document that could not be read
public record DocumentReport(
    long documents,
    long passages,
    long repeated,
    long personal,
    long otherFiles,
    List<String> skipped) {

  public DocumentReport {
    skipped = List.copyOf(skipped);
  }

  /// As manifests keep it.
  public Map<String, Long> counts() {
    var counts = new TreeMap<String, Long>();
    counts.put("documents", documents);
    counts.put("documents_skipped", (long) skipped.size());
    counts.put("documents_of_other_formats", otherFiles);
    counts.put("passages", passages);
    counts.put("passages_repeated", repeated);
    counts.put("passages_with_personal_data", personal);
    return counts;
  }

  @Override
  public String toString() {
    return ("documents: %,d read, %,d skipped, %,d files of other formats; %,d passages, not"
            + " counting %,d repeated and %,d with personal data")
        .formatted(documents, skipped.size(), otherFiles, passages, repeated, personal);
  }
}
