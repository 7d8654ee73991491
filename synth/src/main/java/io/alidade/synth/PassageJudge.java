package io.alidade.synth;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.Sha256;
import io.alidade.synth.filter.AnswerTexts;
import io.alidade.synth.json.LenientJson;
import io.alidade.synth.ledger.BatchBook;
import io.alidade.synth.ledger.Desk;
import io.alidade.synth.ledger.Ledger;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.prompt.Prompt;
import io.alidade.synth.sampling.Draw;
import io.alidade.synth.sampling.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/// Has an LLM say from 1 to 5 how far a text that was found answers a query. Calls are recorded,
/// kept within a budget and paid for once. Threads may share it.
public final class PassageJudge implements AutoCloseable {
  private static final String REASON = "reason";

  /// The reason is written first, so that the score is given in view of it.
  private static final ChatRequest.Shape SHAPE =
      new ChatRequest.Shape(List.of(REASON, AnswerTexts.SCORE), false, AnswerTexts.SCORES);

  private static final int SHOWN_CHARACTERS = 300;
  private static final int ID_DIGITS = 16;

  /// What the judge says.
  ///
  /// @param score 5 for a full answer; empty if the judge gave none
  /// @param reason the judge's, or why there is no score
  public record Judgement(OptionalInt score, String reason) {}

  /// A text that a search has found for an example's query.
  ///
  /// @param example the id of the example
  /// @param answer the one that is known to be right
  /// @param found the text to judge
  public record Finding(String example, String task, String query, String answer, String found) {}

  private final Weights<LlmConfig> llms;
  private final Prompt prompt;
  private final long seed;
  private final Desk desk;
  private final LlmClients clients;
  private final Ledger ledger;
  private final BatchBook book;

  private PassageJudge(
      Weights<LlmConfig> llms,
      Prompt prompt,
      long seed,
      Desk desk,
      LlmClients clients,
      Ledger ledger,
      BatchBook book) {
    this.llms = llms;
    this.prompt = prompt;
    this.seed = seed;
    this.desk = desk;
    this.clients = clients;
    this.ledger = ledger;
    this.book = book;
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the judge returned owns all of them and closes them
  static PassageJudge open(
      JudgeRecipe recipe,
      Prompt prompt,
      LlmAccess access,
      Path folder,
      long seed,
      ChatClients source,
      BooleanSupplier stop) {
    var weights = new LinkedHashMap<LlmConfig, Double>();
    recipe.llms().forEach(llm -> weights.merge(llm, llm.weight(), Double::sum));
    LlmClients clients = LlmClients.open(access, source);
    try {
      Ledger ledger = Ledger.open(folder);
      try {
        BatchBook book = BatchBook.open(folder, recipe.llms());
        var desk =
            new Desk(recipe.budget(), ledger, book, clients.byConfig(), clients::batches, stop);
        return new PassageJudge(new Weights<>(weights), prompt, seed, desk, clients, ledger, book);
      } catch (RuntimeException e) {
        ledger.close();
        throw e;
      }
    } catch (RuntimeException e) {
      clients.close();
      throw e;
    }
  }

  /// What the judge says of a text. Fails as [Desk#ask] does.
  public CompletableFuture<Judgement> judge(Finding finding) {
    return desk.ask(request(finding)).thenApply(PassageJudge::judgement);
  }

  private ChatRequest request(Finding finding) {
    String text = Sha256.ofText(finding.found()).substring(0, ID_DIGITS);
    String callId = "passage/%s/%s".formatted(finding.example(), text);
    var draw = new Draw(seed, callId);
    return new ChatRequest(
        callId,
        llms.at(draw.share("llm")),
        prompt.fill(
            Map.of(
                Prompt.TASK, finding.task(),
                Prompt.QUERY, finding.query(),
                Prompt.POSITIVE, finding.answer(),
                Prompt.NEGATIVE, finding.found())),
        draw.callSeed(),
        SHAPE);
  }

  private static Judgement judgement(
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<ChatOutcome.Final> end) {
    if (end.isEmpty() || !(end.get() instanceof ChatOutcome.Answered answered)) {
      return new Judgement(OptionalInt.empty(), "the judge gave no answer");
    }
    OptionalInt score = AnswerTexts.score(answered.text());
    return new Judgement(
        score, score.isPresent() ? reason(answered.text()) : "the judge gave no score");
  }

  private static String reason(String answer) {
    if (LenientJson.read(answer) instanceof LenientJson.Result.Found(ObjectNode object)) {
      String reason = object.path(REASON).asString("").strip();
      return reason.length() <= SHOWN_CHARACTERS
          ? reason
          : reason.substring(0, SHOWN_CHARACTERS) + "…";
    }
    return "";
  }

  /// Begins no call any more, waits for those under way and closes the ledger.
  @Override
  public void close() {
    desk.abandon();
    try (clients;
        ledger;
        book) {
      desk.close();
    }
  }
}
