package io.alidade.synth.document;

import io.alidade.synth.text.Words;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Divides a text into passages of at most so many words, at the end of a paragraph where one can
/// be had, else of a sentence, else of a word. What a passage has too few words for is left out; a
/// text that is short enough is one passage as it stands.
final class PassageSplitter {
  private static final Pattern BLANK_LINES = Pattern.compile("\\R[ \\t]*\\R\\s*");
  private static final Pattern BEFORE_HEADING = Pattern.compile("(?m)(?<=\\n)(?=#{1,6} )");

  /// A heading is short and ends like none of these.
  private static final String SENTENCE_ENDS = ".!?…:;,。！？";

  private static final int HEADING_WORDS = 12;

  private final int leastWords;
  private final int mostWords;
  private final List<String> passages = new ArrayList<>();
  private final List<String> parts = new ArrayList<>();
  private int words;

  private PassageSplitter(int leastWords, int mostWords) {
    this.leastWords = leastWords;
    this.mostWords = mostWords;
  }

  /// The passages in their order.
  static List<String> split(String text, int leastWords, int mostWords) {
    var splitter = new PassageSplitter(leastWords, mostWords);
    if (Words.count(text) <= mostWords) {
      splitter.add(text.strip());
    } else {
      BLANK_LINES
          .splitAsStream(text)
          .flatMap(BEFORE_HEADING::splitAsStream)
          .map(String::strip)
          .filter(paragraph -> !paragraph.isEmpty())
          .forEach(splitter::addParagraph);
    }
    splitter.close();
    return List.copyOf(splitter.passages);
  }

  private void addParagraph(String paragraph) {
    if (words + Words.count(paragraph) > mostWords) {
      closeButHeading();
    }
    if (words + Words.count(paragraph) <= mostWords) {
      add(paragraph + "\n");
    } else {
      for (String sentence : pieces(paragraph, BreakIterator.getSentenceInstance(Locale.ROOT))) {
        addSentence(sentence);
      }
      add("\n");
    }
  }

  private void addSentence(String sentence) {
    if (Words.count(sentence) <= mostWords) {
      addWithin(sentence);
    } else {
      pieces(sentence, BreakIterator.getLineInstance(Locale.ROOT)).forEach(this::addWithin);
    }
  }

  private void addWithin(String piece) {
    if (words + Words.count(piece) > mostWords) {
      close();
    }
    add(piece);
  }

  private void add(String part) {
    parts.add(part);
    words += Words.count(part);
  }

  /// Ends the passage; a heading at its end begins the next.
  private void closeButHeading() {
    if (parts.isEmpty() || !heading(parts.getLast())) {
      close();
      return;
    }
    String heading = parts.removeLast();
    words -= Words.count(heading);
    close();
    add(heading);
  }

  private void close() {
    String passage = String.join("", parts).strip();
    if (words >= leastWords) {
      passages.add(passage);
    }
    parts.clear();
    words = 0;
  }

  private static boolean heading(String part) {
    String line = part.strip();
    return !line.isEmpty()
        && Words.count(line) <= HEADING_WORDS
        && SENTENCE_ENDS.indexOf(line.charAt(line.length() - 1)) < 0;
  }

  /// White space stays with what it follows, so that pieces side by side are the text again.
  private static List<String> pieces(String text, BreakIterator breaks) {
    var pieces = new ArrayList<String>();
    breaks.setText(text);
    int start = breaks.first();
    for (int end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
      pieces.add(text.substring(start, end));
    }
    return pieces;
  }
}
