package io.alidade.eval;

import java.util.ArrayList;
import java.util.List;

/// The k best documents seen so far, as a binary heap with the worst at the root.
final class TopHits {
  private final int[] tieOrder;
  private final int[] documents;
  private final float[] scores;
  private int size;

  TopHits(int k, int[] tieOrder) {
    this.tieOrder = tieOrder;
    this.documents = new int[k];
    this.scores = new float[k];
  }

  void offer(int document, float rawScore) {
    // Minus zero must tie with zero.
    float score = rawScore + 0f;
    if (size < documents.length) {
      place(size, document, score);
      siftUp(size++);
    } else if (size > 0 && worse(documents[0], scores[0], document, score)) {
      place(0, document, score);
      siftDown();
    }
  }

  /// Best first. Empties the heap.
  List<Hit> hits(List<String> ids) {
    var worstFirst = new ArrayList<Hit>(size);
    while (size > 0) {
      worstFirst.add(new Hit(ids.get(documents[0]), scores[0]));
      size--;
      place(0, documents[size], scores[size]);
      siftDown();
    }
    return List.copyOf(worstFirst.reversed());
  }

  private boolean worse(int a, float scoreA, int b, float scoreB) {
    return scoreA < scoreB || (scoreA == scoreB && tieOrder[a] > tieOrder[b]);
  }

  private boolean worseAt(int i, int j) {
    return worse(documents[i], scores[i], documents[j], scores[j]);
  }

  private void place(int slot, int document, float score) {
    documents[slot] = document;
    scores[slot] = score;
  }

  private void siftUp(int start) {
    for (int i = start; i > 0 && worseAt(i, (i - 1) / 2); i = (i - 1) / 2) {
      swap(i, (i - 1) / 2);
    }
  }

  private void siftDown() {
    int i = 0;
    while (true) {
      int worst = i;
      for (int child = 2 * i + 1; child <= 2 * i + 2; child++) {
        if (child < size && worseAt(child, worst)) {
          worst = child;
        }
      }
      if (worst == i) {
        return;
      }
      swap(i, worst);
      i = worst;
    }
  }

  private void swap(int i, int j) {
    int document = documents[i];
    float score = scores[i];
    place(i, documents[j], scores[j]);
    place(j, document, score);
  }
}
