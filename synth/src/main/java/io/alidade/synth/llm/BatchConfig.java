package io.alidade.synth.llm;

/// Whether and how an LLM's calls go to its server in batches, by the Batch API of OpenAI and
/// others: files of requests that are answered within a day and cost less.
///
/// @param requests the most in a batch; 0, as left out, for each call by itself
/// @param megabytes the most in a batch's file
/// @param atOnce batches under way at a time
/// @param pollSeconds how soon after a batch is asked for the first time; each wait is half as long
///   again as the one before, up to ten minutes
/// @param priceShare what is paid of the price
public record BatchConfig(
    int requests, int megabytes, int atOnce, double pollSeconds, double priceShare) {
  private static final int MOST_REQUESTS = 50_000;
  private static final int MOST_MEGABYTES = 200;

  public BatchConfig {
    check(
        requests >= 0 && requests <= MOST_REQUESTS,
        "requests must be 0 for no batches, or at most 50,000, is " + requests);
    check(
        megabytes >= 1 && megabytes <= MOST_MEGABYTES,
        "megabytes must be from 1 to 200, is " + megabytes);
    check(atOnce >= 1, "atOnce must be at least 1, is " + atOnce);
    check(pollSeconds > 0, "pollSeconds must be above 0, is " + pollSeconds);
    check(priceShare >= 0 && priceShare <= 1, "priceShare must be from 0 to 1, is " + priceShare);
  }

  /// No batches; OpenAI's limits and half its price where they are wanted.
  public static BatchConfig defaults() {
    return new BatchConfig(0, MOST_MEGABYTES, 1, 30, 0.5);
  }

  /// Whether calls go in batches.
  public boolean used() {
    return requests > 0;
  }

  /// The most in a batch, also for calls that an earlier process began in batches.
  public int mostRequests() {
    return used() ? requests : MOST_REQUESTS;
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
