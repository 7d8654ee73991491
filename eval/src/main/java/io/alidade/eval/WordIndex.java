package io.alidade.eval;

import io.alidade.data.RetrievalTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;

/// A Lucene index in memory over the words of documents, searched by BM25.
final class WordIndex implements AutoCloseable {
  private static final String ID = "id";
  private static final String CONTENT = "content";

  private final Analyzer analyzer;
  private final ByteBuffersDirectory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;

  private WordIndex(Analyzer analyzer, ByteBuffersDirectory directory) throws IOException {
    this.analyzer = analyzer;
    this.directory = directory;
    this.reader = DirectoryReader.open(directory);
    this.searcher = new IndexSearcher(reader);
    this.searcher.setSimilarity(new BM25Similarity(Bm25.K1, Bm25.B));
  }

  static WordIndex of(List<RetrievalTask.Document> documents, String language) {
    Analyzer analyzer = Analyzers.of(language);
    var directory = new ByteBuffersDirectory();
    try {
      var config = new IndexWriterConfig(analyzer);
      config.setSimilarity(new BM25Similarity(Bm25.K1, Bm25.B));
      try (var writer = new IndexWriter(directory, config)) {
        for (RetrievalTask.Document document : documents) {
          var fields = new Document();
          fields.add(new StringField(ID, document.id(), Field.Store.YES));
          fields.add(new TextField(CONTENT, document.content(), Field.Store.NO));
          writer.addDocument(fields);
        }
      }
      return new WordIndex(analyzer, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The k best documents that share a word with the text, in [Hit#TREC_ORDER].
  List<Hit> search(String text, int k) {
    try {
      StoredFields fields = searcher.storedFields();
      var hits = new ArrayList<Hit>();
      for (ScoreDoc found : searcher.search(query(text), k).scoreDocs) {
        hits.add(new Hit(fields.document(found.doc).get(ID), found.score));
      }
      hits.sort(Hit.TREC_ORDER);
      return hits;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
      directory.close();
      analyzer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Any of the words, each weighted by how often it stands in the text. Words beyond Lucene's
  /// limit of clauses are left out.
  private BooleanQuery query(String text) throws IOException {
    var query = new BooleanQuery.Builder();
    words(text).entrySet().stream()
        .limit(IndexSearcher.getMaxClauseCount())
        .map(
            word ->
                new BoostQuery(new TermQuery(new Term(CONTENT, word.getKey())), word.getValue()))
        .forEach(clause -> query.add(clause, BooleanClause.Occur.SHOULD));
    return query.build();
  }

  private Map<BytesRef, Integer> words(String text) throws IOException {
    var counts = new LinkedHashMap<BytesRef, Integer>();
    try (TokenStream words = analyzer.tokenStream(CONTENT, text)) {
      TermToBytesRefAttribute word = words.addAttribute(TermToBytesRefAttribute.class);
      words.reset();
      while (words.incrementToken()) {
        counts.merge(BytesRef.deepCopyOf(word.getBytesRef()), 1, Integer::sum);
      }
      words.end();
    }
    return counts;
  }
}
