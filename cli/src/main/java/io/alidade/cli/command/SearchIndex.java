package io.alidade.cli.command;

import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.TextInput;
import io.alidade.core.WriteFailure;
import io.alidade.core.manifest.FolderLock;
import io.alidade.data.Corpus;
import io.alidade.data.IdentifiedText;
import io.alidade.data.VectorSpool;
import io.alidade.eval.ExactSearch;
import io.alidade.eval.Hit;
import io.alidade.train.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Documents with their vectors, ready to be searched.
final class SearchIndex {
  private final ExactSearch search;
  private final Map<String, String> texts;

  private SearchIndex(List<IdentifiedText> documents, float[][] vectors, int dimensions) {
    var builder = ExactSearch.builder(dimensions);
    texts = HashMap.newHashMap(documents.size());
    for (int i = 0; i < vectors.length; i++) {
      builder.add(documents.get(i).id(), vectors[i]);
      texts.put(documents.get(i).id(), documents.get(i).text());
    }
    search = builder.build();
  }

  /// The nearest documents, best first.
  List<Hit> search(float[] query, int top) {
    return search.search(query, top);
  }

  String text(String id) {
    return texts.getOrDefault(id, "");
  }

  /// Makes indices for one model.
  record Builder(LoadedModel model, Progress progress, StopSignal signal) {

    /// An index in memory.
    SearchIndex build(Path corpus) {
      List<IdentifiedText> documents = Corpus.read(corpus);
      var vectors = new ArrayList<float[]>(documents.size());
      embed(documents, 0, batch -> vectors.addAll(List.of(batch)));
      return index(documents, vectors);
    }

    /// The index in a folder, made or brought up to date with the corpus.
    ///
    /// @param corpus empty to take the index as it is
    /// @throws io.alidade.core.UsageException if the folder holds another model's index
    SearchIndex buildIn(Path folder, String corpus) {
      try (FolderLock _ = FolderLock.acquire(folder)) {
        var files = new IndexFiles(folder);
        Optional<IndexFiles.Content> kept = files.read(model.description());
        if (corpus.isEmpty()) {
          IndexFiles.Content content = kept.orElseThrow(files::missing);
          return index(content.documents(), content.vectors());
        }
        List<IdentifiedText> documents = Corpus.read(Path.of(corpus));
        if (kept.isPresent() && kept.get().documents().equals(documents)) {
          return index(documents, kept.get().vectors());
        }
        List<float[]> vectors = update(files, documents, kept);
        files.write(model.description(), documents, vectors);
        return index(documents, vectors);
      }
    }

    /// Embeds the documents whose texts the index does not have yet.
    private List<float[]> update(
        IndexFiles files, List<IdentifiedText> documents, Optional<IndexFiles.Content> kept) {
      Map<String, float[]> known = kept.map(IndexFiles.Content::byText).orElse(Map.of());
      List<IdentifiedText> fresh =
          documents.stream().filter(document -> !known.containsKey(document.text())).toList();
      var byText = new HashMap<>(known);
      String key = Sha256.ofText(model.description() + "\n" + fresh);
      try (VectorSpool spool =
          VectorSpool.open(files.vectors(), key, model.embedder().dimensions())) {
        embed(fresh, spool.rows(), spool::append);
        var texts = fresh.iterator();
        spool.forEach(vector -> byText.put(texts.next().text(), vector));
        spool.delete();
      } catch (IOException e) {
        throw WriteFailure.of(files.vectors(), e);
      }
      return documents.stream()
          .map(document -> byText.getOrDefault(document.text(), new float[0]))
          .toList();
    }

    private void embed(List<IdentifiedText> documents, int from, Consumer<float[][]> taker) {
      List<TextInput> inputs =
          documents.stream().map(document -> TextInput.document(document.text())).toList();
      Batches.embed(model.embedder(), inputs, from, progress, signal, taker);
    }

    private SearchIndex index(List<IdentifiedText> documents, List<float[]> vectors) {
      return new SearchIndex(
          documents, vectors.toArray(float[][]::new), model.embedder().dimensions());
    }
  }
}
