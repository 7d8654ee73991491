package io.alidade.eval;

import io.alidade.data.IdentifiedText;
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
public final class WordIndex implements AutoCloseable {
  private static final String ID = "id";
  private static final String FOUND = "found";
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

  /// An index of documents with ids of their own.
  ///
  /// @param language an ISO 639-1 code; one that Lucene does not know gets plain word breaks
  public static WordIndex of(List<IdentifiedText> documents, String language) {
    return of(documents, List.of(), language);
  }

  /// An index in which some documents have a score but are not found.
  ///
  /// @param hidden known to [#score] alone
  public static WordIndex of(
      List<IdentifiedText> documents, List<IdentifiedText> hidden, String language) {
    Analyzer analyzer = Analyzers.of(language);
    var directory = new ByteBuffersDirectory();
    try {
      var config = new IndexWriterConfig(analyzer);
      config.setSimilarity(new BM25Similarity(Bm25.K1, Bm25.B));
      try (var writer = new IndexWriter(directory, config)) {
        for (IdentifiedText document : documents) {
          Document fields = fields(document);
          fields.add(new StringField(FOUND, "", Field.Store.NO));
          writer.addDocument(fields);
        }
        for (IdentifiedText document : hidden) {
          writer.addDocument(fields(document));
        }
      }
      return new WordIndex(analyzer, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Document fields(IdentifiedText document) {
    var fields = new Document();
    fields.add(new StringField(ID, document.id(), Field.Store.YES));
    fields.add(new TextField(CONTENT, document.text(), Field.Store.NO));
    return fields;
  }

  /// The k best documents that share a word with the text, in [Hit#TREC_ORDER].
  public List<Hit> search(String text, int k) {
    return search(text, new Term(FOUND, ""), k);
  }

  /// The score of one document for the text: 0 where they share no word, or there is none.
  public float score(String text, String id) {
    return search(text, new Term(ID, id), 1).stream().map(Hit::score).findFirst().orElse(0f);
  }

  private List<Hit> search(String text, Term among, int k) {
    try {
      BooleanQuery words = words(text);
      if (words.clauses().isEmpty()) {
        return List.of();
      }
      var query =
          new BooleanQuery.Builder()
              .add(words, BooleanClause.Occur.MUST)
              .add(new TermQuery(among), BooleanClause.Occur.FILTER)
              .build();
      StoredFields fields = searcher.storedFields();
      var hits = new ArrayList<Hit>();
      for (ScoreDoc found : searcher.search(query, k).scoreDocs) {
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
  private BooleanQuery words(String text) throws IOException {
    var query = new BooleanQuery.Builder();
    counts(text).entrySet().stream()
        .limit(IndexSearcher.getMaxClauseCount())
        .map(
            word ->
                new BoostQuery(new TermQuery(new Term(CONTENT, word.getKey())), word.getValue()))
        .forEach(clause -> query.add(clause, BooleanClause.Occur.SHOULD));
    return query.build();
  }

  private Map<BytesRef, Integer> counts(String text) throws IOException {
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
